import assert from "node:assert/strict";
import { undisturbed } from "../../../lab/install";

describe("A Deployment of the operator or the plugin in the lab", () => {
  const object = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "barman-cloud", namespace: "cnpg-system" },
    spec: {
      replicas: 1,
      template: {
        spec: {
          containers: [
            {
              image: "plugin:1",
              args: ["operator", "--leader-elect", "--log-level=debug"],
              resources: { limits: { cpu: "100m", memory: "200Mi" }, requests: { memory: "100Mi" } },
              livenessProbe: { httpGet: { path: "/readyz" }, timeoutSeconds: 1, failureThreshold: 3 },
            },
          ],
        },
      },
    },
  };

  it("is not ended by a busy machine: it elects no leader, has no limits, and may take its time to answer a probe", () => {
    const { spec } = undisturbed(object, (container) => {
      container.image = "plugin:2";
    });
    assert.deepEqual(spec, {
      replicas: 1,
      template: {
        spec: {
          containers: [
            {
              image: "plugin:2",
              args: ["operator", "--log-level=debug"],
              resources: { limits: {}, requests: { memory: "100Mi" } },
              livenessProbe: { httpGet: { path: "/readyz" }, timeoutSeconds: 10, failureThreshold: 12 },
            },
          ],
        },
      },
    });
  });
});
