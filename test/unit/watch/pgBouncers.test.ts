import assert from "node:assert/strict";
import { mock } from "node:test";
import { ClusterError, type Http, type Question } from "../../../components/apiServer";
import type { LivePod } from "../../../components/watch/live";
import { judgeOfKind, type LiveObject, watchObject } from "../../../components/watch/objects";
import type { LiveDeployment } from "../../../components/watch/pgBouncers";
import { pod, start } from "./world";

const good = "ghcr.io/cloudnative-pg/pgbouncer:1.25.1";
const typo = "ghcr.io/cloudnative-pg/pgbouncer-typo:1.25.1";

/** A Pooler as CNPG 1.30 has it in the lab: active, with as many instances as pods were made. */
const pooler = (image: string, changedAt = "2026-11-29T01:59:59Z"): LiveObject => ({
  metadata: {
    name: "db-pooler-rw",
    namespace: "ns",
    uid: "p1",
    generation: 2,
    creationTimestamp: "2026-11-29T01:00:00Z",
    managedFields: [{ manager: "pulumi-kubernetes-1a2b3c4d", time: changedAt }],
  },
  spec: { instances: 1, pgbouncer: { image } },
  status: { phase: "active", instances: 1, image },
});

const deployment = (image: string, status: LiveDeployment["status"]): LiveDeployment => ({
  metadata: { name: "db-pooler-rw", namespace: "ns", generation: 2 },
  spec: { replicas: 1, template: { spec: { containers: [{ name: "pgbouncer", image }] } } },
  status: { observedGeneration: 2, ...status },
});

const rolled = { replicas: 1, updatedReplicas: 1, availableReplicas: 1 };

/** As the kubelet has it, of an image that no registry has. */
const stuck: LivePod = pod({
  metadata: { name: "db-pooler-rw-64bc-qlf8s", labels: { "cnpg.io/poolerName": "db-pooler-rw" } },
  spec: { containers: [{ name: "pgbouncer", image: typo }], initContainers: [] },
  status: {
    phase: "Pending",
    conditions: [],
    containerStatuses: [
      {
        name: "pgbouncer",
        state: { waiting: { reason: "ErrImagePull", message: `${typo}: not found` } },
      },
    ],
  },
});

interface World {
  pooler: LiveObject;
  deployment: LiveDeployment | ClusterError;
  pods: LivePod[];
}

async function watched(world: World, later: readonly (readonly [number, (world: World) => void])[] = []) {
  mock.timers.enable({ apis: ["Date"], now: start });
  const warnings: string[] = [];
  const pending = [...later];
  const answer = (path: string): unknown => {
    if (path.includes("/poolers/")) return world.pooler;
    if (path.includes("/deployments/")) {
      if (world.deployment instanceof ClusterError) throw world.deployment;
      return world.deployment;
    }
    if (path.includes("/log?")) return "";
    return { items: path.includes("/pods?") ? world.pods : [] };
  };
  const error = await watchObject(
    {
      kind: "Pooler",
      namespace: "ns",
      name: "db-pooler-rw",
      uid: "p1",
      timeout: 900,
      judge: judgeOfKind("Pooler"),
    },
    {
      http: {
        ask: async ({ path }: Question) => ({ status: 200, body: answer(path), warnings: [] }),
      } as unknown as Http,
      switchWal: async () => {},
      progress: () => {},
      warn: (text) => warnings.push(text),
      pause: async (milliseconds) => {
        mock.timers.tick(milliseconds);
        while (pending[0] !== undefined && pending[0][0] * 1000 <= Date.now() - start)
          pending.shift()?.[1](world);
      },
    },
  ).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  const seconds = (Date.now() - start) / 1000;
  mock.timers.reset();
  return { error: error?.message, warnings, seconds };
}

describe("The watch of a Pooler", () => {
  it("is red for an image that does not exist, though CNPG calls the Pooler active and the former pod goes on", async () => {
    const { error, seconds } = await watched({
      pooler: pooler(typo),
      deployment: deployment(typo, { replicas: 2, updatedReplicas: 1, availableReplicas: 1 }),
      pods: [stuck],
    });
    assert.match(
      error ?? "",
      /^Pooler ns\/db-pooler-rw: pod ns\/db-pooler-rw-64bc-qlf8s, container pgbouncer: ErrImagePull: .*pgbouncer-typo/,
    );
    assert(seconds < 30, String(seconds));
  });

  it("is not green with the Deployment of before the change", async () => {
    const { error, seconds } = await watched(
      { pooler: pooler(typo), deployment: deployment(good, rolled), pods: [] },
      [[20, (world) => (world.deployment = deployment(typo, rolled))]],
    );
    assert.equal(error, undefined);
    assert(seconds >= 20, String(seconds));
  });

  it("is not green in the moment before the operator has seen a change that shows nowhere else", async () => {
    const { error, seconds } = await watched(
      { pooler: pooler(good), deployment: deployment(good, rolled), pods: [] },
      [
        [2, (world) => (world.deployment = deployment(good, { ...rolled, availableReplicas: 0 }))],
        [30, (world) => (world.deployment = deployment(good, rolled))],
      ],
    );
    assert.equal(error, undefined);
    assert(seconds >= 30, String(seconds));
  });

  it("is red for pods that a quota refuses", async () => {
    const conditions = [
      { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota: no-pods" },
    ];
    const { error } = await watched({
      pooler: { ...pooler(good), status: { phase: "active", image: good } },
      deployment: deployment(good, { conditions }),
      pods: [],
    });
    assert.match(error ?? "", /FailedCreate: exceeded quota: no-pods/);
  });

  it("is at once green for one that this update did not change and that runs", async () => {
    const { error, seconds } = await watched({
      pooler: pooler(good, "2026-11-29T01:00:00Z"),
      deployment: deployment(good, rolled),
      pods: [],
    });
    assert.deepEqual([error, seconds], [undefined, 0]);
  });

  it("warns after a minute where one of several is missing, and this update did not change it", async () => {
    const of = pooler(good, "2026-11-29T01:00:00Z");
    const some = deployment(good, { replicas: 2, updatedReplicas: 2, availableReplicas: 1 });
    const { error, warnings, seconds } = await watched({
      pooler: { ...of, spec: { ...of.spec, instances: 2 } },
      deployment: { ...some, spec: { ...some.spec, replicas: 2 } },
      pods: [],
    });
    assert.equal(error, undefined);
    assert.match(warnings[0] ?? "", /2 ready pods of this change \(1 are\).*did not change it/);
    assert(seconds >= 60 && seconds < 70, String(seconds));
  });

  it("has to do with the Pooler's own status where Deployments may not be read", async () => {
    const { error } = await watched({
      pooler: pooler(good),
      deployment: new ClusterError(403, "Forbidden", "deployments is forbidden"),
      pods: [],
    });
    assert.equal(error, undefined);
  });
});
