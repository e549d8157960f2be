import assert from "node:assert/strict";
import { ClusterError, type Http, type Question } from "../../../components/apiServer";
import type { ArchiveLook } from "../../../components/watch/archivePod";
import { checkEmptyArchive } from "../../../components/watch/emptyArchive";

const look: ArchiveLook = {
  namespace: "orders",
  cluster: "orders-db",
  url: "gs://pg/cnpg/orders-db/orders-db-g1",
  server: "orders-db-g1",
  account: { metadata: { name: "orders-db" } },
  pod: { metadata: { name: "orders-db-archive-check" } },
  refused: 9,
  timeout: 60,
  required: true,
};
const [account, pod, cluster] = [
  "/api/v1/namespaces/orders/serviceaccounts/orders-db",
  "/api/v1/namespaces/orders/pods/orders-db-archive-check",
  "/apis/postgresql.cnpg.io/v1/namespaces/orders/clusters/orders-db",
];

/** An API server with these objects, where a pod ends as it is told as soon as it is there. */
class Server {
  readonly asked: string[] = [];

  constructor(
    readonly objects: Set<string>,
    private readonly status: object,
    /** What the Cluster says, where there is one. */
    private readonly spec: object = {},
  ) {}

  readonly http = {
    ask: async ({ method, path, body: made }: Question) => {
      const [bare = ""] = path.split("?");
      this.asked.push(`${method} ${bare}`);
      const missing = new ClusterError(404, "NotFound", `${bare} not found`);
      if (method === "POST") {
        const { name } = (made as typeof look.pod).metadata;
        if (this.objects.has(`${bare}/${name}`)) throw new ClusterError(409, "AlreadyExists", "exists");
        this.objects.add(`${bare}/${name}`);
      } else if (!this.objects.has(bare)) throw missing;
      else if (method === "DELETE") this.objects.delete(bare);
      const body =
        bare === cluster ? { metadata: {}, spec: this.spec } : { metadata: {}, status: this.status };
      return { status: 200, body, warnings: [] };
    },
  } as unknown as Http;
}
const ended = (exitCode: number, message = "") => ({
  containerStatuses: [{ name: "look", state: { terminated: { exitCode, message } } }],
});
const check = (server: Server, timeout = 60) =>
  checkEmptyArchive({ ...look, timeout }, { http: server.http, progress: () => {}, pause: async () => {} });

describe("The look whether a new Cluster's archive is empty", () => {
  it("is done as the account that the Cluster will have, which is left to CNPG to make", async () => {
    const server = new Server(new Set(), ended(0));
    await check(server);
    const made = server.asked.filter((each) => each.startsWith("POST"));
    assert.deepEqual(made, [
      "POST /api/v1/namespaces/orders/serviceaccounts",
      "POST /api/v1/namespaces/orders/pods",
    ]);
    assert.deepEqual([...server.objects], []);
  });

  it("refuses where something is, says what, and leaves nothing behind", async () => {
    const server = new Server(new Set(), ended(9, "base/\nwals/\n"));
    await assert.rejects(check(server), ({ message }: Error) => {
      assert.match(
        message,
        /^gs:\/\/pg\/cnpg\/orders-db\/orders-db-g1 is not empty \(base\/ wals\/\), so no new/,
      );
      return true;
    });
    assert.deepEqual([...server.objects], []);
  });

  it("refuses where it can't be seen, with the reason: that may be the account's, and then nothing would be archived", async () => {
    const server = new Server(new Set(), ended(1, "403 Forbidden"));
    await assert.rejects(
      check(server),
      /nobody could look whether .*: 403 Forbidden\. To do: .*exports\.image/,
    );
    const stuck = new Server(new Set(), {
      containerStatuses: [
        { name: "look", state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } } },
      ],
    });
    await assert.rejects(check(stuck, 0), /ImagePullBackOff: no such image/);
    for (const { objects } of [server, stuck]) assert.deepEqual([...objects], []);
  });

  it("is not done for a Cluster that is there: an update that was killed has made it", async () => {
    const server = new Server(new Set([cluster]), ended(9));
    await check(server);
    assert.deepEqual(server.asked, [`GET ${cluster}`]);
  });

  const archiving = (serverName: string) => ({
    plugins: [{ name: "barman-cloud.cloudnative-pg.io", parameters: { serverName } }],
  });

  it("is done before a major upgrade begins an archive of its own, and leaves the live Cluster's account", async () => {
    const live = [cluster, account];
    for (const former of [
      archiving("orders-db"),
      { backup: { barmanObjectStore: { serverName: "orders-db" } } },
    ]) {
      const server = new Server(new Set(live), ended(9, "base/\n"), former);
      await assert.rejects(
        check(server),
        /is not empty \(base\/\), so the upgraded Cluster may not archive there: /,
      );
      assert.deepEqual([...server.objects], live);
    }
  });

  it("is not done again for an upgrade that has begun, nor where backups are only turned on again", async () => {
    for (const spec of [archiving("orders-db-g1"), {}]) {
      const server = new Server(new Set([cluster]), ended(9), spec);
      await check(server);
      assert.deepEqual(server.asked, [`GET ${cluster}`]);
    }
  });

  it("takes a pod away that a killed update left, and keeps an account that was there", async () => {
    const server = new Server(new Set([account, pod]), ended(0));
    await check(server);
    assert.deepEqual([...server.objects], [account]);
  });
});
