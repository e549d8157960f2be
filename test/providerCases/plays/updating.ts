import assert from "node:assert/strict";
import type { Properties } from "../../../offline/provider";
import { live, type Play, refTo, resource, type Stage, waiting, widget } from "../stage";

/** A field's change by another manager; one whose name begins with kubectl is a person at a shell. */
async function foreign(stage: Stage, object: Properties, spec: Properties, manager: string): Promise<void> {
  const { apiVersion, kind, metadata } = object as { apiVersion: string; kind: string; metadata: Properties };
  const { name, namespace } = metadata as { name: string; namespace: string };
  await stage.cluster.apply(
    { apiVersion, kind, metadata: { name, namespace }, spec },
    { force: true, fieldManager: manager },
  );
}

/** The same by an ordinary write, as `kubectl edit` and `kubectl patch` do. */
async function edited(stage: Stage, object: Properties, patch: Properties): Promise<void> {
  const { apiVersion, kind, metadata } = object as {
    apiVersion: string;
    kind: string;
    metadata: { name: string };
  };
  const [group, version] = apiVersion.split("/");
  await stage.cluster.kubectl([
    ...["patch", `${kind.toLowerCase()}.${version}.${group}`, metadata.name],
    ...["-n", stage.namespace, "--type=merge", "-p", JSON.stringify(patch)],
  ]);
}

/** What an update does, and what drift is. */
export const updating: Readonly<Record<string, Play>> = {
  "drift-unseen": async (stage, name) => {
    const object = widget(stage, name, { spec: { size: 1 } });
    const one = await resource(stage, object);
    await one.up(object);
    await edited(stage, object, { spec: { size: 5 } });
    assert.equal((await one.up(object)).did, "same");
    assert.deepEqual((await live(stage, object)).spec, { size: 5 });
  },
  "drift-refreshed": async (stage, name) => {
    const object = widget(stage, name, { spec: { size: 1 } });
    const one = await resource(stage, object);
    await one.up(object);
    await edited(stage, object, { spec: { size: 5 } });
    const { state } = await one.refresh();
    assert.deepEqual(state?.inputs.spec, { size: 5 });
    const step = await one.up(object);
    assert.deepEqual([step.did, step.changes, step.error], ["update", ["~spec.size"], undefined]);
    assert.deepEqual((await live(stage, object)).spec, { size: 1 });
  },
  "drift-gone": async (stage, name) => {
    const object = widget(stage, name, { spec: { size: 1, color: "red" } });
    const one = await resource(stage, object);
    await one.up(object);
    await edited(stage, object, { spec: { color: null } });
    await one.refresh();
    const step = await one.up(object);
    assert.deepEqual([step.did, step.changes, step.error], ["update", ["+spec.color"], undefined]);
    assert.deepEqual((await live(stage, object)).spec, { size: 1, color: "red" });
  },
  "drift-notOurs": async (stage, name) => {
    const object = widget(stage, name, {
      metadata: { annotations: { a: "1" } },
      spec: { size: 1, list: ["a"] },
    });
    const one = await resource(stage, object);
    await one.up(object);
    // A field, an annotation, a label and the end of a list, as an operator adds them.
    await edited(stage, object, {
      metadata: { annotations: { b: "2" }, labels: { c: "3" } },
      spec: { color: "red", list: ["a", "b"] },
    });
    const { state } = await one.refresh();
    assert.deepEqual(state?.inputs, (await one.check(object)).inputs);
    assert.equal((await one.up(object)).did, "same");
  },
  "update-refused": async (stage, name) => {
    const object = (size: number) => widget(stage, name, { spec: { size } });
    const one = await resource(stage, object(1));
    await one.up(object(1));
    const preview = await one.up(object(1000), { preview: true });
    assert.match(preview.error ?? "", /should be less than or equal to 100/);
    const step = await one.up(object(1000));
    assert.match(
      step.error ?? "",
      new RegExp(`^the Kubernetes API server reported that "${stage.namespace}/${name}" failed`),
    );
    assert.match(step.error ?? "", /should be less than or equal to 100/);
    // The state has what was refused, and that something is wrong: the next update sends it again.
    assert.deepEqual(step.state?.inputs.spec, { size: 1000 });
    assert.equal(step.state?.initErrors.length, 1);
    assert.deepEqual((await live(stage, object(1))).spec, { size: 1 });
    const again = await one.up(object(1000));
    assert.deepEqual([again.did, again.changes], ["update", ["~spec.size"]]);
    const back = await one.up(object(1));
    assert.deepEqual([back.did, back.changes, back.error], ["update", [], undefined]);
    assert.equal((await one.up(object(1))).did, "same");
  },
  "update-conflict": async (stage, name) => {
    const object = (size: number, annotations = {}) =>
      widget(stage, name, { metadata: { annotations }, spec: { size, color: "red" } });
    const one = await resource(stage, object(1));
    await one.up(object(1));
    await one.up(object(2));
    await foreign(stage, object(1), { size: 5 }, "somebody");
    const step = await one.up(object(3));
    assert.match(step.error ?? "", /conflict with "somebody"/);
    assert.match(step.error ?? "", /\.spec\.size/);
    assert.equal(step.state?.initErrors.length, 1);
    assert.match((await one.up(object(3), { preview: true })).error ?? "", /conflict with "somebody"/);
    const forced = await one.up(object(3, { "pulumi.com/patchForce": "true" }));
    assert.equal(forced.error, undefined);
    assert.equal(((await live(stage, object(1))).spec as { size: number }).size, 3);
  },
  "update-conflictForcedByStack": async (stage, name) => {
    const object = (size: number) => widget(stage, name, { spec: { size } });
    const one = await resource(stage, object(1), await stage.serve({ enablePatchForce: "true" }));
    await one.up(object(1));
    await one.up(object(2));
    await foreign(stage, object(1), { size: 5 }, "somebody");
    assert.equal((await one.up(object(3))).error, undefined);
    assert.deepEqual((await live(stage, object(1))).spec, { size: 3 });
  },
  "update-firstTakesCreation": async (stage, name) => {
    // Before its first update, an object's fields are nobody's by apply: another manager's change is put back as if it were ours.
    const object = (size: number) => widget(stage, name, { spec: { size } });
    const one = await resource(stage, object(1));
    await one.up(object(1));
    await foreign(stage, object(1), { size: 5 }, "kubectl-of-a-person");
    assert.equal((await one.up(object(3))).error, undefined);
    assert.deepEqual((await live(stage, object(1))).spec, { size: 3 });
  },
  "update-gone": async (stage, name) => {
    const object = (size: number) => widget(stage, name, { spec: { size } });
    const one = await resource(stage, object(1));
    await one.up(object(1));
    await stage.cluster.remove(refTo(object(1)));
    await stage.cluster.gone(refTo(object(1)));
    const step = await one.up(object(2));
    assert.match(step.error ?? "", /^update of resource .* failed: /);
    assert.match(step.error ?? "", /not found/);
    assert.deepEqual(step.state?.inputs.spec, { size: 1 });
    assert.equal(await stage.cluster.get(refTo(object(1))), undefined);
  },
  "update-preview": async (stage, name) => {
    const object = (size: number) => widget(stage, name, { spec: { size } });
    const one = await resource(stage, object(1));
    await one.up(object(1));
    const step = await one.up(object(2), { preview: true });
    assert.deepEqual([step.did, step.error, step.changes], ["update", undefined, ["~spec.size"]]);
    assert.deepEqual((await live(stage, object(1))).spec, { size: 1 });
  },
  "read-gone": async (stage, name) => {
    const object = widget(stage, name, { spec: { size: 1 } });
    const one = await resource(stage, object);
    await one.up(object);
    await stage.cluster.remove(refTo(object));
    await stage.cluster.gone(refTo(object));
    assert.equal((await one.refresh()).state, undefined);
  },
  "read-clearsErrors": async (stage, name) => {
    const object = waiting(stage, name, {
      "pulumi.com/waitFor": "condition=Ready",
      "pulumi.com/timeoutSeconds": "1",
    });
    const one = await resource(stage, object);
    const step = await one.up(object);
    assert.equal(step.state?.initErrors.length, 1);
    // A look waits for nothing, and the next update has nothing to do.
    assert.deepEqual((await one.refresh()).state?.initErrors, []);
    assert.equal((await one.up(object)).did, "same");
  },
  "import-custom": async (stage, name) => {
    const object = widget(stage, name, { spec: { size: 1 } });
    await stage.cluster.apply(object as never);
    const state = await (await resource(stage, object)).import(`${stage.namespace}/${name}`);
    // There is no schema of it, so that its inputs are its name alone; all of it is in its outputs.
    const { spec: _, ...named } = object;
    assert.deepEqual(state?.inputs, named);
    assert.deepEqual(state?.outputs.spec, { size: 1 });
  },
  "import-builtIn": async (stage, name) => {
    const object = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace: stage.namespace },
      data: { a: "1" },
    };
    await stage.cluster.apply(object);
    const state = await (await resource(stage, object)).import(`${stage.namespace}/${name}`);
    assert.deepEqual(state?.inputs, object);
  },
};
