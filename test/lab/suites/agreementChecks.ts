import assert from "node:assert/strict";
import { units } from "../../../components/index";
import { nextFire } from "../../../components/units/cronTimes";
import type { KubernetesObject } from "../../../lab/cluster";
import { agreements } from "../../../offline/agreement";
import { types } from "../../helpers/samples";
import { type Deployed, decoy, type PodSpec } from "./agreementDeployed";
import { clusterName } from "./agreementStacks";
import { eventually } from "./eventually";

const annotation = "iam.gke.io/gcp-service-account";
const cnpg = "postgresql.cnpg.io/v1";
const owners = { shop: "orders", Reporting: "second_db" } as const;

export async function runsAsItsOwn(deployed: Deployed): Promise<void> {
  const own = deployed.promised.kubernetesServiceAccount;
  assert.equal(own, `${deployed.namespace}/${clusterName}`);
  const accounts = (await deployed.list("v1", "ServiceAccount")).map(({ metadata }) => metadata.name);
  assert.deepEqual(accounts.sort(), ["default", clusterName, decoy].sort());

  const pods = (await deployed.list("v1", "Pod")).map(({ spec }) => spec as PodSpec);
  assert(pods.length >= 1 && deployed.jobs.has(`${clusterName}-1-initdb`), [...deployed.jobs.keys()].join());
  for (const spec of [...pods, ...deployed.jobs.values()])
    assert.equal(`${deployed.namespace}/${spec.serviceAccountName}`, own);

  // What Google gets to see: the token, not the spec.
  assert.equal(await deployed.whoIs("postgres"), own);
  for (const { initContainers = [] } of await instanceSpecs(deployed)) {
    const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === "Always");
    assert.deepEqual(
      sidecars.map(({ name }) => name),
      deployed.subject.method === "plugin" ? ["plugin-barman-cloud"] : [],
    );
  }
  if (deployed.subject.method === "plugin") assert.equal(await deployed.whoIs("plugin-barman-cloud"), own);
}

export async function cloudHalfNames(deployed: Deployed): Promise<void> {
  const { metadata } = await deployed.get("v1", "ServiceAccount", clusterName);
  const own = await deployed.whoIs("postgres");
  const { iamMember, gcpServiceAccount } = deployed.promised;
  const grants = deployed.declared(types.grant).map(({ member }) => member);
  assert.equal(grants.length, 2);
  if (deployed.subject.identity === "direct") {
    assert.equal(metadata.annotations?.[annotation], undefined);
    assert.deepEqual([gcpServiceAccount, deployed.declared(types.account)], ["", []]);
    const [namespace, name] = own.split("/");
    assert(iamMember.endsWith(`/subject/ns/${namespace}/sa/${name}`), iamMember);
    assert.deepEqual(new Set(grants), new Set([iamMember]));
    return;
  }
  const email = metadata.annotations?.[annotation];
  assert.equal(gcpServiceAccount, email);
  const [grant, ...others] = deployed.declared(types.member);
  assert.deepEqual(others, []);
  assert.equal(grant?.member, `serviceAccount:acme-lab.svc.id.goog[${own}]`);
  assert.equal(iamMember, grant.member);
  assert.equal(grant.serviceAccountId, `projects/acme-lab/serviceAccounts/${email}`);
  assert.deepEqual(new Set(grants), new Set([`serviceAccount:${email}`]));
  const [account] = deployed.declared(types.account);
  assert.equal(`${account?.accountId}@acme-lab.iam.gserviceaccount.com`, email);
}

export async function printedComparison(deployed: Deployed): Promise<void> {
  const [comparison, ...others] = agreements(deployed.stack.declared);
  assert.deepEqual(others, []);
  const own = await deployed.whoIs("postgres");
  assert.equal(comparison?.cluster, own);
  assert.deepEqual(
    comparison.rows.filter(({ verdict }) => verdict === "disagrees"),
    [],
  );
  const [identity] = comparison.rows;
  const [namespace, name] = own.split("/");
  const said =
    deployed.subject.identity === "direct" ? `/subject/ns/${namespace}/sa/${name}` : `.svc.id.goog[${own}]`;
  assert(identity?.cloud.endsWith(said), identity?.cloud);
}

export async function hosts(deployed: Deployed): Promise<void> {
  const { hostRw, hostRo, hostR } = deployed.promised;
  for (const host of [hostRw, hostRo, hostR]) {
    const [name = "", namespace, suffix] = host.split(".");
    assert.deepEqual([namespace, suffix], [deployed.namespace, "svc"]);
    const { ports } = (await deployed.get("v1", "Service", name)).spec as { ports: { port: number }[] };
    assert.deepEqual(
      ports.map(({ port }) => port),
      [5432],
    );
  }
  const inRecovery = (host: string) =>
    deployed.login({ PGHOST: host, PGUSER: "shop", PGDATABASE: "orders" }, "select pg_is_in_recovery()");
  // The lab's name server may be slow on a busy machine.
  await eventually(`the primary at ${hostRw}`, 60, async () =>
    (await inRecovery(hostRw)) === "f" ? undefined : "it is in recovery",
  );
  assert.match(await inRecovery(hostR), /^[tf]$/);
  if ((await deployed.instances()).length > 1) assert.equal(await inRecovery(hostRo), "t");
  else await assert.rejects(inRecovery(hostRo), /Connection refused/);
}

export async function secrets(deployed: Deployed): Promise<void> {
  const { secretNames, hostRw } = deployed.promised;
  assert.deepEqual(Object.keys(secretNames).sort(), Object.keys(owners).sort());
  for (const [role, database] of Object.entries(owners)) {
    const secret = await deployed.secret(secretNames[role] ?? "");
    const { password, uri = "", ...fields } = secret;
    assert.deepEqual(fields, { username: role, dbname: database, host: hostRw, port: "5432" });
    assert(password !== undefined && password !== "");
    // The name in the URI has to be one of the certificate's.
    const verified = `${uri.replace(/\?.*$/, "")}?sslmode=verify-full&sslrootcert=/controller/certificates/server-ca.crt`;
    const answer = await deployed.exec(
      "postgres",
      ["psql", "-XqAt", verified],
      "select current_user, current_database(), ssl from pg_stat_ssl where pid = pg_backend_pid()",
    );
    assert.equal(answer, `${role}|${database}|t`);
    await assert.rejects(
      deployed.exec("postgres", ["psql", "-XqAt", verified.replace(password, "wrong")], "select 1"),
      /password authentication failed/,
    );
  }
  const ca = await deployed.secret(`${clusterName}-ca`);
  assert.match(ca["ca.crt"] ?? "", /^-----BEGIN CERTIFICATE-----/);
}

export async function noOtherSecrets(deployed: Deployed): Promise<void> {
  const certificates = ["ca", "replication", "server"].map((end) => `${clusterName}-${end}`);
  const names = (await deployed.list("v1", "Secret")).map(({ metadata }) => metadata.name);
  assert.deepEqual(names.sort(), [...certificates, ...Object.values(deployed.promised.secretNames)].sort());
}

export async function labels(deployed: Deployed): Promise<void> {
  const ours = (kind: string, object: KubernetesObject) => {
    const { team, "example.com/tier": tier, "cnpg.io/cluster": cluster } = object.metadata.labels ?? {};
    const at = `${kind} ${object.metadata.name}`;
    assert.deepEqual([at, team, tier, cluster], [at, "payments", "gold", clusterName]);
  };
  for (const kind of ["Pod", "Service", "PersistentVolumeClaim"]) {
    const all = await deployed.list("v1", kind);
    assert(all.length > 0);
    for (const object of all) ours(kind, object);
  }
  const { metadata } = await deployed.get(cnpg, "Cluster", clusterName);
  assert.equal(metadata.labels?.["app.kubernetes.io/name"], clusterName);
  assert.equal(metadata.labels?.team, "payments");
}

export async function databases(deployed: Deployed): Promise<void> {
  const declared = deployed.declared(types.database) as unknown as KubernetesObject[];
  assert.equal(declared.length, 2);
  for (const { metadata } of declared) await deployed.applied(metadata.name);
  const all = await deployed.sql(
    `select datname, pg_get_userbyid(datdba), datconnlimit from pg_database
     where datname not in ('postgres', 'template0', 'template1') order by 1`,
    "postgres",
  );
  assert.equal(all, "orders|shop|20\nsecond_db|Reporting|-1");
  const extensions = "select extname, extnamespace::regnamespace from pg_extension order by 1";
  assert.equal(await deployed.sql(extensions, "orders"), "pg_trgm|public\nplpgsql|pg_catalog\nvector|ai");
  assert.equal(await deployed.sql(extensions, "second_db"), "plpgsql|pg_catalog\nvector|public");
  const schemas = `select nspname, pg_get_userbyid(nspowner) from pg_namespace
    where nspname !~ '^pg_|^information_schema$|^public$' order by 1`;
  assert.equal(await deployed.sql(schemas, "orders"), "ai|shop\nsales|shop");
  assert.equal(await deployed.sql(schemas, "second_db"), "sales|Reporting");
  // What an owner came for.
  const use =
    "create table sales.t (v ai.vector(2)); insert into sales.t values ('[1,2]'); select v <-> '[1,4]' from sales.t";
  const where = {
    PGHOST: deployed.promised.hostRw,
    PGUSER: "shop",
    PGDATABASE: "orders",
    PGOPTIONS: "-csearch_path=ai",
  };
  assert.equal(await deployed.login(where, use), "2");
}

export async function archive(deployed: Deployed): Promise<void> {
  const { destinationPath, serverName, objectPrefix } = deployed.promised;
  assert.equal(destinationPath, `gs://${deployed.bucket.name}/${objectPrefix.replace(/\/$/, "")}`);
  await deployed.sql("checkpoint", "postgres");
  const backup = await deployed.firstBackup();
  const status = backup.status as { readonly serverName?: string; readonly destinationPath?: string };
  if (deployed.subject.method === "inTree")
    assert.deepEqual([status.serverName, status.destinationPath], [serverName, destinationPath]);
  else {
    const store = await deployed.get("barmancloud.cnpg.io/v1", "ObjectStore", `${clusterName}-backup`);
    const { serverRecoveryWindow = {} } = (store.status ?? {}) as { serverRecoveryWindow?: object };
    assert.deepEqual(Object.keys(serverRecoveryWindow), [serverName]);
  }
  const objects = await deployed.bucket.names();
  const folder = `${objectPrefix}${serverName}/`;
  assert(
    objects.some((name) => name.startsWith(`${folder}wals/`)),
    objects.join("\n"),
  );
  assert(objects.some((name) => name.startsWith(`${folder}base/`) && name.endsWith("/backup.info")));
  assert.deepEqual(
    objects.filter((name) => !name.startsWith(folder)),
    [],
  );
  const conditions = deployed
    .declared(types.grant)
    .flatMap(({ condition }) =>
      condition === undefined ? [] : [(condition as { expression: string }).expression],
    );
  assert.equal(conditions.length, deployed.subject.identity === "shared" ? 0 : 1);
  for (const condition of conditions) {
    const [, prefix = "none"] =
      /^resource\.name\.startsWith\("projects\/_\/buckets\/[^/]+\/objects\/(.+?)"\)/.exec(condition) ?? [];
    assert(folder.startsWith(prefix) && objects.every((name) => name.startsWith(prefix)), condition);
  }
}

export async function schedule(deployed: Deployed): Promise<void> {
  const { status, metadata } = await deployed.get(cnpg, "ScheduledBackup", `${clusterName}-backup`);
  const parsed = units.parseSchedule(deployed.promised.schedule);
  assert(parsed.ok && metadata.creationTimestamp !== undefined);
  const next = nextFire(parsed.value, new Date());
  const { nextScheduleTime = "" } = (status ?? {}) as { nextScheduleTime?: string };
  assert.equal(new Date(nextScheduleTime).toISOString(), next?.toISOString());
}

export async function rest(deployed: Deployed): Promise<void> {
  const { image, retention, generation, serverName } = deployed.promised;
  for (const { containers } of await instanceSpecs(deployed))
    assert.equal(containers.find(({ name }) => name === "postgres")?.image, image);
  const cluster = (await deployed.get(cnpg, "Cluster", clusterName)).spec as {
    readonly backup?: { readonly retentionPolicy?: string };
  };
  if (deployed.subject.method === "inTree") assert.equal(cluster.backup?.retentionPolicy, retention);
  else {
    const store = await deployed.get("barmancloud.cnpg.io/v1", "ObjectStore", `${clusterName}-backup`);
    assert.equal((store.spec as { retentionPolicy?: string }).retentionPolicy, retention);
  }
  assert.deepEqual([generation, serverName], [3, `${clusterName}-g3`]);
}

/** The specs of the pods of all instances. */
async function instanceSpecs(deployed: Deployed): Promise<PodSpec[]> {
  const pods = await deployed.instances();
  assert(pods.length >= 1);
  return pods.map(({ spec }) => spec as PodSpec);
}
