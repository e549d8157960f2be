import assert from "node:assert/strict";
import { labImage } from "../../../lab/settings";
import type { Properties } from "../../../offline/provider";
import { core, live, type Play, resource, type Stage } from "../stage";

const image = process.env.LAB_IMAGE ?? labImage;

/** A Job that runs a line of shell. */
function job(
  stage: Stage,
  name: string,
  script: string,
  annotations: { [key: string]: string } = {},
  more: Properties = {},
): Properties {
  const container = { name: "a", image, command: ["/bin/sh", "-c", script] };
  return core(stage, "Job", name, {
    metadata: { annotations },
    spec: {
      backoffLimit: 0,
      ...more,
      template: {
        spec: { restartPolicy: "Never", terminationGracePeriodSeconds: 1, containers: [container] },
      },
    },
  });
}

/** What is waited for of a Job, which has no annotation for it. */
export const jobs: Readonly<Record<string, Play>> = {
  "job-succeeds": async (stage, name) => {
    const object = job(stage, name, "sleep 1");
    const one = await resource(stage, object);
    const step = await one.up(object);
    assert.equal(step.error, undefined);
    const { status } = (step.state?.outputs ?? {}) as { status?: { succeeded: number } };
    assert.equal(status?.succeeded, 1);
    assert.equal((await one.up(object)).did, "same");
    assert.deepEqual((await one.refresh()).state?.initErrors, []);
    await one.destroy();
  },
  "job-fails": async (stage, name) => {
    const object = job(stage, name, "exit 3");
    const one = await resource(stage, object);
    const step = await one.up(object);
    assert.match(step.error ?? "", new RegExp(`Resource '${name}' was created but failed to initialize`));
    assert.match(
      step.state?.initErrors.join("\n") ?? "",
      /\[BackoffLimitExceeded\] Job has reached the specified backoff limit/,
    );
    // A look finds it failed as well; an update waits for what will never come right.
    const { error, state } = await one.refresh();
    assert.match(error ?? "", new RegExp(`Resource '${name}' was created but failed to initialize`));
    assert.match(state?.initErrors.join("\n") ?? "", /\[BackoffLimitExceeded\]/);
    const again = await one.up(object);
    assert.deepEqual([again.did, again.changes], ["update", []]);
    assert.match(again.error ?? "", /failed to initialize/);
    const unready = { "pulumi.com/replaceUnready": "true" };
    const replaced = await one.up(job(stage, name, "exit 3", unready));
    assert.deepEqual([replaced.did, replaced.deletedFirst], ["replace", true]);
    await one.destroy();
  },
  "job-otherReasons": async (stage, name) => {
    const onExitCodes = { operator: "NotIn", values: [0] };
    const podFailurePolicy = { rules: [{ action: "FailJob", onExitCodes }] };
    const limit = { "pulumi.com/timeoutSeconds": "15" };
    const object = job(stage, name, "exit 3", limit, { backoffLimit: 1, podFailurePolicy });
    const one = await resource(stage, object);
    const step = await one.up(object);
    const { conditions } = (await live(stage, object)).status as { conditions: { reason: string }[] };
    assert.equal(conditions.at(-1)?.reason, "PodFailurePolicy");
    assert.match(step.error ?? "", new RegExp(`'${name}' timed out waiting to be Ready`));
    assert.ok(step.seconds >= 15, `${step.seconds} s`);
    await one.destroy();
  },
  "job-timeout": async (stage, name) => {
    const object = job(stage, name, "sleep 600", { "pulumi.com/timeoutSeconds": "3" });
    const one = await resource(stage, object);
    const step = await one.up(object);
    assert.match(step.error ?? "", new RegExp(`'${name}' timed out waiting to be Ready`));
    assert.ok((step.state?.initErrors.length ?? 0) >= 1);
    await one.destroy();
  },
  "job-skipAwait": async (stage, name) => {
    const object = job(stage, name, "exit 3", { "pulumi.com/skipAwait": "true" });
    const one = await resource(stage, object);
    const step = await one.up(object);
    assert.deepEqual([step.error, step.seconds < 3], [undefined, true]);
    assert.deepEqual((await one.refresh()).error, undefined);
    await one.destroy();
  },
  "job-waitFor": async (stage, name) => {
    // Its own wait is replaced by what the annotation asks for, also where the Job fails.
    const object = job(stage, name, "exit 3", { "pulumi.com/waitFor": "jsonpath={.status.failed}=1" });
    const one = await resource(stage, object);
    assert.equal((await one.up(object)).error, undefined);
    await one.destroy();
  },
};
