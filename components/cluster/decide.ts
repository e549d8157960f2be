import type { ClusterArgs } from "../args/cluster";
import { defaults } from "../args/defaults";
import { profiles, protection } from "../args/profiles";
import { archiveServerName } from "../backup/decide";
import { decideManualBackups } from "../backup/manual";
import { Check } from "../check";
import { applicationObjects, loginObjects } from "../credentials/externalSecrets";
import { verifyingNamespaces } from "../credentials/target";
import { decideDatabases } from "../database/decide";
import { decideDumps } from "../export/dumps";
import { decideAccess } from "../grants/access";
import { rolesWithGrants } from "../grants/roles";
import { clientImage } from "../jobs/psql";
import { decideOrigin } from "../migration/begin";
import { decideMigration } from "../migration/decide";
import { decideClusterMonitoring, metricsTls } from "../monitoring/cluster";
import type { ClusterContext, ClusterPlan } from "../plan/cluster";
import { decidePoolers } from "../pooler/decide";
import type { Problems } from "../problems";
import { behindMasking, rolesBehind } from "../recovery/heldBack";
import { heldWorkers } from "../recovery/heldWorkers";
import { decideMasking } from "../recovery/masking";
import { decideRoles } from "../roles/decide";
import { rolesOf } from "../roles/replica";
import { checkSecretNames } from "../roles/secretNames";
import { decideCertificates } from "../tls/decide";
import { clusterName, namespaceName, objectName, parseWait } from "../units";
import { Workload } from "../units/workload";
import { archiveCheck } from "./archiveCheck";
import { checkCreated, checkLabels, checkPlacement, decideInstances } from "./checks";
import { checkCopy, decideHba, decideOwnRecovery } from "./copy";
import { plainLibrary } from "./extensions";
import { checkImage, officialImage } from "./image";
import { decideRolesAs } from "./operatorVersion";
import { backupsEnabled, decideOwnBackup } from "./ownBackup";
import { decideLibraries } from "./preload";
import { clusterResources } from "./resources";
import { restoreCheck } from "./restoreCheck";
import { decideSizing } from "./sizing";
import { annotationsOf, renderClusterSpec } from "./spec";
import { decideTimeToLive } from "./timeToLive";
import { archiveSuffix, decideUpgrade, withBackupAfter } from "./upgrade";

/** What is decided, and what is asked for. */
interface Asked {
  readonly check: Check;
  readonly context: ClusterContext;
  readonly args: ClusterArgs;
}

/**
 * Decides everything about one cluster and reports every problem under `path`.
 *
 * @returns the plan, complete only if no problem was reported.
 */
export function decideCluster(
  problems: Problems,
  path: string,
  context: ClusterContext,
  args: ClusterArgs,
): ClusterPlan {
  const asked = { check: new Check(problems, path), context, args };
  const server = decideServer(asked);
  const content = decideContent(asked, server);
  const ways = decideWays(asked, server, content);
  const work = decideWork(asked, server, content, ways);
  const users = decideUsers(asked, server, content, { ...ways, ...work });
  const { workload, labels, generation, upgrade, sizing } = server;
  const { roles, access, waitSeconds } = users;
  const { masking, timeToLive, manualBackups, dumps } = work;
  const follows = content.migration.replica?.follows === true;
  const external = { workload, labels, wait: waitSeconds > 0 };
  const plan = {
    workload,
    labels,
    ...decideInstance(asked, server, content, { ...ways, ...users }),
    ...content,
    ...ways,
    ...work,
    roles,
    before: [
      ...loginObjects(external, [...content.migration.declared.owners, ...roles.logins]),
      ...ways.monitoring.before,
    ],
    objects: [
      ...roles.objects,
      // Nothing can be granted where nothing can be written.
      ...(follows ? [] : behindMasking(masking, access)),
      ...applicationObjects(external, roles.applications),
      ...behindMasking(masking, [...manualBackups.map(({ object }) => object), ...dumps.objects]),
      ...(timeToLive?.objects ?? []),
    ],
    sizing,
    generation,
    upgrade,
    createNamespace: args.createNamespace ?? defaults.ClusterArgs.createNamespace,
    protect: protection(args.protect, server.profileDefaults),
    waitSeconds,
  };
  return { ...plan, resources: clusterResources(plan) };
}

type Server = ReturnType<typeof decideServer>;
type Content = ReturnType<typeof decideContent>;
type Ways = ReturnType<typeof decideWays>;
type Work = ReturnType<typeof decideWork>;
type Users = ReturnType<typeof decideUsers>;

/** What it is called, which Postgres it runs, and on what. */
function decideServer({ check, context, args }: Asked) {
  const profileDefaults = profiles[context.profile];
  const name = args.name ?? context.name;
  check.parse("name", name, clusterName);
  check.parse("namespace", args.namespace, namespaceName);
  checkCreated(check, args);
  const generation =
    check.integer("generation", args.generation ?? defaults.ClusterArgs.generation, 1, 9999) ?? 1;
  const instances = decideInstances(check, args, context.profile, profileDefaults);
  const major = checkImage(check, args, context.method, backupsEnabled(args));
  const upgrade = decideUpgrade(check, args, major);
  checkPlacement(check, args.placement);
  check.parse("priorityClassName", args.priorityClassName, objectName);
  checkLabels(check, args.labels);
  check.parse("storage.storageClass", args.storage?.storageClass, objectName);
  check.parse("walStorage.storageClass", args.walStorage?.storageClass, objectName);
  const official = officialImage(args.image) !== undefined;
  const sizing = decideSizing(check, args, profileDefaults, { major, official });
  const labels = {
    "app.kubernetes.io/name": name.slice(0, 63),
    "app.kubernetes.io/component": "database",
    "app.kubernetes.io/part-of": "databases",
    ...args.labels,
  };
  const workload = new Workload(args.namespace, name);
  return { name, workload, labels, profileDefaults, generation, instances, major, upgrade, sizing };
}

/** What is in it, what it begins with, and where that is kept. */
function decideContent({ check, context, args }: Asked, server: Server) {
  const { name, workload, profileDefaults, generation, major, upgrade, sizing } = server;
  const origin = decideOrigin(check, args);
  const decided = decideDatabases(check, name, args.databases, args.initdb, { origin, major });
  const databases = checkCopy(check, args, decided);
  const { archived } = sizing;
  const archive = `${archiveServerName(name, generation)}${archiveSuffix(upgrade, major)}`;
  const kept = { name, server: archive, defaults: profileDefaults, archived };
  const backup = decideOwnBackup(check, context, args, kept);
  const walVolume = sizing.walStorage !== undefined;
  const known = { name, generation, major, databases, backup, walVolume, archived };
  const recovery = decideOwnRecovery(check, context, args, known);
  const hosts = (["rw", "ro", "r"] as const).map((kind) => workload.host(kind));
  const begins = { args, cluster: name, hosts, major, databases, backup, recovery };
  return { databases, backup, recovery, migration: decideMigration(check, begins) };
}

/** How clients get there, and know that they are. */
function decideWays({ check, context, args }: Asked, server: Server, content: Content) {
  const { workload, instances, sizing } = server;
  const { databases } = content;
  const poolers = decidePoolers(check.at("poolers"), args.poolers, {
    workload,
    profile: context.profile,
    instances,
    databases: databases.databases.length,
    maxConnections: Number(sizing.parameters.values.max_connections),
    metricsTls: metricsTls(args.monitoring, context.monitoring),
    labels: args.labels,
    checkPlacement,
  });
  const holders = [...Object.values(args.databases ?? {}), ...Object.values(args.roles ?? {})];
  const certificates = decideCertificates(check.at("certificates"), args.certificates, {
    workload,
    poolers,
    verifying: verifyingNamespaces(args.namespace, holders),
  });
  const watched = { args, workload, instances, sizing, ...content, poolers, certificates };
  const monitoring = decideClusterMonitoring(check.at("monitoring"), context.monitoring, watched);
  return { poolers, certificates, monitoring };
}

/** What is done with it beside running it. */
function decideWork({ check, context, args }: Asked, server: Server, content: Content, ways: Ways) {
  const { name, workload, major, generation, upgrade } = server;
  const { databases, backup, migration } = content;
  const { caSecret } = ways.certificates;
  const image = clientImage(args.image, major);
  const masking = decideMasking({ args: args.masking, workload, image, caSecret, databases });
  const timeToLive = decideTimeToLive(check, args.timeToLive, {
    workload,
    profile: context.profile,
    protect: args.protect,
    schedule: backup?.scheduledBackup.name,
    image,
  });
  const dumping = { workload, databases, major, generation, caSecret, context: context.dumps };
  const dumps = decideDumps(check, dumping, args, migration.replica);
  const manual = check.at("backup").at("manual");
  const wanted = withBackupAfter(args.backup?.manual, upgrade, major);
  const manualBackups = decideManualBackups(manual, name, backup && wanted, backup);
  return { masking, timeToLive, dumps, manualBackups };
}

/** Who logs in, and what they may do. */
function decideUsers({ check, context, args }: Asked, server: Server, content: Content, known: Ways & Work) {
  const { workload, instances, major } = server;
  const { databases, migration } = content;
  const { certificates, poolers, masking } = known;
  const { caSecret, signsClients } = certificates;
  const timeout = args.wait?.timeout ?? defaults.WaitArgs.timeout;
  const patience = check.parse("wait.timeout", timeout, (text) => parseWait(text, 6 * 3600)) ?? 0;
  const waitSeconds = (args.wait?.enabled ?? defaults.WaitArgs.enabled) ? patience : 0;
  const roleArgs = rolesWithGrants(check, args.roles, args.databases);
  const version = context.operatorVersion ?? defaults.PostgresEnvironmentArgs.operatorVersion;
  const declared = decideRoles(check, roleArgs, {
    workload,
    profile: context.profile,
    instances,
    image: args.image,
    major,
    caSecret,
    poolers,
    signsClients,
    rolesAs: decideRolesAs(check, args.rolesAs, version),
    owners: databases.owners,
    databases: databases.databases.map((database) => database.database),
    database: databases.first.database,
    waitSeconds: migration.replica?.follows === true ? 0 : waitSeconds,
    heldBack: masking !== undefined,
  });
  checkSecretNames(check, workload, databases.owners, declared);
  const roles = rolesBehind(masking, rolesOf(declared, migration.replica));
  const waits = waitSeconds > 0;
  const access = decideAccess(check, args, { workload, databases, roles, roleArgs, major, caSecret, waits });
  return { roles, roleArgs, access, waitSeconds };
}

/** `spec` of the Cluster, and what is looked at before it is made. */
function decideInstance(
  { check, context, args }: Asked,
  server: Server,
  content: Content,
  known: Ways & Users,
) {
  const { workload, labels, profileDefaults, instances, major, sizing } = server;
  const { databases, backup, recovery, migration } = content;
  const { roles, roleArgs, certificates, monitoring } = known;
  const annotations = annotationsOf(context.gcpServiceAccount, backup?.access, recovery?.access);
  const { env, checkArchive = defaults.BackupSettings.checkArchive } = { ...context.backups, ...args.backup };
  const looking = { workload, labels, annotations, env, image: context.dumps.image };
  const looked = checkArchive ? backup : undefined;
  const libraries = decideLibraries(check, args, major);
  const held = heldWorkers(check, args, libraries.map(plainLibrary));
  const spec = renderClusterSpec({
    args,
    profileDefaults,
    instances,
    sizing,
    migration,
    roles,
    held,
    libraries,
    hba: decideHba(check, args, databases, roles, roleArgs),
    backup: backup?.clusterSpec ?? {},
    certificates: certificates.clusterSpec,
    monitoring: monitoring.clusterSpec,
    env: recovery?.env ?? {},
    serviceAccountAnnotations: annotations,
  });
  return {
    spec,
    archiveCheck: looked && archiveCheck(looking, looked),
    restoreCheck: looked && restoreCheck(looking, args.recoverFrom, recovery, looked),
    workersHeld: Object.keys(held).length > 0,
  };
}
