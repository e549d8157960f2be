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
  const check = new Check(problems, path);
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
  for (const [key, storageClass] of [
    ["storage.storageClass", args.storage?.storageClass],
    ["walStorage.storageClass", args.walStorage?.storageClass],
  ] as const) {
    check.parse(key, storageClass, objectName);
  }

  const sizing = decideSizing(check, args, profileDefaults, {
    major,
    official: officialImage(args.image) !== undefined,
  });
  const origin = decideOrigin(check, args);
  const decided = decideDatabases(check, name, args.databases, args.initdb, origin, major);
  const databases = checkCopy(check, args, decided);
  const labels = {
    "app.kubernetes.io/name": name.slice(0, 63),
    "app.kubernetes.io/component": "database",
    "app.kubernetes.io/part-of": "databases",
    ...args.labels,
  };
  const { archived } = sizing;
  const backup = decideOwnBackup(check, context, args, {
    name,
    server: `${archiveServerName(name, generation)}${archiveSuffix(upgrade, major)}`,
    defaults: profileDefaults,
    archived,
  });
  const walVolume = sizing.walStorage !== undefined;
  const known = { name, generation, major, databases, backup, walVolume, archived };
  const recovery = decideOwnRecovery(check, context, args, known);
  const workload = new Workload(args.namespace, name);
  const hosts = (["rw", "ro", "r"] as const).map((kind) => workload.host(kind));
  const migration = decideMigration(check, {
    args,
    cluster: name,
    hosts,
    major,
    databases,
    backup,
    recovery,
  });
  const poolers = decidePoolers(check.at("poolers"), args.poolers, {
    workload,
    profile: context.profile,
    instances,
    databases: databases.databases.length,
    maxConnections: Number(sizing.parameters.values.max_connections),
    labels: args.labels,
    checkPlacement,
  });
  const certificates = decideCertificates(check.at("certificates"), args.certificates, {
    workload,
    poolers,
    verifying: verifyingNamespaces(args.namespace, [
      ...Object.values(args.databases ?? {}),
      ...Object.values(args.roles ?? {}),
    ]),
  });
  const { caSecret } = certificates;
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
  const waitSeconds =
    check.parse("wait.timeout", args.wait?.timeout ?? defaults.WaitArgs.timeout, (text) =>
      parseWait(text, 6 * 3600),
    ) ?? 0;
  const waitsFor = (args.wait?.enabled ?? defaults.WaitArgs.enabled) ? waitSeconds : 0;
  const roleArgs = rolesWithGrants(check, args.roles, args.databases);
  const follows = migration.replica?.follows === true;
  const declaredRoles = decideRoles(check, roleArgs, {
    workload,
    profile: context.profile,
    instances,
    image: args.image,
    major,
    caSecret,
    poolers,
    signsClients: certificates.signsClients,
    rolesAs: decideRolesAs(
      check,
      args.rolesAs,
      context.operatorVersion ?? defaults.PostgresEnvironmentArgs.operatorVersion,
    ),
    owners: databases.owners,
    databases: databases.databases.map((database) => database.database),
    database: databases.first.database,
    waitSeconds: follows ? 0 : waitsFor,
    heldBack: masking !== undefined,
  });
  checkSecretNames(check, workload, databases.owners, declaredRoles);
  const roles = rolesBehind(masking, rolesOf(declaredRoles, migration.replica));
  const waits = waitsFor > 0;
  const access = decideAccess(check, args, { workload, databases, roles, roleArgs, major, caSecret, waits });
  const external = { workload, labels, wait: waits };
  const serviceAccountAnnotations = annotationsOf(
    context.gcpServiceAccount,
    backup?.access,
    recovery?.access,
  );
  const { env, checkArchive = defaults.BackupSettings.checkArchive } = { ...context.backups, ...args.backup };
  const looking = {
    workload,
    labels,
    annotations: serviceAccountAnnotations,
    env,
    image: context.dumps.image,
  };
  const looked = checkArchive ? backup : undefined;
  const libraries = decideLibraries(check, args, major);
  const held = heldWorkers(check, args, libraries.map(plainLibrary));
  const plan = {
    workload,
    labels,
    spec: renderClusterSpec({
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
      env: recovery?.env ?? {},
      serviceAccountAnnotations,
    }),
    backup,
    archiveCheck: looked && archiveCheck(looking, looked),
    restoreCheck: looked && restoreCheck(looking, args.recoverFrom, recovery, looked),
    recovery,
    workersHeld: Object.keys(held).length > 0,
    databases,
    migration,
    roles,
    masking,
    timeToLive,
    dumps,
    manualBackups,
    before: loginObjects(external, [...migration.declared.owners, ...roles.logins]),
    objects: [
      ...roles.objects,
      // Nothing can be granted where nothing can be written.
      ...(follows ? [] : behindMasking(masking, access)),
      ...applicationObjects(external, roles.applications),
      ...behindMasking(masking, [...manualBackups.map(({ object }) => object), ...dumps.objects]),
      ...(timeToLive?.objects ?? []),
    ],
    poolers,
    certificates,
    sizing,
    generation,
    upgrade,
    createNamespace: args.createNamespace ?? defaults.ClusterArgs.createNamespace,
    protect: protection(args.protect, profileDefaults),
    waitSeconds: waitsFor,
  };
  return { ...plan, resources: clusterResources(plan) };
}
