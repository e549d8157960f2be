import assert from "node:assert/strict";
import { core, live, type Play, refTo, resource, seconds, widget, widgetCrd } from "../stage";

interface Manager {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
}

/** What owns fields of a live object, as `manager operation`. */
async function managers(...args: Parameters<typeof live>): Promise<string[]> {
  const { metadata } = await live(...args);
  return ((metadata.managedFields ?? []) as readonly Manager[])
    .filter(({ subresource }) => subresource === undefined)
    .map(({ manager, operation }) => `${manager} ${operation}`.replace(/-[0-9a-f]{8} /, "-# "))
    .sort();
}

/** What is made, and what is refused. */
export const creation: Readonly<Record<string, Play>> = {
  "create-manager": async (stage, name) => {
    const object = widget(stage, name, { spec: { size: 1 } });
    const one = await resource(stage, object);
    assert.equal((await one.up(object)).did, "create");
    assert.deepEqual(await managers(stage, object), ["pulumi-kubernetes Update"]);
    assert.equal((await one.up(widget(stage, name, { spec: { size: 2 } }))).error, undefined);
    assert.deepEqual(await managers(stage, object), ["pulumi-kubernetes-# Apply"]);
    // All that the creation had written is the update's now, so that what the program leaves out goes.
    assert.equal((await one.up(widget(stage, name, {}))).error, undefined);
    assert.equal((await live(stage, object)).spec, undefined);
  },
  "create-exists": async (stage, name) => {
    const object = widget(stage, name, { spec: { size: 1 } });
    assert.equal((await (await resource(stage, object)).up(object)).error, undefined);
    // The engine was killed before it had saved that: it knows of nothing, and neither does the provider.
    const served = await stage.serve();
    const again = await resource(stage, object, served);
    if (stage.kind !== "offline") {
      const preview = await again.up(object, { preview: true });
      assert.deepEqual([preview.did, preview.error], ["create", undefined]);
    }
    const step = await again.up(object);
    assert.match(step.error ?? "", /was not successfully created by the Kubernetes API server: /);
    assert.match(step.error ?? "", new RegExp(`widgets\\.\\S+ "${name}" already exists`));
    if (stage.kind !== "offline") {
      assert.match(step.error ?? "", /The resource already exists in the cluster/);
      assert.match(step.error ?? "", /upsertExistingObjects/);
      assert.match(served.said.join("\n"), /^Retry #0; creation failed: .* already exists$/m);
      assert.doesNotMatch(served.said.join("\n"), /Retry #1/);
    }
    assert.equal(step.state, undefined);
  },
  "create-upsert": async (stage, name) => {
    for (const [settings, env] of [
      [{ upsertExistingObjects: "true" }, {}],
      [{}, { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" }],
    ]) {
      const object = widget(stage, `${name}-${Object.keys(settings ?? {}).length}`, { spec: { size: 1 } });
      const served = await stage.serve(settings, env);
      assert.equal((await (await resource(stage, object, served)).up(object)).error, undefined);
      const again = await resource(stage, object, served);
      const step = await again.up(object);
      assert.deepEqual([step.did, step.error], ["create", undefined]);
      assert.equal((await again.up(object)).did, "same");
    }
  },
  "create-upsertConflict": async (stage, name) => {
    const object = (size: number) => widget(stage, name, { spec: { size } });
    assert.equal((await (await resource(stage, object(1))).up(object(1))).error, undefined);
    const served = await stage.serve({ upsertExistingObjects: "true" });
    const again = await resource(stage, object(2), served);
    // As `pulumi-kubernetes` made it, what differs from that is a conflict; a preview takes it by force.
    assert.equal((await again.up(object(2), { preview: true })).error, undefined);
    assert.match((await again.up(object(2))).error ?? "", /conflict with "pulumi-kubernetes"/);
    assert.equal(again.state, undefined);
    assert.equal((await again.up(object(1))).error, undefined);
  },
  "create-beingDeleted": async (stage, name) => {
    const object = widget(stage, name, { metadata: { finalizers: ["a.b/c"] }, spec: { size: 1 } });
    assert.equal((await (await resource(stage, object)).up(object)).error, undefined);
    await stage.cluster.remove(refTo(object));
    const step = await (await resource(stage, object)).up(object);
    await stage.cluster.patch(refTo(object), { metadata: { finalizers: null } });
    assert.match(step.error ?? "", /object is being deleted: .* already exists/);
    assert.ok(step.seconds < 5, `${step.seconds} s`);
  },
  "create-noNamespace": async (stage, name) => {
    const object = core(stage, "ConfigMap", name, { metadata: { namespace: `${stage.namespace}-none` } });
    const served = await stage.serve();
    const one = await resource(stage, object, served);
    assert.equal((await one.up(object, { preview: true })).error, undefined);
    const step = await one.up(object);
    assert.match(step.error ?? "", new RegExp(`namespaces "${stage.namespace}-none" not found`));
    assert.equal(step.state, undefined);
    const tries = served.said.filter((text) => text.startsWith("Retry #"));
    assert.deepEqual(
      tries.map((text) => text.slice(0, 26)),
      [0, 1, 2, 3, 4, 5].map((n) => `Retry #${n}; creation failed:`.slice(0, 26)),
    );
    if (stage.kind === "real") assert.ok(step.seconds > 60 && step.seconds < 70, `${step.seconds} s`);
  },
  "create-noKind": async (stage, name) => {
    const object = { ...widget(stage, name), kind: "Gadget" };
    const one = await resource(stage, object);
    assert.equal((await one.up(object, { preview: true })).error, undefined);
    const step = await one.up(object);
    assert.match(step.error ?? "", /^creation of resource .* with kind \S+\/v1\/Gadget failed because/);
    assert.match(step.error ?? "", /no matches for kind "Gadget" in version "\S+\.test\/v1"/);
    assert.equal(step.state, undefined);
  },
  "create-kindComes": async (stage, name) => {
    const object = { ...widget(stage, name), kind: "Latecomer" };
    const one = await resource(stage, object);
    const step = one.up(object);
    await seconds(0.2);
    const crd = widgetCrd(stage, "latecomers", "Latecomer");
    await stage.cluster.apply(crd);
    try {
      assert.equal((await step).error, undefined);
    } finally {
      await stage.cluster.remove(refTo(crd as never));
    }
  },
  "create-refused": async (stage, name) => {
    const object = widget(stage, name, { spec: { size: 1000 } });
    const one = await resource(stage, object);
    for (const preview of [true, false]) {
      const step = await one.up(object, { preview });
      assert.match(step.error ?? "", /was not successfully created by the Kubernetes API server: /);
      assert.match(step.error ?? "", /spec\.size.*should be less than or equal to 100/);
      assert.equal(step.state, undefined);
    }
  },
  "create-unknownField": async (stage, name) => {
    const object = widget(stage, name, { spec: { size: 1, nope: 1 } });
    const one = await resource(stage, object);
    assert.equal((await one.up(object)).error, undefined);
    assert.deepEqual((await live(stage, object)).spec, { size: 1 });
    // What the server drops is missing for ever.
    assert.deepEqual((await one.up(object)).changes, ["+spec.nope"]);
    assert.deepEqual((await one.up(object)).changes, ["+spec.nope"]);
  },
  "create-previewOutputs": async (stage, name) => {
    const object = widget(stage, name, { spec: { size: 1 } });
    const one = await resource(stage, object);
    const step = await one.up(object, { preview: true });
    assert.deepEqual([step.did, step.error], ["create", undefined]);
    assert.equal(await stage.cluster.get(refTo(object)), undefined);
  },
};
