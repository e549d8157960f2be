import assert from "node:assert/strict";
import { judgeOf, type KubernetesObject, ownJudgeOf, parseWaitFor } from "../../../lab/cluster";
import { type Used, useLab } from "../use";
import { ask } from "./admissionServer";
import { installCrds } from "./installCrds";
import { eventually, explained, Postgres, small } from "./postgres";
import { removeNamespace } from "./removeNamespace";
import { LoginClient } from "./rolesClient";
import { attributes, byOthers, expected, odd, shop, told } from "./rolesSamples";

const namespace = "e-roles";
const cluster = "e-db";
const cnpg = "postgresql.cnpg.io/v1";

describe("Roles in the lab", function () {
  this.timeout(1_200_000);

  let used: Used;
  let db: Postgres;
  const clients: LoginClient[] = [];

  const refTo = (apiVersion: string, kind: string, name: string, of = namespace) => ({
    apiVersion,
    kind,
    name,
    namespace: of,
  });
  const objects = (kind: string) => db.rendered.objects.filter((object) => object.kind === kind);
  const applied = judgeOf(parseWaitFor('["jsonpath={.status.applied}=true"]'));

  /** Applies all of the roles in Pulumi's order, and waits for each as Pulumi does. */
  async function applyRoles(): Promise<void> {
    const inShop = ({ metadata }: KubernetesObject) => metadata.namespace === shop;
    for (const secret of objects("Secret").filter((object) => !inShop(object)))
      await used.cluster.apply(secret);
    for (const role of objects("DatabaseRole")) await used.cluster.apply(role);
    for (const { metadata } of objects("DatabaseRole"))
      await used.cluster.waitFor(refTo(cnpg, "DatabaseRole", metadata.name), applied, { timeout: 300 });
    for (const job of objects("Job")) {
      await used.cluster.apply(job);
      const judge = ownJudgeOf(job);
      assert(judge !== undefined);
      await used.cluster.waitFor(refTo("batch/v1", "Job", job.metadata.name), judge, { timeout: 300 });
    }
    for (const secret of objects("Secret").filter(inShop)) await used.cluster.apply(secret);
  }

  /** Renders other settings, and applies what the roles are made of. */
  async function change(settings: Readonly<Record<string, unknown>>, ...first: string[]): Promise<void> {
    await db.change(settings, first);
    await applyRoles();
  }

  /** A value of a Secret that is in the cluster now. */
  async function secretValue(of: string, name: string, key: string): Promise<string> {
    const secret = await used.cluster.get(refTo("v1", "Secret", name, of));
    const data = (secret as unknown as { data?: Record<string, string> } | undefined)?.data ?? {};
    return Buffer.from(data[key] ?? "", "base64").toString("utf8");
  }

  async function client(secret: string): Promise<LoginClient> {
    const started = await LoginClient.start(used.cluster, shop, secret);
    clients.push(started);
    return started;
  }

  before(async function () {
    used = await useLab(this, "node");
    await removeNamespace(used.cluster, namespace);
    await removeNamespace(used.cluster, shop);
    await used.cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: shop } });
    db = await Postgres.of(used.cluster, "e-roles", {
      backups: {},
      clusters: {
        [cluster]: {
          ...small,
          namespace,
          databases: { orders: { owner: "orders", applications: [{ namespace: shop }] } },
          backup: { enabled: false },
          rolesAs: "managed",
          roles: attributes,
        },
      },
    });
    await explained([db], async () => {
      await db.create();
      await db.ready();
      await db.complete();
    });
  });

  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    for (const role of await used.cluster.list(cnpg, "DatabaseRole", { namespace }))
      if (applied(role).length > 0) console.error(role.metadata.name, JSON.stringify(role.status));
  });

  after(async () => {
    if (used === undefined) return;
    await removeNamespace(used.cluster, shop);
    await removeNamespace(used.cluster, namespace);
    used.cluster.close();
  });

  it("appear with their attributes from the Cluster's managed.roles", async () => {
    await eventually("the roles", 120, async () => {
      const found = await db.sql(told);
      return found === expected ? undefined : found;
    });
  });

  it("are handed over to DatabaseRoles, and are what they were", async () => {
    await change({ rolesAs: "databaseRole" }, "Cluster");
    assert.equal(await db.sql(told), expected);
    const status = (await used.cluster.get(db.ref))?.spec as { managed?: unknown };
    assert.equal(status.managed, undefined);
  });

  it("have no password if they are to have none", async () => {
    const hash = "SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'silent'";
    assert.equal(await db.sql(hash), "t");
  });

  it("let an application in from its own namespace, encrypted, by every Service that there is", async () => {
    const pod = await client(`${cluster}-reporting`);
    const who = "SELECT current_user, current_database(), ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    for (const key of ["uri", "uri-rw", "uri-r"]) {
      const uri = await secretValue(shop, `${cluster}-reporting`, key);
      assert.match(uri, /\?sslmode=require$/);
      assert.equal(await pod.psql(uri, who), "reporting|orders|t", key);
    }
    await client(`${cluster}-orders`);
  });

  it("may have any name that Postgres takes, and are called just that", async () => {
    await db.sql("CREATE TABLE IF NOT EXISTS kept (n int)", "orders");
    const named = Object.fromEntries(
      odd.map((name, i) => [name, { applications: [{ namespace: shop, secret: `odd-${i}` }] }]),
    );
    await change({ roles: { ...attributes, ...named } });
    const [pod] = clients;
    for (const [i, name] of odd.entries()) {
      assert.equal(await secretValue(shop, `odd-${i}`, "username"), name);
      const uri = await secretValue(shop, `odd-${i}`, "uri");
      assert.equal(await pod?.psql(uri, "SELECT current_user"), name);
    }
    assert.equal(await db.sql("SELECT count(*) FROM kept", "orders"), "0");
  });

  it("are refused when their password has expired, and let in when it counts again", async () => {
    const [pod] = clients;
    const uri = await secretValue(shop, `${cluster}-reporting`, "uri");
    const until = (validUntil: string) => ({
      roles: { ...attributes, reporting: { ...attributes.reporting, validUntil } },
    });
    const who = () => pod?.psql(uri, "SELECT current_user") ?? Promise.resolve("");
    await change(until("2020-01-01T00:00:00Z"));
    await eventually("a refusal", 60, async () => {
      const said = await who();
      return /password authentication failed/.test(said) ? undefined : said;
    });
    await change(until("2037-01-02T03:04:05+01:00"));
    await eventually("a login", 60, async () =>
      (await who()) === "reporting" ? undefined : "it is refused",
    );
  });

  it("log in with a certificate, and only with that", async () => {
    await change({ roles: { ...attributes, certified: { clientCertificate: true } } }, "Cluster");
    const name = `${cluster}-certified-client-cert`;
    await eventually("the certificate", 60, async () =>
      (await secretValue(namespace, name, "tls.crt")) === "" ? "it is not there" : undefined,
    );
    /** Logs in as the role, with the certificate of a Secret. */
    const login = async (secret: string) => {
      const part = (key: string) => secretValue(namespace, secret, key);
      const host = `${cluster}-rw.${namespace}.svc`;
      return clients[0]?.certified(host, "certified", await part("tls.crt"), await part("tls.key"));
    };
    await eventually("a login", 120, async () => {
      const said = await login(name);
      return said === "certified" ? undefined : said;
    });
    assert.match((await login(`${cluster}-replication`)) ?? "", /certificate authentication failed/);
  });

  it("stay in Postgres with their objects when they are to be retained, and go when they are not", async () => {
    await change({ roles: { ...attributes, kept: {}, gone: { reclaimPolicy: "delete" } } });
    for (const role of ["kept", "gone"]) {
      const ref = refTo(cnpg, "DatabaseRole", `${cluster}-${role}`);
      await used.cluster.remove(ref);
      await used.cluster.gone(ref, { timeout: 120 });
    }
    assert.equal(
      await db.sql("SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname IN ('kept', 'gone')"),
      "kept",
    );
  });

  describe("whose password is rotated", () => {
    const applications = [{ namespace: shop }];
    const inPlace = (rotation: number) => ({
      changing: { applications, credentials: { random: { rotation } } },
    });
    const twoUsers = (rotation: number) => ({
      turning: { applications, rotationMode: "twoUsers", credentials: { random: { rotation } } },
    });
    const roles = (...all: object[]) => ({ roles: Object.assign({}, attributes, ...all) });

    it("in place lock out who has the old one, and let in who has the new one", async () => {
      await change(roles(inPlace(1)));
      const pod = await client(`${cluster}-changing`);
      const old = await secretValue(shop, `${cluster}-changing`, "uri");
      const version = "SELECT xmin FROM pg_authid WHERE rolname = 'changing'";
      const before = await db.sql(version);
      const begun = Date.now();
      await change(roles(inPlace(2)));
      const uri = await secretValue(shop, `${cluster}-changing`, "uri");
      assert.notEqual(uri, old);
      await eventually("the new password", 60, async () =>
        (await db.sql(version)) === before ? "it is the old one" : undefined,
      );
      const seconds = (Date.now() - begun) / 1000;
      assert.equal(await pod.psql(uri, "SELECT current_user"), "changing");
      assert.match(await pod.psql(old, "SELECT 1"), /password authentication failed/);
      const known = (await pod.logins("follows")).in;
      await eventually("the mounted Secret", 180, async () =>
        (await pod.logins("follows")).in > known + 3 ? undefined : "it is not followed yet",
      );
      const [began, follows] = [await pod.logins("began"), await pod.logins("follows")];
      console.log(
        `      new password after ${seconds.toFixed(1)} s; refused: ${began.out} with the old one, ${follows.out} of ` +
          `${follows.in + follows.out} with the mounted one`,
      );
      assert(began.out > 0);
      await pod.stop();
    });

    it("with two users are never refused, and the former one is from the next rotation on", async () => {
      await change(roles(inPlace(2), twoUsers(1)));
      const pod = await client(`${cluster}-turning`);
      const uris: string[] = [];
      for (const [i, user] of ["turning_a", "turning_b", "turning_a"].entries()) {
        if (i > 0) await change(roles(inPlace(2), twoUsers(i + 1)));
        const uri = await secretValue(shop, `${cluster}-turning`, "uri");
        uris.push(uri);
        assert.equal(
          await pod.psql(uri, "SELECT current_user, pg_has_role('turning', 'USAGE')"),
          `${user}|t`,
        );
        if (i < 2)
          await eventually(`${user} by the mounted Secret`, 180, async () => {
            const now = (await pod.logins("follows")).user;
            return now === user ? undefined : `it is ${now}`;
          });
        if (i === 1) {
          await eventually("twenty logins", 300, async () => {
            const { in: count } = await pod.logins("began");
            return count >= 20 ? undefined : `${count} so far`;
          });
          const [began, follows] = [await pod.logins("began"), await pod.logins("follows")];
          console.log(`      ${began.in} and ${follows.in} logins, ${began.out} and ${follows.out} refused`);
          assert.deepEqual([began.out, follows.out], [0, 0], [...began.why, ...follows.why].join("\n"));
        }
      }
      await pod.stop();
      const [first = "", second = "", third = ""] = uris;
      const [other] = clients;
      assert.match((await other?.psql(first, "SELECT 1")) ?? "", /password authentication failed/);
      assert.equal(await other?.psql(second, "SELECT current_user"), "turning_b");
      assert.equal(await other?.psql(third, "SELECT current_user"), "turning_a");
      assert.match(
        (await other?.psql(third.replace("turning_a", "turning"), "SELECT 1")) ?? "",
        /is not permitted to log in|password authentication failed/,
      );
    });
  });

  it("have objects for External Secrets Operator that its own CRDs take", async () => {
    await installCrds(used.cluster, "external-secrets");
    await db.change({ roles: byOthers }, []);
    const kinds = ["ExternalSecret", "SecretStore", "Password", "ServiceAccount", "Role", "RoleBinding"];
    for (const kind of kinds) {
      assert(objects(kind).length > 0, kind);
      for (const object of objects(kind))
        assert.deepEqual(
          await ask(used.cluster, object),
          { refusal: undefined, warnings: [] },
          object.metadata.name,
        );
    }
  });
});
