import assert from "node:assert/strict";
import {
  awaitedOf,
  type KubernetesObject,
  missingOf,
  ownJudgeOf,
  parseWaitFor,
  WaitForError,
} from "../../../lab/cluster";

const waitFor = "pulumi.com/waitFor";

function clusterWith(status: object, generation = 1): KubernetesObject {
  return {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name: "orders-db", namespace: "orders", generation },
    status,
  };
}

const missing = (status: object, value: string, generation?: number) =>
  missingOf(clusterWith(status, generation), parseWaitFor(value));

describe("pulumi.com/waitFor", () => {
  it("is one expectation as text, or several as a JSON array", () => {
    assert.deepEqual(parseWaitFor("condition=Ready"), [{ kind: "condition", type: "Ready", status: "True" }]);
    assert.deepEqual(parseWaitFor('["condition=Ready", "condition=Paused=False"]'), [
      { kind: "condition", type: "Ready", status: "True" },
      { kind: "condition", type: "Paused", status: "False" },
    ]);
    assert.deepEqual(parseWaitFor("jsonpath={.status.phase}=Up and well"), [
      { kind: "field", path: ["status", "phase"], value: "Up and well" },
    ]);
    assert.deepEqual(parseWaitFor("jsonpath={.status.podIP}"), [
      { kind: "field", path: ["status", "podIP"], value: undefined },
    ]);
  });

  for (const value of [
    "Ready",
    "condition=",
    "condition=A B",
    "jsonpath={.items[0].name}=x",
    "jsonpath={.a..b}",
    "jsonpath=.a.b=x",
    "jsonpath={.a.b}=x=y",
    "delete",
    "[]",
    "[1]",
    "[",
  ])
    it(`refuses ${value} and says what it may be`, () => {
      assert.throws(
        () => parseWaitFor(value),
        (error: unknown) => error instanceof WaitForError && error.message.startsWith(`${waitFor}: `),
      );
    });

  it("waits for every condition, with the controller's message for what is not there yet", () => {
    const both = '["condition=Ready", "condition=ContinuousArchiving"]';
    const ready = { type: "Ready", status: "True", reason: "ClusterIsReady" };
    assert.deepEqual(missing({}, both), ["Ready", "ContinuousArchiving"]);
    assert.deepEqual(
      missing(
        {
          conditions: [
            ready,
            { type: "ContinuousArchiving", status: "False", message: "Expected empty archive" },
          ],
        },
        both,
      ),
      ["ContinuousArchiving (Expected empty archive)"],
    );
    assert.deepEqual(
      missing({ conditions: [ready, { type: "ContinuousArchiving", status: "True" }] }, both),
      [],
    );
  });

  it("gives the reason where the controller has no message, and reads names without case", () => {
    const conditions = [{ type: "Ready", status: "Unknown", reason: "Starting" }];
    assert.deepEqual(missing({ conditions }, "condition=ready"), ["ready (Starting)"]);
    assert.deepEqual(missing({ conditions }, "condition=Ready=unknown"), []);
  });

  it("does not take a condition that speaks of an older generation for an answer", () => {
    const conditions = [{ type: "Ready", status: "True", observedGeneration: 1 }];
    assert.deepEqual(missing({ conditions }, "condition=Ready", 2), [
      "Ready (not yet judged: generation 1 of 2)",
    ]);
    assert.deepEqual(missing({ conditions: [{ type: "Ready", status: "True" }] }, "condition=Ready", 2), []);
  });

  it("compares fields as text, and says what they are instead", () => {
    assert.deepEqual(missing({ readyInstances: 2 }, "jsonpath={.status.readyInstances}=2"), []);
    assert.deepEqual(missing({ applied: false }, "jsonpath={.status.applied}=true"), [
      ".status.applied=true (is false)",
    ]);
    assert.deepEqual(missing({}, "jsonpath={.status.applied}=true"), [".status.applied=true (is absent)"]);
    assert.deepEqual(missing({}, "jsonpath={.status.podIP}"), [".status.podIP"]);
    assert.deepEqual(missing({ podIP: "" }, "jsonpath={.status.podIP}"), []);
  });

  it("misses an object that is not there", () => {
    assert.deepEqual(missingOf(undefined, parseWaitFor("condition=Ready")), ["its creation"]);
  });
});

describe("what an object's annotations ask to wait for", () => {
  it("is nothing without an annotation, and nothing with skipAwait", () => {
    assert.deepEqual(awaitedOf({}).expectations, []);
    const skipped = { [waitFor]: "condition=Ready", "pulumi.com/skipAwait": "true" };
    assert.deepEqual(awaitedOf(skipped).expectations, []);
    assert.equal(awaitedOf({ ...skipped, "pulumi.com/skipAwait": "false" }).expectations.length, 1);
  });

  it("ends after customTimeouts, else after the annotation's seconds, else after ten minutes", () => {
    const annotated = { "pulumi.com/timeoutSeconds": "30" };
    assert.equal(awaitedOf(annotated, 900).timeout, 900);
    assert.equal(awaitedOf(annotated, 0).timeout, 30);
    assert.equal(awaitedOf({}).timeout, 600);
    assert.equal(awaitedOf({ "pulumi.com/timeoutSeconds": "0" }).timeout, 0);
    // The provider passes over what it can't read.
    for (const text of ["5m", "1.5", "", "600 "])
      assert.equal(awaitedOf({ "pulumi.com/timeoutSeconds": text }).timeout, 600, text);
  });
});

describe("what is waited for without being asked", () => {
  const job = (conditions: unknown[], annotations?: Record<string, string>): KubernetesObject => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "grants", ...(annotations && { annotations }) },
    status: { startTime: "2026-01-01T00:00:00Z", conditions },
  });

  it("is a Job's end, and one that failed for a reason that the provider knows is waited for no longer", () => {
    const judge = ownJudgeOf(job([]));
    assert.deepEqual(judge?.({ ...job([]), status: {} }), ["its start"]);
    assert.deepEqual(judge?.(job([])), ["Complete"]);
    assert.deepEqual(judge?.(job([{ type: "Complete", status: "True" }])), []);
    const failed = {
      type: "Failed",
      status: "True",
      reason: "DeadlineExceeded",
      message: "Job was active too long",
    };
    assert.throws(() => judge?.(job([failed])), /\[DeadlineExceeded\] Job was active too long/);
    assert.deepEqual(judge?.(job([{ ...failed, reason: "PodFailurePolicy" }])), ["Complete"]);
  });

  it("is nothing of a Job that says so, nor of other kinds", () => {
    assert.equal(ownJudgeOf(job([], { "pulumi.com/skipAwait": "true" })), undefined);
    assert.equal(ownJudgeOf({ ...job([]), kind: "CronJob" }), undefined);
  });
});

describe("A Deployment, which Pulumi's provider waits for", () => {
  const judge = (status: object, generation = 2) => {
    const object: KubernetesObject = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "operator", namespace: "cnpg-system", generation },
      status,
    };
    return ownJudgeOf(object)?.(object) ?? assert.fail("it is not awaited");
  };
  const condition = (type: string, status: string, reason?: string) => ({
    type,
    status,
    reason,
    message: "so",
  });

  it("is done when its newest template is rolled out and a pod is available", () => {
    const done = [condition("Progressing", "True", "NewReplicaSetAvailable"), condition("Available", "True")];
    assert.deepEqual(judge({ observedGeneration: 2, conditions: done }), []);
    assert.deepEqual(judge({ observedGeneration: 1, conditions: done }), ["its controller's look"]);
    assert.deepEqual(judge({}), ["its controller's look"]);
    const begun = [condition("Progressing", "True", "ReplicaSetUpdated"), condition("Available", "False")];
    assert.deepEqual(judge({ observedGeneration: 2, conditions: begun }), [
      "Progressing (so)",
      "Available (so)",
    ]);
  });
});
