import assert from "node:assert/strict";
import { mock } from "node:test";
import { ClusterError, type Http, type Question } from "../../../components/apiServer";
import { watchJob } from "../../../components/watch/jobs";
import type { LiveJob, LivePod } from "../../../components/watch/live";
import { start } from "./world";

const metadata = { name: "db-mask-1", namespace: "ns" };

/** Watches a Job whose state is as the function says after so many seconds. */
async function told(
  state: (seconds: number) => { job?: LiveJob; pods?: LivePod[]; log?: string },
  over: (seconds: number) => boolean = () => false,
): Promise<{ texts: string[]; warnings: string[]; seconds: number }> {
  mock.timers.enable({ apis: ["Date"], now: start });
  const texts: string[] = [];
  const warnings: string[] = [];
  const seconds = () => (Date.now() - start) / 1000;
  const http = {
    ask: async ({ path }: Question) => {
      const { job, pods = [], log = "" } = state(seconds());
      if (path.includes("/jobs/")) {
        if (job === undefined) throw new ClusterError(404, "NotFound", "no such Job");
        return { status: 200, body: job, warnings: [] };
      }
      if (path.includes("/log?")) return { status: 200, body: log, warnings: [] };
      return { status: 200, body: { items: path.includes("/pods?") ? pods : [] }, warnings: [] };
    },
  } as unknown as Http;
  const pause = async (milliseconds: number) => mock.timers.tick(milliseconds);
  const watch = { ...metadata, timeout: 600, over: () => over(seconds()) };
  await watchJob(
    watch,
    { http, pause },
    (text) => texts.push(text),
    (text) => warnings.push(text),
  );
  const took = seconds();
  mock.timers.reset();
  return { texts, warnings, seconds: took };
}

const pod = (status: LivePod["status"]): LivePod => ({
  metadata: { name: "db-mask-1-x", namespace: "ns", labels: { "job-name": metadata.name } },
  spec: { containers: [{ name: "masking" }] },
  ...(status !== undefined && { status }),
});

describe("The watch of a Job that the provider waits for", () => {
  it("says why it failed, also where its podFailurePolicy ended it", async () => {
    const failed = {
      type: "Failed",
      status: "True",
      reason: "PodFailurePolicy",
      message: "Container masking failed",
    };
    const ended = pod({
      phase: "Failed",
      containerStatuses: [{ name: "masking", state: { terminated: { exitCode: 3, reason: "Error" } } }],
    });
    const { texts, seconds } = await told((at) =>
      at < 20
        ? { job: { metadata } }
        : {
            job: { metadata, status: { conditions: [failed] } },
            pods: [ended],
            log: 'psql:/masking.sql:1: ERROR:  relation "customers" does not exist',
          },
    );
    assert.deepEqual(texts, [
      'Job ns/db-mask-1 failed (PodFailurePolicy): pod db-mask-1-x, container masking: psql:/masking.sql:1: ERROR: relation "customers" does not exist. To do: end this update with Ctrl-C, since Pulumi\'s provider does not notice the end of this Job',
    ]);
    assert(seconds < 30);
  });

  it("says what keeps it from beginning", async () => {
    const waiting = { reason: "ImagePullBackOff", message: "x.io/pg:1: not found" };
    const { texts } = await told(() => ({
      job: { metadata },
      pods: [pod({ phase: "Pending", containerStatuses: [{ name: "masking", state: { waiting } }] })],
    }));
    assert.match(
      texts.join(),
      /^Job ns\/db-mask-1 can't go on: pod ns\/db-mask-1-x, container masking: ImagePullBackOff/,
    );
  });

  it("says what it waits for while it does, and again when its time is over and its pod is gone", async () => {
    const running = pod({
      phase: "Running",
      containerStatuses: [{ name: "masking", state: { running: {} } }],
    });
    const overdue = {
      type: "FailureTarget",
      status: "True",
      reason: "DeadlineExceeded",
      message: "Job was active longer than specified deadline",
    };
    const { texts, warnings } = await told((at) =>
      at < 300
        ? { job: { metadata }, pods: [running], log: "waiting for schema sales\n" }
        : { job: { metadata, status: { conditions: [overdue] } } },
    );
    assert.deepEqual(warnings, [
      "Job ns/db-mask-1: pod db-mask-1-x, container masking: waiting for schema sales",
    ]);
    assert.deepEqual(texts, [
      "Job ns/db-mask-1 failed (DeadlineExceeded): Job was active longer than specified deadline; its last words were: " +
        "pod db-mask-1-x, container masking: waiting for schema sales",
    ]);
  });

  it("says nothing of one that ends well, nor after the provider has said how it went", async () => {
    const complete = { conditions: [{ type: "Complete", status: "True" }] };
    assert.deepEqual((await told(() => ({ job: { metadata, status: complete } }))).texts, []);
    const { texts, seconds } = await told(
      () => ({ job: { metadata } }),
      (at) => at >= 30,
    );
    assert.deepEqual(texts, []);
    assert.equal(seconds, 30);
  });
});
