import assert from "node:assert/strict";
import type { Snapshot } from "../../../components/watch/live";
import { refusedReload, symptomsOf } from "../../../components/watch/symptoms";
import { claim, cluster, image, pod, podWith, snapshot, start } from "./world";

const before = start - 60_000;
const only = (more: Partial<Snapshot>, changed = before) => {
  const found = symptomsOf(snapshot(more), changed, image);
  assert.equal(found.length, 1, JSON.stringify(found));
  return found[0] as (typeof found)[number];
};
const failed = (exitCode: number, finishedAt = "2026-11-29T01:59:50Z") => ({
  terminated: { exitCode, reason: "Error", finishedAt },
});
const record = (severity: string, message: string) =>
  JSON.stringify({ logger: "postgres", msg: "record", record: { error_severity: severity, message } });

describe("What keeps a cluster from becoming what is declared", () => {
  it("is nothing of a cluster that runs", () => {
    assert.deepEqual(symptomsOf(snapshot(), before, image), []);
  });

  it("is an image that can't be had, with pod, container and reason", () => {
    const message = `Back-off pulling image "x.io/pg:1": ErrImagePull: failed to pull and unpack image "x.io/pg:1": failed to resolve reference "x.io/pg:1": x.io/pg:1: not found`;
    const { text, certainAfter } = only({
      pods: [
        podWith(
          { state: { waiting: { reason: "ImagePullBackOff", message } } },
          { spec: { containers: [{ name: "postgres", image }] } },
        ),
      ],
    });
    assert.equal(
      text,
      `pod ns/db-1, container postgres: ImagePullBackOff: failed to resolve reference "x.io/pg:1": x.io/pg:1: not found (image ${image})`,
    );
    assert(certainAfter <= 10);
  });

  it("is a registry that is away, which may come back", () => {
    const message = "dial tcp: i/o timeout";
    const { certainAfter } = only({
      pods: [podWith({ state: { waiting: { reason: "ErrImagePull", message } } })],
    });
    assert.equal(certainAfter, 60);
  });

  it("is a pod of before, which CNPG doesn't replace by itself, and the command that does", () => {
    const { text, todo } = only({
      pods: [
        podWith(
          { state: { waiting: { reason: "ImagePullBackOff", message: "not found" } } },
          { spec: { containers: [{ name: "postgres", image: "x.io/typo:17.7" }] } },
        ),
      ],
    });
    assert.match(text, /still to run x\.io\/typo:17\.7, from before/);
    assert.match(todo ?? "", /kubectl delete pod -n ns db-1/);
  });

  it("is a Secret that is not there", () => {
    const { text } = only({
      pods: [
        podWith({
          state: { waiting: { reason: "CreateContainerConfigError", message: 'secret "db-s3" not found' } },
        }),
      ],
    });
    assert.equal(
      text,
      'pod ns/db-1, container postgres: CreateContainerConfigError: secret "db-s3" not found',
    );
  });

  it("is a container that ends again and again, with Postgres' own words", () => {
    const log = [
      record("LOG", "starting PostgreSQL"),
      record("FATAL", "could not map anonymous shared memory"),
    ];
    const { text, certainAfter } = only({
      pods: [
        podWith({
          restartCount: 2,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: failed(1),
        }),
      ],
      logs: new Map([["db-1/postgres", log.join("\n")]]),
    });
    assert.equal(
      text,
      "pod ns/db-1, container postgres: CrashLoopBackOff: ended with exit code 1: FATAL: could not map anonymous shared memory, 2 times",
    );
    assert(certainAfter <= 15);
  });

  it("is no crash of before the change: the kubelet takes its time, and a command makes it sooner", () => {
    const { text, todo, certainAfter } = only({
      pods: [
        podWith({
          restartCount: 5,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: failed(1, "2026-11-29T01:50:00Z"),
        }),
      ],
    });
    assert.match(text, /ended before this change/);
    assert.match(todo ?? "", /kubectl delete pod -n ns db-1/);
    assert.equal(certainAfter, Number.POSITIVE_INFINITY);
  });

  it("is memory that was used up", () => {
    const { text } = only({
      pods: [
        podWith({
          restartCount: 3,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: {
            terminated: { exitCode: 137, reason: "OOMKilled", finishedAt: "2026-11-29T01:59:50Z" },
          },
        }),
      ],
    });
    assert.match(text, /OOMKilled \(exit code 137\)/);
  });

  const unschedulable = pod({
    status: {
      phase: "Pending",
      conditions: [
        {
          type: "PodScheduled",
          status: "False",
          reason: "Unschedulable",
          message: "0/3 nodes: Insufficient cpu",
        },
      ],
    },
  });

  it("is a pod that no node takes, unless nodes are on their way", () => {
    const { text, certainAfter } = only({ pods: [unschedulable] });
    assert.equal(text, "pod ns/db-1: Unschedulable: 0/3 nodes: Insufficient cpu");
    assert(certainAfter <= 90);
    const growing = { reason: "TriggeredScaleUp", involvedObject: { name: "db-1" } };
    assert.equal(only({ pods: [unschedulable], events: [growing] }).certainAfter, Number.POSITIVE_INFINITY);
  });

  it("is a volume of a class that is not there", () => {
    const event = {
      type: "Warning",
      reason: "ProvisioningFailed",
      message: 'storageclass.storage.k8s.io "fast" not found',
      involvedObject: { name: "db-1" },
    };
    const { text } = only({ claims: [claim({ status: { phase: "Pending" } })], events: [event] });
    assert.match(text, /^volume claim ns\/db-1: Pending: ProvisioningFailed: .*"fast" not found/);
  });

  it("is a volume that can't grow", () => {
    const { text, certainAfter } = only({
      claims: [claim({ status: { allocatedResourceStatuses: { storage: "ControllerResizeInfeasible" } } })],
    });
    assert.match(text, /ControllerResizeInfeasible/);
    assert(certainAfter <= 10);
  });

  const job = { metadata: { name: "db-1-initdb", namespace: "ns" }, status: { failed: 2 } };
  const jobPod = pod({
    metadata: { name: "db-1-initdb-x", labels: { "job-name": "db-1-initdb" } },
    spec: { containers: [{ name: "initdb" }], initContainers: [] },
    status: { phase: "Failed", conditions: [] },
  });

  it("is a Job whose pods fail, with what the last one said", () => {
    const line = JSON.stringify({
      level: "info",
      logger: "initdb",
      msg: 'initdb: error: invalid locale name "xx"',
    });
    const { text, certainAfter } = only({
      jobs: [job],
      pods: [jobPod],
      logs: new Map([["db-1-initdb-x/initdb", line]]),
    });
    assert.equal(
      text,
      'job ns/db-1-initdb, 2 pods failed: pod db-1-initdb-x, container initdb: initdb: error: invalid locale name "xx"',
    );
    assert(certainAfter <= 10);
  });

  it("is a Job that may make no pods", () => {
    const event = {
      type: "Warning",
      reason: "FailedCreate",
      message: 'pods "db-1-initdb-" is forbidden: exceeded quota: compute',
      involvedObject: { name: "db-1-initdb" },
    };
    const { text } = only({ jobs: [{ ...job, status: {} }], pods: [], events: [event] });
    assert.match(text, /^job ns\/db-1-initdb: FailedCreate: .*exceeded quota: compute/);
  });

  it("is a phase in which the operator stands still, and what ends it", () => {
    const phase = "Cluster cannot proceed to reconciliation due to an unknown plugin being required";
    const phaseReason = "Unknown plugin: barman-cloud.cloudnative-pg.io";
    const { text, todo } = only({ cluster: cluster({ status: { phase, phaseReason } }) });
    assert.equal(text, `${phase}: ${phaseReason}`);
    assert.match(todo ?? "", /install the Barman Cloud plugin/);
  });

  it("is an operator that says nothing at all", () => {
    const { text } = only({ cluster: { ...cluster(), status: {} }, pods: [], claims: [] });
    assert.match(text, /the operator says nothing of it/);
  });

  it("is a quota that refuses the first volume, of which the operator says nothing but in its own log", () => {
    const quota = (hard: Record<string, string>, used = {}) => ({
      metadata: { name: "small", namespace: "ns" },
      status: { hard, used },
    });
    const silent = (...quotas: ReturnType<typeof quota>[]) =>
      only({ cluster: { ...cluster(), status: {} }, pods: [], claims: [], silent: { begun: true, quotas } });
    assert.match(
      silent(quota({ "requests.storage": "6Gi", pods: "0" }, { "requests.storage": "2Gi" })).text,
      /exceeded quota: small, requests\.storage: requested 5Gi, used 2Gi of 6Gi$/,
    );
    assert.match(silent(quota({ "count/jobs.batch": "0" })).text, /small, count\/jobs\.batch: requested 1/);
    const other = silent(quota({ "requests.storage": "7Gi" }, { "requests.storage": "2Gi" }));
    assert.doesNotMatch(other.text, /quota/);
    assert.match(other.todo ?? "", /log of the operator's Deployment/);
  });

  it("is a Postgres that a failed restart in place has ended, which nothing starts again", () => {
    const lines = [
      "database system is ready to accept connections",
      '{"msg":"PostgreSQL is shut down, starting the postmaster"}',
      '{"logger":"postgres","msg":"2026-11-29 01:27:13.369 UTC [932] FATAL:  could not map anonymous shared memory: Cannot allocate memory"}',
      '{"level":"error","msg":"PostgreSQL process exited with errors","error":"exit status 1"}',
    ];
    const { text, todo } = only({ logs: new Map([["db-1/postgres stopped", lines.join("\n")]]) });
    assert.match(text, /nothing starts it again: FATAL: +could not map anonymous shared memory/);
    assert.match(todo ?? "", /kubectl delete pod -n ns db-1/);
    const again = [...lines, "database system is ready to accept connections"].join("\n");
    assert.deepEqual(
      symptomsOf(snapshot({ logs: new Map([["db-1/postgres stopped", again]]) }), before, image),
      [],
    );
  });
});

describe("A configuration that Postgres reads anew", () => {
  const reload = record("LOG", "received SIGHUP, reloading configuration files");
  const bad = record(
    "LOG",
    'configuration file "custom.conf" contains errors; unaffected changes were applied',
  );

  it("is refused with the setting that is wrong", () => {
    const unknown = record(
      "LOG",
      'unrecognized configuration parameter "work_mme" in file "custom.conf" line 48',
    );
    assert.match(
      refusedReload([reload, unknown, bad].join("\n")) ?? "",
      /^unrecognized configuration parameter "work_mme"/,
    );
  });

  it("is not refused where a setting only waits for a restart, of which Postgres says the same", () => {
    const later = record(
      "LOG",
      'parameter "max_connections" cannot be changed without restarting the server',
    );
    assert.equal(refusedReload([reload, later, bad].join("\n")), undefined);
  });

  it("is not refused any more when it was read once more, without a complaint", () => {
    assert.equal(refusedReload([reload, bad, reload].join("\n")), undefined);
  });
});
