import assert from "node:assert/strict";
import { ClusterError, type Http, type Question } from "../../../components/apiServer";
import type { ArchiveLook } from "../../../components/watch/archivePod";
import { checkRestorable } from "../../../components/watch/restorable";

const look: ArchiveLook = {
  namespace: "orders",
  cluster: "orders-db",
  url: "gs://pg/cnpg/orders-db/orders-db-g1",
  server: "orders-db-g2",
  account: { metadata: { name: "orders-db" } },
  pod: { metadata: { name: "orders-db-restore-check" } },
  refused: 9,
  timeout: 60,
  required: true,
};
const cluster = "/apis/postgresql.cnpg.io/v1/namespaces/orders/clusters/orders-db";
const account = "/api/v1/namespaces/orders/serviceaccounts/orders-db";
const pods = "/api/v1/namespaces/orders/pods";

/** Asks over an API server that has these objects, and a pod that ends so. */
async function check(live: object | undefined, exitCode: number, message = "") {
  const objects = new Set(live === undefined ? [] : [cluster, account]);
  const asked: string[] = [];
  const status = { containerStatuses: [{ state: { terminated: { exitCode, message } } }] };
  const ask = async ({ method, path, body }: Question) => {
    const [bare = ""] = path.split("?");
    asked.push(`${method} ${bare}`);
    if (method === "POST") {
      const made = `${bare}/${(body as ArchiveLook["pod"]).metadata.name}`;
      if (objects.has(made)) throw new ClusterError(409, "AlreadyExists", "exists");
      objects.add(made);
    } else if (!objects.has(bare)) throw new ClusterError(404, "NotFound", `${bare} not found`);
    else if (method === "DELETE") objects.delete(bare);
    return { status: 200, body: bare === cluster ? live : { metadata: {}, status }, warnings: [] };
  };
  const means = { http: { ask } as unknown as Http, progress: () => {}, pause: async () => {} };
  const error = await checkRestorable(look, means).then(
    () => undefined,
    (thrown: Error) => thrown.message,
  );
  return { asked, left: [...objects], error };
}
const archiving = (serverName: string) => ({
  spec: { plugins: [{ name: "barman-cloud.cloudnative-pg.io", parameters: { serverName } }] },
});

describe("The look before a live Cluster makes room for a former generation of it", () => {
  it("lets the update go on where the archive has it, and leaves account and Cluster as they were", async () => {
    const { asked, left, error } = await check(archiving("orders-db-g1"), 0);
    assert.equal(error, undefined);
    assert.ok(asked.includes(`POST ${pods}`));
    assert.deepEqual(left, [cluster, account]);
  });

  it("refuses where the archive has it not, with the pod's words, what stays, and what to do", async () => {
    const { error, left } = await check(archiving("orders-db-g1"), 9, "there is no complete base backup\n");
    assert.match(
      error ?? "",
      /^gs:\/\/pg\/cnpg\/orders-db\/orders-db-g1 has not what recoverFrom asks for \(there is no complete base backup\), so the live Cluster orders\/orders-db stays/,
    );
    assert.deepEqual(left, [cluster, account]);
  });

  it("refuses where nobody can see it: a deletion can't be taken back", async () => {
    const { error } = await check(archiving("orders-db-g1"), 1, "403 Forbidden");
    assert.match(error ?? "", /nobody could look whether .*: 403 Forbidden\. The live Cluster .* stays/);
  });

  it("also looks where the live Cluster archives in-tree, or does not say where", async () => {
    for (const live of [{ spec: { backup: { barmanObjectStore: { serverName: "orders-db-g1" } } } }, {}])
      assert.notEqual((await check(live, 9, "x")).error, undefined);
  });

  it("is not done for a Cluster that was restored already, nor where there is none to lose", async () => {
    for (const live of [archiving("orders-db-g2"), undefined]) {
      const { asked, error } = await check(live, 9);
      assert.equal(error, undefined);
      assert.deepEqual(asked, [`GET ${cluster}`]);
    }
  });
});
