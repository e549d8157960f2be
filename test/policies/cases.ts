import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { load } from "js-yaml";
import { cloudTypes } from "../../policies/core/cloud";
import { kubernetesType } from "../../policies/core/resource";
import { tokenOf } from "../../policies/pack/pulumi";

/** What a case expects of its rule: a violation, none, that it can't decide yet, or that it has nothing to judge. */
export type Expectation = "violation" | "clean" | "undecided" | "not applicable";

/** One case of one rule, as `test/policies/cases/<rule>.yaml` has it. */
export interface Case {
  readonly rule: string;
  /** A sentence. */
  readonly name: string;
  readonly expect: Expectation;
  /** Path of the finding, as in `spec.schedule`; for a violation or what is undecided. */
  readonly at?: string;
  /** What the message says: a regular expression. */
  readonly says?: string;
  /** How many findings there are. Default: one or more. */
  readonly count?: number;
  /** Settings; the exemptions of `core/settings.ts` and all else. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly resources: readonly Given[];
  /** They are objects in a file, and not of a program. */
  readonly inFile?: boolean;
  /** For rules about changes: the resources before. */
  readonly before?: readonly Given[];
}

/** A resource of a case. Unknown values are the text {@link UNKNOWN_TEXT}. */
export interface Given {
  /** Pulumi's token. */
  readonly token: string;
  /** Name in Pulumi. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
}

/** What stands for a value that is not known yet. */
export const UNKNOWN_TEXT = "<unknown>";

interface Written {
  /** A name in `_bases.yaml`, and what differs from it: maps are merged, null takes a key away, lists are replaced. */
  readonly base?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  /** A type of Google Cloud without `gcp:`, such as `storage/bucket:Bucket`, or rules' own word for it, such as `Bucket`. */
  readonly gcp?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly protect?: boolean;
  readonly [field: string]: unknown;
}

const folder = join(__dirname, "cases");

/** Every case of every rule. */
export function allCases(): Case[] {
  const bases = load(readFileSync(join(folder, "_bases.yaml"), "utf8")) as Record<string, Written>;
  return globSync("[!_]*.yaml", { cwd: folder })
    .sort()
    .flatMap((file) => {
      const written = load(readFileSync(join(folder, file), "utf8")) as (Omit<
        Case,
        "rule" | "resources" | "before"
      > & {
        resources: Written[];
        before?: Written[];
      })[];
      return written.map(({ resources, before, ...rest }) => ({
        rule: basename(file, ".yaml"),
        ...rest,
        resources: resources.map((one) => given(one, bases)),
        ...(before !== undefined && { before: before.map((one) => given(one, bases)) }),
      }));
    });
}

function given(written: Written, bases: Readonly<Record<string, Written>>): Given {
  const { base, with: changes = {}, protect = false, ...own } = written;
  if (base !== undefined) {
    const found = bases[base];
    if (found === undefined) throw new Error(`_bases.yaml has no ${base}`);
    const merged = merge(found, found.gcp === undefined ? changes : { inputs: changes }) as Written;
    return given({ ...merged, protect }, bases);
  }
  const { gcp, inputs = {}, name } = own;
  if (gcp !== undefined) {
    const token = cloudTypes[`gcp:${gcp}`] === undefined ? tokenOf(`gcp:${gcp}`, "") : `gcp:${gcp}`;
    if (token === undefined) throw new Error(`no type of Google Cloud is called ${gcp}`);
    return { token, name: String(name ?? inputs.name ?? gcp), inputs, protect };
  }
  const manifest = own as { apiVersion?: string; kind?: string; metadata?: { name?: string } };
  const [apiVersion = "", kind = ""] = [manifest.apiVersion, manifest.kind];
  const token = tokenOf(kubernetesType(apiVersion, kind), apiVersion.split("/").at(-1) ?? "");
  return { token: token ?? "", name: manifest.metadata?.name ?? "unnamed", inputs: own, protect };
}

function merge(before: unknown, changes: unknown): unknown {
  if (!isMap(before) || !isMap(changes)) return changes;
  const merged: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete merged[key];
    else merged[key] = key in before ? merge(before[key], value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
