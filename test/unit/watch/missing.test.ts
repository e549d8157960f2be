import assert from "node:assert/strict";
import { missingOf } from "../../../components/watch/missing";
import { claim, cluster, image, pod, said, snapshot } from "./world";

const archives = { archives: true };
const other = "ghcr.io/cloudnative-pg/postgresql:17.7-standard-trixie";

describe("What a cluster lacks of what is declared", () => {
  it("is nothing when image, resources, sidecar, configuration and volumes are as declared", () => {
    assert.deepEqual(missingOf(snapshot(), archives), []);
  });

  const cases: readonly (readonly [string, Parameters<typeof snapshot>[0], RegExp])[] = [
    [
      "the operator has not begun with another image",
      { cluster: cluster({ spec: { imageName: other } }) },
      /17\.7/,
    ],
    [
      "a pod still runs the former image, with conditions that are true from before",
      { cluster: cluster({ spec: { imageName: other }, status: { image: other } }) },
      /17\.7.* in pod db-1/,
    ],
    [
      "a pod still has its former resources",
      { cluster: cluster({ spec: { resources: { requests: { memory: "2Gi" } } } }) },
      /resources in pod db-1/,
    ],
    ["a replica is not there yet", { cluster: cluster({ spec: { instances: 2 } }) }, /2 ready instances/],
    [
      "the sidecar was not added yet",
      { pods: [pod({ spec: { initContainers: [{ name: "bootstrap-controller" }] } })] },
      /sidecar in pod db-1/,
    ],
    [
      "the sidecar was not removed yet",
      { cluster: cluster({ spec: { plugins: [] } }) },
      /pod db-1 without the plugin's sidecar/,
    ],
    [
      "a pod is about to end",
      { pods: [pod({ metadata: { deletionTimestamp: "2026-11-29T01:59:00Z" } })] },
      /the end of pod db-1/,
    ],
    [
      "an instance waits for a restart",
      { instances: new Map([["db-1", said({ pendingRestart: true })]]) },
      /restart that pod db-1 waits for/,
    ],
    [
      "an instance does not answer",
      { instances: new Map([["db-1", "connection refused"]]) },
      /an answer of pod db-1/,
    ],
    [
      "a volume has not grown yet",
      { cluster: cluster({ spec: { storage: { size: "6Gi" } } }) },
      /6Gi in volume db-1 \(it has 5Gi\)/,
    ],
    [
      "the operator is at work",
      { cluster: cluster({ status: { phase: "Upgrading cluster" } }) },
      /^Upgrading cluster$/,
    ],
    [
      "WAL does not arrive",
      {
        cluster: cluster({
          status: {
            conditions: [
              { type: "Ready", status: "True" },
              { type: "ContinuousArchiving", status: "False" },
            ],
          },
        }),
      },
      /condition ContinuousArchiving/,
    ],
    ["it is gone", { cluster: undefined }, /the Cluster/],
  ];
  for (const [name, more, expected] of cases)
    it(`says that ${name}`, () => {
      assert.match(missingOf(snapshot(more), archives).join("; "), expected);
    });

  it("says that an instance has not loaded changed parameters, by the hash that it had before", () => {
    const formerConfiguration = new Map([["db-1", "c4f4"]]);
    assert.match(
      missingOf(snapshot(), { ...archives, formerConfiguration }).join(),
      /new configuration in pod db-1/,
    );
    const loaded = snapshot({ instances: new Map([["db-1", said({ loadedConfigurationHash: "beef" })]]) });
    assert.deepEqual(missingOf(loaded, { ...archives, formerConfiguration }), []);
  });

  it("says that instances have different configurations", () => {
    const both = snapshot({
      cluster: cluster({ spec: { instances: 2 }, status: { readyInstances: 2 } }),
      pods: [pod(), pod({ metadata: { name: "db-2" } })],
      instances: new Map([
        ["db-1", said()],
        ["db-2", said({ isPrimary: false, loadedConfigurationHash: "beef" })],
      ]),
    });
    assert.deepEqual(missingOf(both, archives), ["one configuration on all instances"]);
  });

  it("compares quantities by their value, and takes what others add", () => {
    const asked = { requests: { cpu: "0.5", memory: "1024Mi" } };
    assert.deepEqual(missingOf(snapshot({ cluster: cluster({ spec: { resources: asked } }) }), archives), []);
    assert.deepEqual(
      missingOf(snapshot({ claims: [claim({ status: { capacity: { storage: "5368709120" } } })] }), archives),
      [],
    );
  });

  it("judges by the image that a catalog gives where none is named", () => {
    const named = cluster({ spec: { imageName: undefined }, status: { image } });
    assert.deepEqual(missingOf(snapshot({ cluster: named }), archives), []);
  });

  it("looks at the resources of the sidecar, which the ObjectStore has", () => {
    const sidecar = { requests: { memory: "1Gi" } };
    assert.match(missingOf(snapshot(), { ...archives, sidecar }).join(), /sidecar's settings in pod db-1/);
  });
});
