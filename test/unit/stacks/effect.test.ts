import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { decideEnvironment } from "../../../components/environment/decide";
import { summariesOf } from "../../../components/index";
import { decidePlatform } from "../../../components/platform/decide";
import { InvalidSettings, Problems } from "../../../components/problems";
import type { Setting } from "../../../components/shape";
import { readProject, readStackFile } from "../../../offline/stackFile";
import { loadAll, loadStack } from "../../../stacks/load";
import { stackSchema } from "../../../stacks/schema";
import type { Sources } from "../../../stacks/sources";
import { asEngine, type Settings } from "./badStacks";

type Path = readonly (string | number)[];

/** A setting in a small stack, and two values of it. */
interface Pair {
  readonly at: string;
  readonly both?: Settings;
  readonly values: readonly [unknown, unknown];
}

const root = join(__dirname, "../../..");
const prodFile = readStackFile(root, readProject(root), "prod").config;
const sources: Sources = new Map([
  ["acme/pulumi-cnpg/prod", { clusters: summariesOf("prod", loadStack("prod", prodFile)) }],
  ["acme/pulumi-cnpg/gone", { unavailable: "no stack named gone" }],
]);

const read = (file: string) => load(readFileSync(join(__dirname, file), "utf8"));
const files = [
  read("everySetting.yaml") as { config: Settings },
  ...(read("everySettingS3.yaml") as { config: Settings }[]),
].map(({ config }) => config);

/** Every value of a stack file that is no map and no list, by its path. */
function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const entries = Object.entries(value);
  return entries.length === 0 ? [path] : entries.flatMap(([key, each]) => leaves(each, [...path, key]));
}

const valueAt = (config: Settings, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Settings)[key], config);

/** Settings with another value at a path, or with none. */
function withValue(config: Settings, path: Path, value: unknown): Settings {
  const copy = structuredClone(config);
  const last = path.at(-1) as string;
  let holder = copy;
  for (const key of path.slice(0, -1)) {
    holder[key] ??= {};
    holder = holder[key] as Settings;
  }
  if (value !== undefined) holder[last] = value;
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
  return copy;
}

/** Values that may stand in place of one. */
function others(setting: Setting, value: unknown): unknown[] {
  if (setting.values !== undefined) return setting.values.filter((each) => each !== value);
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return [value + 1, value - 1];
  const word = String(value);
  const next = word.replace(/\d+(?=\D*$)/, (digits) => String(Number(digits) + 1));
  return [...(next === word ? [] : [next]), `${word}x`, `x${word}`];
}

/** The setting at a path of a stack file, and how it is called: with `*` for names and places in a list. */
function settingAt([first = "", ...rest]: Path): { readonly setting: Setting; readonly called: string } {
  const top = String(first).replace(/^(gcp|pulumi-cnpg):/, "");
  // Those of Google's provider are no part of the schema.
  let setting = stackSchema.fields[top] ?? ({ kind: "text", about: "" } as Setting);
  const called = [top];
  for (const key of rest) {
    called.push(setting.fields === undefined ? "*" : String(key));
    setting = (setting.fields?.[key] ?? setting.of) as Setting;
  }
  return { setting, called: called.join(".") };
}

/** What is decided, as text; undefined where the file is refused. */
function decided(config: Settings): string | undefined {
  const problems = new Problems();
  try {
    const { environment, platform } = loadAll("staging", asEngine(config), sources);
    const plan = [
      environment && decideEnvironment(problems, "staging", environment),
      platform && decidePlatform(problems, "platform", platform),
    ];
    return problems.list.length > 0 ? undefined : JSON.stringify(plan, plain);
  } catch (error) {
    if (error instanceof InvalidSettings) return undefined;
    throw error;
  }
}

function plain(_: string, value: unknown): unknown {
  if (value instanceof Map || value instanceof Set) return [...value];
  return typeof value === "bigint" ? String(value) : value;
}

const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";
const small: Settings = {
  "gcp:project": "acme-dev",
  "gcp:region": "europe-west1",
  "pulumi-cnpg:profile": "dev",
  "pulumi-cnpg:clusters": { "orders-db": { namespace: "orders", image, databases: { orders: {} } } },
};

const isMap = (value: unknown): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function merged(base: Settings, over: Settings): Settings {
  const entries = Object.entries(over).map(([key, value]) => {
    const under = base[key];
    return [key, isMap(value) && isMap(under) ? merged(under, value) : value];
  });
  return { ...base, ...Object.fromEntries(entries) };
}

/** Two stacks that differ in one setting alone. */
function twoOf({ at, both = {}, values }: Pair): Settings[] {
  const full = (key: string) => (key === "region" ? `gcp:${key}` : `pulumi-cnpg:${key}`);
  const named = Object.fromEntries(Object.entries(both).map(([key, value]) => [full(key), value]));
  let base = merged(small, named);
  for (const name of Object.keys((both.clusters ?? {}) as Settings))
    base = withValue(base, ["pulumi-cnpg:clusters", name, "image"], image);
  const [first = "", ...rest] = at.split(".");
  return values.map((value) => withValue(base, [full(first), ...rest], value ?? undefined));
}

/** A stack file for each of its clusters: what is decided of one alone is decided ten times as fast. */
function alone(config: Settings): Settings[] {
  const key = "pulumi-cnpg:clusters";
  return Object.entries(config[key] as Settings).map(([name, cluster]) => {
    const whole = { ...config, [key]: { [name]: cluster } };
    // Who may read another cluster's backups goes with that one.
    const reduced = [whole, withValue(whole, ["pulumi-cnpg:backups", "readers"], undefined)];
    return reduced.find((each) => decided(each) !== undefined) ?? config;
  });
}

/** Settings that nothing that is decided depends on, and why. */
const withoutEffect: Readonly<Record<string, string>> = {};

describe("Every setting of a stack file", function () {
  this.timeout(120_000);

  it("has an effect: where it is taken out or changed, another thing is decided", () => {
    const seen = new Map<string, boolean>();
    for (const pair of read("effects.yaml") as Pair[]) {
      const [one, other] = twoOf(pair).map(decided);
      // One of both may be refused, for this setting alone.
      assert(one !== undefined || other !== undefined, `${pair.at} is refused with either value`);
      const { called } = settingAt(pair.at.split("."));
      seen.set(called, one !== other);
    }
    for (const config of files.flatMap(alone)) {
      const whole = decided(config);
      assert.notEqual(whole, undefined, "the file itself is refused");
      const differs = (path: Path, value: unknown) => {
        const now = decided(withValue(config, path, value));
        return now !== undefined && now !== whole;
      };
      for (const path of leaves(config)) {
        const { setting, called } = settingAt(path);
        if (seen.get(called)) continue;
        const value = valueAt(config, path);
        seen.set(
          called,
          differs(path, undefined) || others(setting, value).some((each) => differs(path, each)),
        );
      }
    }
    const silent = [...seen].filter(([, effect]) => !effect).map(([called]) => called);
    assert.deepEqual(silent, Object.keys(withoutEffect));
  });
});
