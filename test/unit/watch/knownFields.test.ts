import assert from "node:assert/strict";
import { ClusterError } from "../../../components/apiServer";
import { type Schema, schemasOf, unknownFields } from "../../../components/watch/knownFields";

const spec: Schema = {
  type: "object",
  properties: {
    instances: { type: "integer" },
    plugins: {
      type: "array",
      items: {
        type: "object",
        properties: { name: {}, parameters: { additionalProperties: { type: "string" } } },
      },
    },
    affinity: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    quantity: {},
    anything: { type: "object" },
  },
};
const kind = [{ group: "postgresql.cnpg.io", version: "v1", kind: "Cluster" }];
const cluster: Schema = { type: "object", properties: { spec }, "x-kubernetes-group-version-kind": kind };

describe("Fields that a Kubernetes cluster's definitions do not know", () => {
  const unknown = (given: object) =>
    unknownFields(cluster, { apiVersion: "x", kind: "Cluster", spec: given });

  it("are named with their paths, in lists and maps", () => {
    assert.deepEqual(
      unknown({
        instances: 1,
        plugins: [
          { name: "a", parameters: { any: "thing" } },
          { name: "b", isWALArchiver: true },
        ],
        affinity: { whatever: 1 },
        quantity: "1Gi",
        anything: { at: "all" },
        primaryLease: { duration: 1 },
      }),
      ["spec.plugins[1].isWALArchiver", "spec.primaryLease"],
    );
  });

  it("are not those that are left out, nor those of another part of the object", () => {
    assert.deepEqual(unknown({ primaryLease: undefined, instances: null }), []);
    assert.deepEqual(unknownFields(cluster, { metadata: { labels: { a: "b" } } }), []);
  });

  it("are read off what the API server says of a group, by kind", async () => {
    const body = { components: { schemas: { "io.cnpg.postgresql.v1.Cluster": cluster, "io.x.List": {} } } };
    const http = { ask: () => Promise.resolve({ status: 200, body, warnings: [] }) };
    const schemas = await schemasOf(http, "postgresql.cnpg.io/v1");
    assert.deepEqual([...(schemas ?? []).keys()], ["Cluster"]);
  });

  it("are nobody's business where it doesn't say", async () => {
    const refused = { ask: () => Promise.reject(new ClusterError(403, "Forbidden", "no")) };
    assert.equal(await schemasOf(refused, "postgresql.cnpg.io/v1"), undefined);
  });
});
