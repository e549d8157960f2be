import assert from "node:assert/strict";
import { troublesAmong } from "../../../lab/troubles";

describe("What keeps the lab's own pods from running", () => {
  const node = (conditions: Record<string, string>, message = "") => ({
    kind: "Node",
    metadata: { name: "lab" },
    status: { conditions: Object.entries(conditions).map(([type, status]) => ({ type, status, message })) },
  });
  const pod = (namespace: string, status: object) => ({
    kind: "Pod",
    metadata: { namespace, name: "fake-gcs" },
    status,
  });
  const ready = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };

  it("is nothing in a lab that is well, whatever the pods of its users do", () => {
    const well = node({ Ready: "True", DiskPressure: "False", MemoryPressure: "False" });
    const evicted = pod("object-store", { phase: "Failed", reason: "Evicted", message: "low on disk" });
    assert.deepEqual(
      troublesAmong([well, pod("object-store", ready), evicted, pod("b-updates", { phase: "Pending" })]),
      [],
    );
  });

  it("is no pod that has just been made or restarted", () => {
    const now = new Date().toISOString();
    const long = "2026-11-29T00:00:00Z";
    const starting = (lastTransitionTime: string) =>
      pod("cnpg-system", {
        phase: "Running",
        conditions: [{ type: "Ready", status: "False", lastTransitionTime }],
      });
    assert.deepEqual(troublesAmong([starting(now)]), []);
    assert.equal(troublesAmong([starting(long)]).length, 1);
    const made = (creationTimestamp: string) => {
      const { metadata, ...rest } = pod("cnpg-system", { phase: "Pending" });
      return { ...rest, metadata: { ...metadata, creationTimestamp } };
    };
    assert.deepEqual([troublesAmong([made(now)]).length, troublesAmong([made(long)]).length], [0, 1]);
  });

  it("is a node under pressure or not ready, with the kubelet's words", () => {
    assert.deepEqual(
      troublesAmong([
        node({ Ready: "True", DiskPressure: "True" }, "kubelet has disk pressure"),
        node({ Ready: "Unknown" }, "Kubelet stopped posting node status."),
      ]),
      [
        "node lab: DiskPressure is True: kubelet has disk pressure",
        "node lab: Ready is Unknown: Kubelet stopped posting node status.",
      ],
    );
  });

  it("is a pod that waits or has no node, with the reason", () => {
    const conditions = [{ type: "PodScheduled", status: "False", message: "0/1 nodes are available" }];
    const waiting = { reason: "ImagePullBackOff", message: "Back-off pulling image" };
    assert.deepEqual(
      troublesAmong([
        pod("object-store", { phase: "Pending", conditions }),
        pod("cnpg-system", {
          phase: "Pending",
          containerStatuses: [{ name: "manager", state: { waiting } }],
        }),
      ]),
      [
        "pod object-store/fake-gcs: Pending: 0/1 nodes are available",
        "pod cnpg-system/fake-gcs: Pending: ImagePullBackOff: Back-off pulling image",
      ],
    );
  });
});
