import assert from "node:assert/strict";
import { ClusterError } from "../../../components/apiServer";
import { cluster, healthy, justChanged, pod, podWith, said, type World, watched } from "./world";

const other = "ghcr.io/cloudnative-pg/postgres-typo:17.7";
const failing = {
  type: "ContinuousArchiving",
  status: "False",
  lastTransitionTime: "2026-11-29T02:00:20Z",
  message: "rpc error: unexpected failure invoking barman-cloud-wal-archive: exit status 4",
};

/** A rollout as CNPG does it: seen after a second, the pod gone, and the new one as given. */
function rollout(
  to: string,
  then: (world: World) => void,
): readonly (readonly [number, (world: World) => void])[] {
  return [
    [
      1,
      (world) => {
        world.cluster = justChanged({
          ...world,
          cluster: cluster({
            spec: { imageName: to },
            status: { image: to, phase: "Upgrading cluster", readyInstances: 0 },
          }),
        }).cluster;
        world.pods = [];
        world.status = new ClusterError(503, "ServiceUnavailable", "no answer");
      },
    ],
    [12, then],
  ];
}

describe("The watch of a cluster", () => {
  it("ends at the first look where nothing was changed lately, and asks for no WAL", async () => {
    const { seconds, switches, error, asked } = await watched(healthy());
    assert.equal(error, undefined);
    assert.deepEqual([seconds, switches], [0, 0]);
    assert(
      asked.every((call) => call.startsWith("GET ")),
      asked.join("\n"),
    );
  });

  it("does not end on what is still true from before a change", async () => {
    const world = justChanged(healthy());
    world.cluster = {
      ...(world.cluster as NonNullable<World["cluster"]>),
      spec: { ...world.cluster?.spec, imageName: other },
    };
    const later = rollout(other, (now) => {
      now.cluster = justChanged({
        ...now,
        cluster: cluster({ spec: { imageName: other }, status: { image: other } }),
      }).cluster;
      now.pods = [
        pod({
          spec: {
            containers: [{ name: "postgres", image: other, resources: cluster().spec?.resources }],
            initContainers: [{ name: "plugin-barman-cloud" }],
          },
        }),
      ];
      now.status = said();
    });
    const { error, seconds, switches } = await watched(world, { later });
    assert.equal(error, undefined);
    assert(seconds >= 20, String(seconds));
    assert.equal(switches, 1);
  });

  it("ends a rollout to an image that is not there with the pod, the container and the reason", async () => {
    const world = justChanged(healthy());
    world.cluster = {
      ...(world.cluster as NonNullable<World["cluster"]>),
      spec: { ...world.cluster?.spec, imageName: other },
    };
    const waiting = { reason: "ImagePullBackOff", message: `${other}: not found` };
    const later = rollout(other, (now) => {
      now.pods = [
        podWith({ state: { waiting } }, { spec: { containers: [{ name: "postgres", image: other }] } }),
      ];
    });
    const { error, seconds } = await watched(world, { later });
    assert.match(
      error?.message ?? "",
      /^Cluster ns\/db: pod ns\/db-1, container postgres: ImagePullBackOff: .*postgres-typo:17\.7: not found/,
    );
    assert(seconds < 60, String(seconds));
  });

  it("is red again at the next update, though that changes nothing", async () => {
    const world = healthy();
    world.cluster = cluster({
      spec: { imageName: other },
      status: { image: other, phase: "Waiting for the instances to become active", readyInstances: 0 },
    });
    world.pods = [
      podWith(
        { state: { waiting: { reason: "ImagePullBackOff", message: "not found" } } },
        { spec: { containers: [{ name: "postgres", image: other }] } },
      ),
    ];
    const { error } = await watched(world);
    assert.match(error?.message ?? "", /ImagePullBackOff/);
  });

  it("ends only when a WAL file has arrived that was begun after the change", async () => {
    const { seconds, error } = await watched(justChanged(healthy()), {
      switchWal: () => {},
      later: [
        // The one before that is no proof.
        [
          30,
          (world) => {
            world.status = said({ lastArchivedWAL: "000000010000000000000003.00000028.backup" });
          },
        ],
        [
          90,
          (world) => {
            world.status = said({ lastArchivedWAL: "000000010000000000000004" });
          },
        ],
      ],
    });
    assert.equal(error, undefined);
    assert(seconds >= 90 && seconds < 95, String(seconds));
  });

  it("ends with Barman's words where WAL does not arrive", async () => {
    const log = JSON.stringify({
      level: "error",
      msg: "Error invoking barman-cloud-wal-archive",
      stderr: "ERROR: Barman cloud WAL archiver exception: 404 The specified bucket does not exist",
    });
    const world = justChanged(healthy());
    world.pods = [
      pod({
        status: {
          phase: "Running",
          conditions: [{ type: "Ready", status: "True" }],
          initContainerStatuses: [{ name: "plugin-barman-cloud", ready: true }],
        },
      }),
    ];
    world.logs = { "db-1/plugin-barman-cloud": log };
    const { error, seconds } = await watched(world, {
      switchWal: (now) => {
        now.status = said({
          lastFailedWAL: "000000010000000000000004",
          lastFailedWALTime: "2026-11-29T02:00:20Z",
        });
        now.cluster = justChanged({
          ...now,
          cluster: cluster({ status: { conditions: [{ type: "Ready", status: "True" }, failing] } }),
        }).cluster;
      },
    });
    assert.match(
      error?.message ?? "",
      /container plugin-barman-cloud: WAL is not archived: .*404 The specified bucket does not exist/,
    );
    assert.match(error?.message ?? "", /does the bucket exist/);
    assert(seconds < 75, String(seconds));
  });

  it("does not take for an effect of a repair what failed before it, and goes on until WAL arrives", async () => {
    const world = justChanged(healthy());
    world.status = said({
      lastFailedWAL: "000000010000000000000004",
      lastFailedWALTime: "2026-11-29T01:59:00Z",
    });
    const old = { ...failing, lastTransitionTime: "2026-11-29T01:30:00Z" };
    const conditions = [{ type: "Ready", status: "True" }, old];
    world.cluster = justChanged({ ...world, cluster: cluster({ status: { conditions } }) }).cluster;
    const { error, seconds } = await watched(world, {
      later: [
        [
          100,
          (now) => {
            now.cluster = justChanged({ ...now, cluster: cluster() }).cluster;
            now.status = said();
          },
        ],
      ],
    });
    assert.equal(error, undefined);
    assert(seconds > 100, String(seconds));
  });

  it("ends well, and says so, where nobody may ask for WAL and Postgres writes none", async () => {
    const { error, warnings, seconds } = await watched(justChanged(healthy()), {
      switchWal: () => {
        throw new Error("pods/exec is forbidden");
      },
    });
    assert.equal(error, undefined);
    assert.match(warnings.join(), /wrote nothing since the change.*pods\/exec is forbidden/);
    assert(seconds > 360 && seconds < 400, String(seconds));
  });

  it("warns, and does not stop, where an unchanged cluster serves and lacks a replica", async () => {
    const world = healthy();
    world.cluster = cluster({
      spec: { instances: 2 },
      status: { phase: "Creating a new replica", readyInstances: 1 },
    });
    const { error, warnings, seconds } = await watched(world);
    assert.equal(error, undefined);
    assert.match(warnings.join(), /2 ready instances.*This update did not change it/);
    assert(seconds >= 60 && seconds < 70, String(seconds));
  });

  it("waits for an unchanged cluster that has no primary as for any other, and stops at the end of its time", async () => {
    const world = healthy();
    world.cluster = cluster({ status: { phase: "Failing over", readyInstances: 0 } });
    world.status = new ClusterError(503, "ServiceUnavailable", "no answer");
    const { error } = await watched(world);
    assert.match(error?.message ?? "", /not within 900 s \(wait\.timeout\); still missing: Failing over/);
  });

  it("leaves a cluster alone that is hibernated or fenced by hand, and says so", async () => {
    for (const annotations of [
      { "cnpg.io/hibernation": "on" },
      { "cnpg.io/fencedInstances": '["*"]' },
      { "cnpg.io/reconciliationLoop": "disabled" },
    ]) {
      const world = {
        ...healthy(),
        pods: [],
        cluster: cluster({ metadata: { annotations }, status: { phase: "x" } }),
      };
      const { error, warnings } = await watched(world);
      assert.equal(error, undefined);
      assert.match(warnings.join(), /nobody looks whether it runs as declared/);
    }
  });

  it("outlives an API server that is away for a moment, and names it at the end of its time", async () => {
    const trouble = new ClusterError(0, "NoAnswer", "no answer from the cluster: ECONNREFUSED");
    const passing = await watched(
      { ...healthy(), trouble },
      {
        later: [
          [
            20,
            (world) => {
              world.trouble = undefined;
            },
          ],
        ],
      },
    );
    assert.equal(passing.error, undefined);
    const lasting = await watched({ ...healthy(), trouble }, { watch: { timeout: 120 } });
    assert.match(lasting.error?.message ?? "", /ECONNREFUSED/);
  });

  it("stops where kubectl sees another cluster than Pulumi's provider", async () => {
    const { error } = await watched(healthy(), { watch: { uid: "another" } });
    assert.match(error?.message ?? "", /kubernetes:kubeconfig, kubernetes:context, KUBECONFIG/);
    const gone = await watched({ ...healthy(), cluster: undefined });
    assert.match(gone.error?.message ?? "", /it is not there\. To do: .*pulumi refresh/);
  });

  it("names at the end of its time what is still missing and what was seen", async () => {
    const world = justChanged(healthy());
    world.cluster = {
      ...(world.cluster as NonNullable<World["cluster"]>),
      status: { ...world.cluster?.status, phase: "Setting up primary" },
    };
    const { error } = await watched(world, { watch: { timeout: 100 } });
    assert.match(
      error?.message ?? "",
      /not within 100 s \(wait\.timeout\); still missing: Setting up primary/,
    );
  });
});
