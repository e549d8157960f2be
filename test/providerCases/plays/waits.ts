import assert from "node:assert/strict";
import type { Properties } from "../../../offline/provider";
import type { OneResource, Step } from "../oneResource";
import { live, type Play, refTo, report, resource, type Stage, seconds, waiting, widget } from "../stage";

const waitFor = "pulumi.com/waitFor";
const timeoutSeconds = "pulumi.com/timeoutSeconds";
const condition = (type: string, status = "True", more: Properties = {}) => ({
  conditions: [{ type, status, ...more }],
});

/** Says whether a step is still under way after a while; it is not waited for. */
async function stillWaits(step: Promise<Step>, after = 1.5): Promise<boolean> {
  return Promise.race([step.then(() => false), seconds(after).then(() => true)]);
}

/** Waits until an object is there. */
async function there(stage: Stage, object: Properties): Promise<void> {
  for (let tries = 0; tries < 100 && (await stage.cluster.get(refTo(object))) === undefined; tries++)
    await seconds(0.1);
}

/** A widget that is being created, is there, and waits. */
async function begun(stage: Stage, object: Properties): Promise<{ one: OneResource; step: Promise<Step> }> {
  const one = await resource(stage, object);
  const step = one.up(object);
  await there(stage, object);
  assert.ok(await stillWaits(step), "it doesn't wait");
  return { one, step };
}

/** When a wait is over. */
export const waits: Readonly<Record<string, Play>> = {
  "wait-none": async (stage, name) => {
    const object = widget(stage, name, { spec: { size: 1 } });
    const step = await (await resource(stage, object)).up(object);
    assert.deepEqual([step.error, step.seconds < 3], [undefined, true]);
  },
  "wait-condition": async (stage, name) => {
    const object = waiting(stage, name, { [waitFor]: "condition=Ready" });
    const { step } = await begun(stage, object);
    await report(stage, object, condition("Ready", "False"));
    assert.ok(await stillWaits(step, 1));
    await report(stage, object, condition("ready", "true"));
    assert.equal((await step).error, undefined);
    const { status } = ((await step).state?.outputs ?? {}) as { status?: Properties };
    assert.deepEqual(status, condition("ready", "true"));
  },
  "wait-conditionFalse": async (stage, name) => {
    const object = waiting(stage, name, { [waitFor]: "condition=Paused=False" });
    const { step } = await begun(stage, object);
    await report(stage, object, condition("Paused", "False"));
    assert.equal((await step).error, undefined);
  },
  "wait-alreadyTrue": async (stage, name) => {
    const object = (size: number) => waiting(stage, name, { [waitFor]: "condition=Ready" }, size);
    const { one, step } = await begun(stage, object(1));
    await report(stage, object(1), condition("Ready"));
    await step;
    // Nobody has looked at the change, and nothing tells: the condition is from before.
    const update = await one.up(object(2));
    assert.deepEqual([update.did, update.error, update.seconds < 3], ["update", undefined, true]);
  },
  "wait-observedByCondition": async (stage, name) => {
    const object = (size: number) => waiting(stage, name, { [waitFor]: "condition=Ready" }, size);
    const { one, step } = await begun(stage, object(1));
    await report(stage, object(1), condition("Ready", "True", { observedGeneration: 1 }));
    await step;
    const update = one.up(object(2));
    assert.ok(await stillWaits(update), "it takes a condition of an older generation");
    await report(stage, object(2), condition("Ready", "True", { observedGeneration: 2 }));
    assert.equal((await update).error, undefined);
  },
  "wait-observedByStatus": async (stage, name) => {
    const annotations = { [waitFor]: '["condition=Ready", "jsonpath={.status.phase}=Up"]' };
    const object = (size: number) => waiting(stage, name, annotations, size);
    const status = (observedGeneration: number) => ({
      ...condition("Ready"),
      phase: "Up",
      observedGeneration,
    });
    const { one, step } = await begun(stage, object(1));
    await report(stage, object(1), status(1));
    await step;
    const update = one.up(object(2));
    assert.ok(await stillWaits(update), "it takes a status of an older generation");
    await report(stage, object(2), status(2));
    assert.equal((await update).error, undefined);
    // A field alone counts for nothing either, while the status is of an older generation.
    const alone = { [waitFor]: "jsonpath={.status.phase}=Up" };
    const last = one.up(waiting(stage, name, alone, 3));
    assert.ok(await stillWaits(last), "it takes a field of an older generation");
    await report(stage, object(3), status(3));
    assert.equal((await last).error, undefined);
  },
  "wait-jsonpath": async (stage, name) => {
    const object = waiting(stage, name, { [waitFor]: "jsonpath={.status.count}=3" });
    const { step } = await begun(stage, object);
    await report(stage, object, { count: 2 });
    assert.ok(await stillWaits(step, 1));
    // Compared as text.
    await report(stage, object, { count: 3 });
    assert.equal((await step).error, undefined);
  },
  "wait-jsonpathThere": async (stage, name) => {
    const object = waiting(stage, name, { [waitFor]: "jsonpath={.status.address}" });
    const { step } = await begun(stage, object);
    await report(stage, object, { address: "" });
    assert.equal((await step).error, undefined);
  },
  "wait-all": async (stage, name) => {
    const object = waiting(stage, name, { [waitFor]: '["condition=Ready", "condition=Archiving"]' });
    const { step } = await begun(stage, object);
    await report(stage, object, condition("Ready"));
    assert.ok(await stillWaits(step, 1));
    await report(stage, object, {
      conditions: [...condition("Ready").conditions, ...condition("Archiving").conditions],
    });
    assert.equal((await step).error, undefined);
  },
  "wait-skipAwait": async (stage, name) => {
    const object = waiting(stage, name, { [waitFor]: "condition=Ready", "pulumi.com/skipAwait": "true" });
    const step = await (await resource(stage, object)).up(object);
    assert.deepEqual([step.error, step.seconds < 3], [undefined, true]);
  },
  "wait-timeout": async (stage, name) => {
    const object = (size = 1) =>
      waiting(stage, name, { [waitFor]: "condition=Ready", [timeoutSeconds]: "2" }, size);
    const one = await resource(stage, object());
    const step = await one.up(object());
    assert.match(
      step.error ?? "",
      /^resource "\S+" was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: timed out waiting for the condition$/,
    );
    assert.ok(step.seconds >= 2 && step.seconds < 6, `${step.seconds} s`);
    assert.deepEqual(step.state?.initErrors, [step.error]);
    assert.equal(step.state?.id, `${stage.namespace}/${name}`);
    // With nothing changed the next update waits again, in other words.
    const again = await one.up(object());
    assert.deepEqual([again.did, again.changes], ["update", []]);
    assert.equal(
      again.error,
      `the Kubernetes API server reported that "${stage.namespace}/${name}" failed to fully initialize or become live: timed out waiting for the condition`,
    );
    await report(stage, object(), condition("Ready"));
    const last = await one.up(object());
    assert.deepEqual([last.did, last.error, last.state?.initErrors], ["update", undefined, []]);
    assert.equal((await one.up(object())).did, "same");
  },
  "wait-customTimeouts": async (stage, name) => {
    const object = waiting(stage, name, { [waitFor]: "condition=Ready", [timeoutSeconds]: "600" });
    const step = await (await resource(stage, object)).up(object, { timeout: 2 });
    assert.match(step.error ?? "", /timed out waiting for the condition/);
    assert.ok(step.seconds >= 2 && step.seconds < 6, `${step.seconds} s`);
  },
  "wait-badTimeout": async (stage, name) => {
    const object = waiting(stage, name, { [waitFor]: "condition=Ready", [timeoutSeconds]: "1s" });
    const { step } = await begun(stage, object);
    assert.ok(await stillWaits(step, 2), "it takes 1s for a second");
    await report(stage, object, condition("Ready"));
    assert.equal((await step).error, undefined);
  },
  "wait-cancelled": async (stage, name) => {
    const object = waiting(stage, name, { [waitFor]: "condition=Ready" });
    const served = await stage.serve({ suppressDeprecationWarnings: "true" });
    const one = await resource(stage, object, served);
    const step = one.up(object);
    await there(stage, object);
    assert.ok(await stillWaits(step, 1));
    await served.cancel();
    const { error, state } = await step;
    assert.match(error ?? "", /was successfully created, but .*: context canceled$/);
    assert.equal(state?.initErrors.length, 1);
    assert.notEqual(await live(stage, object), undefined);
  },
  "wait-badExpression": async (stage, name) => {
    const object = waiting(stage, name, { [waitFor]: "jsonpath=.status.phase=Up" });
    const one = await resource(stage, object);
    if (stage.kind === "lab") {
      const { failures } = await one.check(object);
      assert.match(failures.join(), /waitFor.*jsonpath=\{\.a\.b\}/);
      return;
    }
    const step = await one.up(object);
    assert.match(step.error ?? "", /was not successfully created .*wrapped in brackets/);
    assert.equal(step.state, undefined);
    assert.notEqual(await live(stage, object), undefined);
  },
};
