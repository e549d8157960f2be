import assert from "node:assert/strict";
import type { Properties } from "../../../offline/provider";
import { core, live, type Play, refTo, resource, type Stage, seconds, widget, widgetCrd } from "../stage";

const finalizer = "a.b/c";

/** A widget that doesn't go before its finalizer has gone. */
function held(stage: Stage, name: string, annotations: Properties = {}): Properties {
  return widget(stage, name, { metadata: { annotations, finalizers: [finalizer] }, spec: { size: 1 } });
}

async function release(stage: Stage, object: Properties): Promise<void> {
  await stage.cluster.patch(refTo(object), { metadata: { finalizers: null } });
}

/** How things are removed. */
export const removal: Readonly<Record<string, Play>> = {
  "delete-propagation": async (stage, name) => {
    for (const [annotations, finalizers] of [
      [{}, [finalizer, "foregroundDeletion"]],
      [{ "pulumi.com/deletionPropagationPolicy": "background" }, [finalizer]],
      [{ "pulumi.com/deletionPropagationPolicy": "Orphan" }, [finalizer, "orphan"]],
    ] as const) {
      const object = held(
        stage,
        `${name}-${finalizers.at(-1)?.toLowerCase().replace(/\W/g, "")}`,
        annotations,
      );
      const one = await resource(stage, object);
      await one.up(object);
      const ended = one.destroy(20);
      await seconds(0.7);
      const kept = (await live(stage, object)).metadata.finalizers as string[];
      // The garbage collector takes its own ones away when it has done its part.
      const own = kept.filter((each) => each !== finalizer);
      assert.ok(
        own.every((each) => (finalizers as readonly string[]).includes(each)),
        kept.join(),
      );
      assert.equal((await live(stage, object)).metadata.deletionTimestamp !== undefined, true);
      await release(stage, object);
      assert.equal(await ended, undefined);
      assert.equal(one.state, undefined);
    }
  },
  "delete-foreground": async (stage, name) => {
    // What it owns keeps it: gone means that all of it is gone.
    const object = widget(stage, name, { spec: { size: 1 } });
    const one = await resource(stage, object);
    await one.up(object);
    const { uid } = (await live(stage, object)).metadata;
    const { apiVersion, kind } = object as { apiVersion: string; kind: string };
    const owned = held(stage, `${name}-owned`);
    (owned.metadata as Properties).ownerReferences = [
      { apiVersion, kind, name, uid, blockOwnerDeletion: true },
    ];
    await stage.cluster.apply(owned as never);
    const ended = one.destroy(20);
    await seconds(2);
    assert.deepEqual((await live(stage, object)).metadata.finalizers, ["foregroundDeletion"]);
    await release(stage, owned);
    assert.equal(await ended, undefined);
  },
  "delete-background": async (stage, name) => {
    const annotations = { "pulumi.com/deletionPropagationPolicy": "background" };
    const object = widget(stage, name, { metadata: { annotations }, spec: { size: 1 } });
    const one = await resource(stage, object);
    await one.up(object);
    const { uid } = (await live(stage, object)).metadata;
    const { apiVersion, kind } = object as { apiVersion: string; kind: string };
    const owned = held(stage, `${name}-owned`);
    (owned.metadata as Properties).ownerReferences = [
      { apiVersion, kind, name, uid, blockOwnerDeletion: true },
    ];
    await stage.cluster.apply(owned as never);
    assert.equal(await one.destroy(20), undefined);
    assert.notEqual(await stage.cluster.get(refTo(owned)), undefined);
    await release(stage, owned);
  },
  "delete-timeout": async (stage, name) => {
    const object = held(stage, name, { "pulumi.com/timeoutSeconds": "2" });
    const served = await stage.serve();
    const one = await resource(stage, object, served);
    await one.up(object);
    const start = Date.now();
    assert.match((await one.destroy()) ?? "", /timed out waiting for the condition/);
    assert.ok(Date.now() - start < 6000);
    assert.notEqual(one.state, undefined);
    assert.match(served.said.join("\n"), /finalizers might be preventing deletion \(.*a\.b\/c/);
    await release(stage, object);
    await stage.cluster.gone(refTo(object));
    assert.equal(await one.destroy(), undefined, "what is gone is gone");
  },
  "delete-skipAwait": async (stage, name) => {
    // Only of a few kinds of Kubernetes' own is the end not waited for.
    const skip = { "pulumi.com/skipAwait": "true" };
    const object = held(stage, name, skip);
    const one = await resource(stage, object);
    await one.up(object);
    assert.match((await one.destroy(2)) ?? "", /timed out waiting for the condition/);
    await release(stage, object);
    const space = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: `${stage.namespace}-skip`, annotations: skip },
    };
    const namespace = await resource(stage, space);
    assert.equal((await namespace.up(space)).error, undefined);
    const inside = held({ ...stage, namespace: `${stage.namespace}-skip` } as Stage, name);
    await stage.cluster.apply({ ...inside, apiVersion: object.apiVersion } as never);
    assert.equal(await namespace.destroy(5), undefined);
    assert.notEqual(await stage.cluster.get(refTo(space)), undefined);
    await stage.cluster.patch(
      { ...refTo(object), namespace: `${stage.namespace}-skip` },
      { metadata: { finalizers: null } },
    );
    await stage.cluster.gone(refTo(space));
  },
  "delete-noKind": async (stage, name) => {
    const crd = widgetCrd(stage, "shortliveds", "Shortlived");
    await stage.cluster.apply(crd);
    const object = { ...widget(stage, name), kind: "Shortlived" };
    const one = await resource(stage, object);
    assert.equal((await one.up(object)).error, undefined);
    await stage.cluster.remove(refTo(crd as never));
    await stage.cluster.gone(refTo(crd as never));
    assert.equal(await one.destroy(20), undefined);
  },
  "delete-gone": async (stage, name) => {
    const object = core(stage, "ConfigMap", name, { data: { a: "1" } });
    const one = await resource(stage, object);
    await one.up(object);
    await stage.cluster.remove(refTo(object));
    assert.equal(await one.destroy(), undefined);
  },
};
