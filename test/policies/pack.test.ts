import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Policy } from "@pulumi/policy";
import { levelOf, type Rule } from "../../policies/core/rule";
import { defaultSettings } from "../../policies/core/settings";
import { readConfiguration } from "../../policies/pack/configuration";
import { packOf, policiesOf } from "../../policies/pack/policies";
import { tokenOfAll } from "../../policies/pack/pulumi";
import { rules } from "../../policies/rules";
import { allCases, type Given, UNKNOWN_TEXT } from "./cases";
import { askServer } from "./server";

const snapshot = join(__dirname, "rules.json");

function given(kind: string, name: string, spec: Record<string, unknown>): Given {
  const group = kind === "ObjectStore" ? "barmancloud.cnpg.io" : "postgresql.cnpg.io";
  const inputs = { apiVersion: `${group}/v1`, kind, metadata: { name, namespace: "orders" }, spec };
  return { token: `kubernetes:${group}/v1:${kind}`, name, inputs, protect: false };
}

const ruleOf = (id: string): Rule => {
  const rule = rules.find((known) => known.id === id);
  assert.ok(rule, id);
  return rule;
};

describe("the policy pack", () => {
  it("says of every policy what Pulumi can show of it", () => {
    for (const policy of policiesOf() as readonly Policy[]) {
      assert.match(policy.name, /^[a-z0-9-]+$/);
      assert.match(policy.description, /^\S.*\.$/s, policy.name);
      assert.ok(policy.severity, policy.name);
      assert.ok((policy.tags ?? []).length > 0, policy.name);
      assert.ok((policy.remediationSteps ?? "").length > 10, policy.name);
      assert.ok(policy.enforcementLevel, policy.name);
    }
    for (const rule of rules) assert.match(rule.url, /^https:\/\/[\w.-]+\/\S+$/, rule.id);
  });

  it("has these rules, severities and levels: people write them into settings and exemptions", () => {
    const facts = Object.fromEntries(
      rules.map((rule) => [rule.id, `${rule.severity}, ${levelOf(rule, "recommended")}`]),
    );
    const text = `${JSON.stringify(facts, undefined, 2)}\n`;
    if (process.env.UPDATE_SNAPSHOT === "1" || !existsSync(snapshot)) writeFileSync(snapshot, text);
    assert.equal(
      text,
      readFileSync(snapshot, "utf8"),
      "UPDATE_SNAPSHOT=1 writes test/policies/rules.json anew",
    );
  });

  it("starts under the SDK's own policy host, as with plain pulumi", async () => {
    const host = dirname(require.resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js"));
    const cwd = join(__dirname, "../../policies");
    const child = spawn(process.execPath, [host, "127.0.0.1:1", ".", "-typescript=false"], { cwd });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    const port = await new Promise<string>((done) => {
      child.stdout.once("data", (chunk: Buffer) => done(chunk.toString()));
      child.once("close", () => done(`ended: ${errors}`));
    });
    child.kill();
    assert.match(port, /^\d+\s*$/);
  });

  it("lets the SDK pass over a policy by type only where that type has one token", () => {
    assert.equal(tokenOfAll(["Cluster.postgresql.cnpg.io"]), "kubernetes:postgresql.cnpg.io/v1:Cluster");
    assert.equal(tokenOfAll(["Secret"]), "kubernetes:core/v1:Secret");
    assert.equal(tokenOfAll(["gcp:Bucket"]), "gcp:storage/bucket:Bucket");
    assert.equal(tokenOfAll(["ExternalSecret.external-secrets.io"]), undefined);
    assert.equal(tokenOfAll(["Secret", "gcp:Bucket"]), undefined);
  });

  it("reports what it can't decide: at mandatory level for critical rules, otherwise advisory, and judges the rest", async () => {
    const store = given("ObjectStore", "store", {
      configuration: { destinationPath: UNKNOWN_TEXT, s3Credentials: {} },
    });
    const backup = given("ScheduledBackup", "nightly", { schedule: UNKNOWN_TEXT, cluster: { name: "db" } });
    const cluster = given("Cluster", "db", {
      instances: 3,
      imageName: UNKNOWN_TEXT,
      postgresql: { parameters: { fsync: "off", full_page_writes: UNKNOWN_TEXT } },
    });
    const { diagnostics } = await askServer(policiesOf(), [cluster, store, backup]);
    const undecided = diagnostics.filter(({ message }) => message.includes("can't be judged"));
    assert.ok(undecided.length > 2);
    for (const { policy, level } of undecided)
      assert.equal(level, ruleOf(policy).severity === "critical" ? "mandatory" : "advisory", policy);
    assert.ok(undecided.some(({ level }) => level === "mandatory"));
    const fsync = diagnostics.filter(({ policy }) => policy === "cnpg-fsync");
    assert.ok(fsync.some(({ message, level }) => message.includes("fsync") && level === "mandatory"));
  });

  it("never leaves a case silent when one of its values becomes unknown, for every rule that judged it by that value", async () => {
    const wrong = allCases().filter(({ expect, at, before }) => expect === "violation" && at && !before);
    for (const one of wrong) {
      const rule = ruleOf(one.rule);
      if (rule.scope !== "resource" || Object.keys(one.settings ?? {}).length > 0) continue;
      const hidden = one.resources.map((resource) => ({
        ...resource,
        inputs: hide(resource.inputs, one.at ?? "") as Record<string, unknown>,
      }));
      if (JSON.stringify(hidden) === JSON.stringify(one.resources)) continue;
      const { diagnostics, notApplicable } = await askServer(policiesOf([rule]), hidden);
      assert.ok(diagnostics.length > 0 || notApplicable.has(rule.id), `${rule.id}: ${one.name}: silent`);
    }
  });

  it("says the same twice over when a hundred policies share what was read", async () => {
    const resources = [
      given("ScheduledBackup", "nightly", { schedule: "0 3 * * *", cluster: { name: "db" } }),
    ];
    const policies = policiesOf();
    const first = await askServer(policies, resources);
    const second = await askServer(policies, resources);
    assert.deepEqual(second.diagnostics, first.diagnostics);
    assert.ok(first.diagnostics.length > 0);
  });

  it("asks no rule while its configuration is wrong, and says so once", async () => {
    const { policies, configure } = packOf();
    configure(readConfiguration(new Map([["cnpg-typo", { properties: {} }]]), rules));
    const stack: Given = { token: "pulumi:pulumi:Stack", name: "test", inputs: {}, protect: false };
    const backup = given("ScheduledBackup", "nightly", { schedule: "0 3 * * *" });
    const { diagnostics } = await askServer(policies, [stack, backup]);
    assert.deepEqual(
      diagnostics.map(({ policy, level }) => ({ policy, level })),
      [{ policy: "cnpg-settings", level: "mandatory" }],
    );
    assert.match(diagnostics[0]?.message ?? "", /cnpg-typo: there is no such policy/);
  });
});

describe("the configuration of the policy pack", () => {
  const read = (given: Record<string, { level?: never; properties?: Record<string, unknown> }>) =>
    readConfiguration(
      new Map(
        Object.entries(given).map(([name, { level, properties = {} }]) => [name, { level, properties }]),
      ) as never,
      rules,
    );

  it("gives every rule its level of the pack of settings", () => {
    const { settings } = read({ "cnpg-settings": { properties: { pack: "strict" } } });
    for (const rule of rules) assert.equal(settings.rules[rule.id]?.level, levelOf(rule, "strict"), rule.id);
  });

  it("takes a rule's own level only where it is another one than the rule has by itself", () => {
    const advisory = { level: "advisory" as never };
    const mandatory = { level: "mandatory" as never };
    const strict = { properties: { pack: "advisory" } };
    assert.equal(read({ "cnpg-fsync": advisory }).settings.rules["cnpg-fsync"]?.level, "advisory");
    // The engine sends the level of every rule, configured or not.
    const { settings } = read({ "cnpg-settings": strict, "cnpg-fsync": mandatory });
    assert.equal(settings.rules["cnpg-fsync"]?.level, "advisory");
  });

  it("merges parameters of the general settings with the rule's own, which go first", () => {
    const { settings, problems } = read({
      "cnpg-settings": { properties: { rules: { "cnpg-postgres-supported": { oldest: 15, newest: 17 } } } },
      "cnpg-postgres-supported": { properties: { oldest: 16 } },
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(settings.rules["cnpg-postgres-supported"]?.parameters, { oldest: 16, newest: 17 });
  });

  it("ignores general settings whose policy is disabled", () => {
    const disabled = { level: "disabled" as never, properties: { pack: "nonsense" } };
    const { settings, problems } = read({ "cnpg-settings": disabled });
    assert.deepEqual(problems, []);
    assert.equal(settings.pack, defaultSettings().pack);
  });
});

/** Inputs with the value at a path, such as `spec.plugins[0].name`, put out of sight; unchanged if there is none. */
function hide(inputs: unknown, at: string): unknown {
  const keys = [...at.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, plain]) =>
    index === undefined ? (quoted ?? plain ?? "") : Number(index),
  );
  const copy = structuredClone(inputs);
  let place = copy as Record<string | number, unknown>;
  for (const key of keys.slice(0, -1)) {
    const next = place?.[key];
    if (typeof next !== "object" || next === null) return inputs;
    place = next as Record<string | number, unknown>;
  }
  const last = keys.at(-1);
  if (last === undefined || place[last] === undefined) return inputs;
  place[last] = UNKNOWN_TEXT;
  return copy;
}
