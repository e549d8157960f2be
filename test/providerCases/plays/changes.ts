import assert from "node:assert/strict";
import type { Properties } from "../../../offline/provider";
import { isSecret, UNKNOWN } from "../../../offline/wire";
import { core, live, type Play, resource, type Stage, secret, widget } from "../stage";

const base64 = (text: string) => Buffer.from(text).toString("base64");

function job(stage: Stage, name: string, spec: Properties = {}, cpu = "1000m"): Properties {
  const requests = { cpu, memory: "64Mi" };
  const container = { name: "a", image: "nobody/none:1", command: ["true"], resources: { requests } };
  const template = { spec: { restartPolicy: "Never", schedulerName: "nobody", containers: [container] } };
  return core(stage, "Job", name, {
    metadata: { annotations: { "pulumi.com/skipAwait": "true" } },
    spec: { backoffLimit: 1, template, ...spec },
  });
}

/** Brings an object up, then changes it, and says what came of that. */
async function changed(stage: Stage, before: Properties, after: Properties, settings = {}, env = {}) {
  const one = await resource(stage, before, await stage.serve(settings, env));
  const first = await one.up(before);
  assert.equal(first.error, undefined);
  const step = await one.up(after);
  return { first, step, one };
}

/** What an update shows. */
export const changes: Readonly<Record<string, Play>> = {
  "update-same": async (stage, name) => {
    const object = widget(stage, name, { spec: { size: 1, list: ["a"] } });
    const { step } = await changed(stage, object, structuredClone(object));
    assert.deepEqual([step.did, step.changes], ["same", []]);
  },
  "update-fields": async (stage, name) => {
    const { step } = await changed(
      stage,
      widget(stage, name, { spec: { size: 1, list: ["a", "b"], color: "red" } }),
      widget(stage, name, { metadata: { annotations: { "a.b/c": "d" } }, spec: { size: 2, list: ["a"] } }),
    );
    assert.equal(step.did, "update");
    assert.deepEqual(step.changes, ["+metadata.annotations", "-spec.color", "-spec.list[1]", "~spec.size"]);
    if (stage.kind === "offline") return;
    assert.deepEqual((await live(stage, widget(stage, name))).spec, { size: 2, list: ["a"] });
  },
  "update-emptyLabels": async (stage, name) => {
    const object = widget(stage, name, { metadata: { labels: {} }, spec: { size: 1 } });
    const { step } = await changed(stage, object, object);
    assert.deepEqual([step.did, step.changes], ["update", ["+metadata.labels"]]);
  },
  "update-emptyLabelsBuiltIn": async (stage, name) => {
    const object = core(stage, "ConfigMap", name, { metadata: { labels: {} }, data: { a: "1" } });
    assert.equal((await changed(stage, object, object)).step.did, "same");
  },
  "update-quantity": async (stage, name) => {
    const { step } = await changed(stage, job(stage, name), job(stage, name, {}, "1"));
    assert.deepEqual([step.did, step.changes], ["same", []]);
  },
  "secret-checked": async (stage, name) => {
    const object = core(stage, "Secret", name, { data: { b: base64("2") }, stringData: secret({ a: "1" }) });
    const one = await resource(stage, object);
    const { inputs } = await one.check(object);
    assert.equal(inputs.stringData, undefined);
    assert.deepEqual(inputs.data, secret({ a: base64("1"), b: base64("2") }));
    // One value that is not known yet, and nothing is rewritten.
    const early = await one.check({ ...object, stringData: secret({ a: UNKNOWN }) });
    assert.notEqual(early.inputs.stringData, undefined);
  },
  "secret-outputs": async (stage, name) => {
    const object = core(stage, "Secret", name, { stringData: { a: "1" } });
    const one = await resource(stage, object);
    const { outputs = {} } = (await one.up(object)).state ?? {};
    assert.equal(outputs.stringData, undefined);
    assert.ok(isSecret(outputs.data), "what is in a Secret is one, however the program gave it");
    assert.deepEqual((outputs.data as { value: unknown }).value, { a: base64("1") });
  },
  "secret-replaced": async (stage, name) => {
    const object = (a: string) => core(stage, "Secret", name, { stringData: secret({ a }) });
    const { step } = await changed(stage, object("1"), object("2"));
    assert.deepEqual([step.did, step.changes, step.deletedFirst], ["replace", ["~data.a"], true]);
  },
  "secret-mutable": async (stage, name) => {
    const object = (a: string) => core(stage, "Secret", name, { stringData: secret({ a }) });
    const settings = { enableSecretMutable: "true" };
    const { first, step, one } = await changed(stage, object("1"), object("2"), settings);
    assert.deepEqual([step.did, step.error, step.changes], ["update", undefined, ["~data.a"]]);
    if (stage.kind !== "offline") {
      const now = await live(stage, object("2"));
      assert.deepEqual(now.data, { a: base64("2") });
      assert.equal(now.metadata.uid, (first.state?.outputs.metadata as { uid: string } | undefined)?.uid);
    }
    // A preview may not know the new value yet; it is no replacement either.
    assert.equal(
      (await one.up({ ...object("3"), stringData: secret({ a: UNKNOWN }) }, { preview: true })).did,
      "update",
    );
    const type = await one.up({ ...object("2"), type: "kubernetes.io/basic-auth" });
    assert.deepEqual([type.did, type.deletedFirst], ["replace", true]);
  },
  "secret-mutableByEnv": async (stage, name) => {
    const object = (a: string) => core(stage, "Secret", name, { stringData: { a } });
    const env = { PULUMI_K8S_ENABLE_SECRET_MUTABLE: "true" };
    assert.equal((await changed(stage, object("1"), object("2"), {}, env)).step.did, "update");
    const against = { enableSecretMutable: "false" };
    const other = (a: string) => core(stage, "Secret", `${name}-b`, { stringData: { a } });
    assert.equal((await changed(stage, other("1"), other("2"), against, env)).step.did, "replace");
  },
  "secret-immutable": async (stage, name) => {
    const object = (a: string) => core(stage, "Secret", name, { immutable: true, stringData: { a } });
    const { step } = await changed(stage, object("1"), object("2"), { enableSecretMutable: "true" });
    assert.equal(step.did, "replace");
  },
  "configMap-replaced": async (stage, name) => {
    const object = (a: string) => core(stage, "ConfigMap", name, { data: { a } });
    const { step } = await changed(stage, object("1"), object("2"));
    assert.deepEqual([step.did, step.changes, step.deletedFirst], ["replace", ["~data.a"], true]);
  },
  "configMap-mutable": async (stage, name) => {
    const object = (a: string) => core(stage, "ConfigMap", name, { data: { a } });
    const { step } = await changed(stage, object("1"), object("2"), { enableConfigMapMutable: "true" });
    assert.deepEqual([step.did, step.error], ["update", undefined]);
  },
  "replace-name": async (stage, name) => {
    const other = widget(stage, `${name}-b`, { spec: { size: 1 } });
    const { step, one } = await changed(stage, widget(stage, name, { spec: { size: 1 } }), other);
    assert.deepEqual([step.did, step.changes, step.deletedFirst], ["replace", ["~metadata.name"], false]);
    const moved = await one.up(
      widget(stage, name, { metadata: { namespace: `${stage.namespace}-b` }, spec: { size: 1 } }),
    );
    assert.deepEqual(
      [moved.did, moved.changes, moved.deletedFirst],
      ["replace", ["~metadata.namespace"], false],
    );
  },
  "replace-job": async (stage, name) => {
    const template = structuredClone((job(stage, name).spec as { template: Properties }).template);
    for (const container of (template.spec as { containers: { command: string[] }[] }).containers)
      container.command = ["false"];
    const { step, one } = await changed(stage, job(stage, name), job(stage, name, { template }));
    assert.deepEqual([step.did, step.deletedFirst], ["replace", true]);
    assert.deepEqual(step.changes, ["~spec.template.spec.containers[0].command[0]"]);
    const limit = await one.up(job(stage, name, { backoffLimit: 2 }));
    assert.deepEqual([limit.did, limit.error, limit.changes], ["update", undefined, ["~spec.backoffLimit"]]);
  },
  "replace-roleBinding": async (stage, name) => {
    const object = (role: string) =>
      core(stage, "RoleBinding", name, {
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role },
        subjects: [{ kind: "ServiceAccount", name: "x", namespace: stage.namespace }],
      });
    const { step } = await changed(stage, object("a"), object("b"));
    assert.deepEqual([step.did, step.changes, step.deletedFirst], ["replace", ["~roleRef.name"], true]);
  },
  "replace-custom": async (stage, name) => {
    const { step } = await changed(
      stage,
      widget(stage, name, { spec: { size: 1 } }),
      widget(stage, name, { spec: { size: 2 } }),
    );
    assert.equal(step.did, "update");
  },
  secretOfOthers: async (stage, name) => {
    const object = widget(stage, name, { spec: { color: secret("red"), list: [secret("a"), "b"], size: 1 } });
    const one = await resource(stage, object);
    const { outputs = {} } = (await one.up(object)).state ?? {};
    assert.deepEqual(outputs.spec, { color: secret("red"), list: secret(["a", "b"]), size: 1 });
    assert.equal((await one.up(object)).did, "same");
  },
};
