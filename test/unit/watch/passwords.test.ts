import assert from "node:assert/strict";
import { ClusterError, type Http, type Question } from "../../../components/apiServer";
import type { LiveCluster, Meta } from "../../../components/watch/live";
import { judgeOfKind, type LiveObject, watchObject } from "../../../components/watch/objects";
import type { Means } from "../../../components/watch/watch";
import { cluster, healthy, type World, watched } from "./world";

const roles = [
  { name: "reporting", ensure: "present", passwordSecret: { name: "db-reporting" } },
  { name: "readers", ensure: "present" },
];
const secret = (resourceVersion: string, time = "2026-11-29T01:59:58Z"): Meta => ({
  name: "db-reporting",
  resourceVersion,
  managedFields: [{ manager: "pulumi-kubernetes", time }],
});
const rotated = (version: string, status: object = {}, more: object = {}): World => ({
  ...healthy(),
  cluster: cluster({
    spec: { managed: { roles }, ...more },
    status: {
      managedRolesStatus: { passwordStatus: { reporting: { resourceVersion: version } }, ...status },
    },
  }),
  secrets: { "db-reporting": secret("8") },
});
const settle = (world: World, version: string) => {
  const { managedRolesStatus: _, ...status } = world.cluster?.status ?? {};
  world.cluster = {
    ...(world.cluster as LiveCluster),
    status: {
      ...status,
      managedRolesStatus: { passwordStatus: { reporting: { resourceVersion: version } } },
    },
  };
};

describe("The watch of a cluster whose role has another password", () => {
  it("is green when CNPG has set that of the Secret's last version, without a proof of WAL", async () => {
    const { error, seconds, progress, switches, asked } = await watched(rotated("7"), {
      later: [[20, (world) => settle(world, "8")]],
    });
    assert.equal(error, undefined);
    assert(seconds >= 20, String(seconds));
    assert.match(progress[0] ?? "", /the password of role reporting \(Secret db-reporting\)/);
    assert.equal(switches, 0);
    assert(asked.every((one) => one.startsWith("GET ")));
  });

  it("is red with Postgres' own reason where it can't be set", async () => {
    const cannotReconcile = {
      reporting: ["could not perform UPDATE on role reporting: password is too short"],
    };
    const { error, seconds } = await watched(rotated("7", { cannotReconcile }));
    assert.match(
      error?.message ?? "",
      /^Cluster ns\/db: role reporting: could not perform UPDATE .*too short/,
    );
    assert(seconds < 60, String(seconds));
  });

  it("asks for no password where CNPG sets none: a cluster that follows, a role that is to go, one without", async () => {
    for (const more of [
      { replica: { enabled: true } },
      { managed: { roles: [{ ...roles[0], ensure: "absent" }] } },
      { managed: { roles: [{ ...roles[0], disablePassword: true }] } },
    ]) {
      const { error, seconds } = await watched(rotated("7", {}, more));
      assert.deepEqual([error, seconds < 10], [undefined, true], JSON.stringify(more));
    }
  });

  it("does not wait for what it may not see", async () => {
    const { error, seconds } = await watched({ ...rotated("7"), secrets: {} });
    assert.deepEqual([error, seconds < 10], [undefined, true]);
  });

  it("asks for the metadata of a Secret, and never for what is in it", async () => {
    const forms: (string | undefined)[] = [];
    const http = {
      ask: async ({ path, accept }: Question) => {
        if (!path.includes("/secrets/")) return { status: 200, body: role("8"), warnings: [] };
        forms.push(accept);
        return { status: 200, body: { metadata: secret("8") }, warnings: [] };
      },
    } as unknown as Http;
    await watchRole(http);
    assert.deepEqual(forms, ["application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"]);
  });
});

const role = (secretResourceVersion: string, status: LiveObject["status"] = {}): LiveObject => ({
  metadata: { name: "db-reporting", namespace: "ns", uid: "u1", generation: 2 },
  spec: { passwordSecret: { name: "db-reporting" } },
  status: { applied: true, observedGeneration: 2, secretResourceVersion, ...status },
});

/** Watches a DatabaseRole; pauses don't take time. */
function watchRole(http: Http, pause: Means["pause"] = () => Promise.resolve()) {
  const means = { http, pause, progress: () => {}, warn: () => {}, switchWal: () => Promise.resolve() };
  const judge = judgeOfKind("DatabaseRole");
  return watchObject(
    { kind: "DatabaseRole", namespace: "ns", name: "db-reporting", uid: "u1", timeout: 300, judge },
    means,
  );
}

describe("The watch of a DatabaseRole that has another password", () => {
  const serving = (answers: (path: string) => unknown) =>
    ({
      ask: async ({ path }: Question) => ({ status: 200, body: answers(path), warnings: [] }),
    }) as unknown as Http;

  it("is green when CNPG has set that of the Secret's last version, and not while the one before is applied", async () => {
    let pauses = 0;
    const http = serving((path) =>
      path.includes("/secrets/") ? { metadata: secret("8") } : role(pauses < 3 ? "7" : "8"),
    );
    await watchRole(http, async () => {
      pauses++;
    });
    assert.equal(pauses, 3);
  });

  it("goes on when the API server is away for a moment, and without the right to read Secrets", async () => {
    let asked = 0;
    const http = serving((path) => {
      if (!path.includes("/secrets/")) return role("7");
      asked++;
      if (asked === 1) throw new ClusterError(0, "NoAnswer", "no answer");
      throw new ClusterError(403, "Forbidden", "secrets is forbidden");
    });
    await watchRole(http);
    assert.equal(asked, 2);
  });
});

describe("A rotation after parameters that Postgres refused", () => {
  it("does not hide them: the log is read since the change of the Cluster, and not of the Secret", async () => {
    const world = rotated("8");
    const { metadata } = world.cluster as LiveCluster;
    const lately = { manager: "pulumi-kubernetes", time: "2026-11-29T01:30:00Z" };
    world.cluster = { ...(world.cluster as LiveCluster), metadata: { ...metadata, managedFields: [lately] } };
    const record = (message: string) =>
      JSON.stringify({ logger: "postgres", msg: "record", record: { message } });
    const since: string[] = [];
    world.logs["db-1/postgres"] = [
      record("received SIGHUP, reloading configuration files"),
      record('invalid value for parameter "TimeZone": "Mars/Phobos"'),
      record('configuration file "custom.conf" contains errors; unaffected changes were applied'),
    ].join("\n");
    const { error, asked } = await watched(world, { seen: (path) => since.push(path) });
    assert.match(error?.message ?? "", /goes on with its former configuration: .*Mars\/Phobos/);
    assert(asked.length > 0);
    const [reload = ""] = since.filter((path) => path.includes("sinceTime="));
    assert.match(decodeURIComponent(reload), /sinceTime=2026-11-29T01:30:00\.000Z/);
  });
});
