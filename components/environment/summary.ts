import type { PostgresEnvironmentArgs } from "../args/environment";
import { memberOf } from "../identity/member";
import { pick } from "../pick";
import type { EnvironmentPlan, PlannedCluster } from "../plan/environment";
import { poolerHosts } from "../pooler/decide";
import { everybodyElse } from "../recovery/logins";
import { type ApplicationSummary, applicationSummaries, secretNamesOf } from "../roles/summary";
import { decidedEnvironment } from "./decided";

/** What another stack, or a person, needs to know of one cluster. */
export interface ClusterSummary {
  /** `<namespace>/<cluster>`: the Kubernetes service account of its pods. */
  kubernetesServiceAccount: string;
  /** The IAM member that those pods are. */
  iamMember: string;
  /** The Google service account that they act as; empty if they act as themselves. */
  gcpServiceAccount: string;
  /** Hosts of the primary, of the replicas, and of any instance. */
  hostRw: string;
  hostRo: string;
  hostR: string;
  /** Pooler to its host, for applications that connect through one. */
  poolers: { [key: string]: string };
  /** Role to the name of the Secret with its credentials. */
  secretNames: { [role: string]: string };
  /** The Secrets of applications, each in its own namespace. */
  applications: ApplicationSummary[];
  /** Database to its owner, and which of them the application uses. */
  databases: { [name: string]: string };
  database: string;
  /** `gs://<bucket>/<prefix>` or `s3://<bucket>/<prefix>`, the server name below it, and both together as the prefix of every object. */
  destinationPath: string;
  serverName: string;
  objectPrefix: string;
  /** With S3: address of the server, and region of the bucket; each only if it is not boto3's default. Never credentials. */
  endpoint?: string;
  region?: string;
  /** `spec.imageName`, or `<catalog>/<major>`. */
  image: string;
  /** How long backups are kept, when they are made, and when the bucket deletes what is left; 0 if no rule of its does. */
  retention: string;
  schedule: string;
  deleteAgeDays: number;
  generation: number;
  /** How this generation of it began: `initdb`, `recovery`. */
  bootstrap: string;
  /** Who may log in: `all` roles, or those that the stack declares or allows, `declared`, as in a clone. */
  logins: string;
  /** Whether a copy's subscriptions and jobs may run: `held`, or `all` in one that is no copy, or whose `startWorkers` is true. */
  workers: string;
  /** Export to the folder that its dumps go to, `gs://<bucket>/<prefix>/<cluster>/<database>`. */
  exports: { [name: string]: string };
  /** What is scraped: name of the monitor to the labels of its pods, `cnpg.io/cluster=…`; empty without `monitoring`. */
  scrapeTargets: { [monitor: string]: string };
  /** Backup on demand to Barman's id of it; empty as long as there is none. */
  backups: { [name: string]: string };
}

/**
 * What an environment will tell of its clusters, by key. Nothing of it has to be discovered, so that it can be known without
 * the environment's stack: what a clone offline is told of its source.
 *
 * @param name the component's name, which is the default environment
 * @throws InvalidSettings with every problem of the arguments
 */
export function summariesOf(name: string, args: PostgresEnvironmentArgs): { [key: string]: ClusterSummary } {
  return summaries(decidedEnvironment(name, args), args);
}

/** What a decided plan will tell of its clusters, by key. */
export function summaries(
  plan: EnvironmentPlan,
  args: PostgresEnvironmentArgs,
): { [key: string]: ClusterSummary } {
  return Object.fromEntries(plan.clusters.map((cluster) => [cluster.key, summary(plan, args, cluster)]));
}

function summary(
  plan: EnvironmentPlan,
  args: PostgresEnvironmentArgs,
  { plan: planned, gcpServiceAccount }: PlannedCluster,
): ClusterSummary {
  const { workload, backup, spec } = planned;
  const catalog = spec.imageCatalogRef;
  return {
    kubernetesServiceAccount: workload.toString(),
    iamMember:
      backup === undefined || plan.bucket === undefined
        ? ""
        : memberOf(plan.project, args.backups?.projectNumber, plan.identity, workload),
    gcpServiceAccount: backup === undefined ? "" : (gcpServiceAccount ?? ""),
    hostRw: workload.host("rw"),
    hostRo: workload.host("ro"),
    hostR: workload.host("r"),
    poolers: poolerHosts(planned.poolers),
    secretNames: secretNamesOf(planned.migration.declared.owners, planned.roles),
    applications: applicationSummaries(planned.roles),
    databases: Object.fromEntries(planned.databases.databases.map((d) => [d.database, d.spec.owner])),
    database: planned.databases.first.database,
    destinationPath: backup?.location.destinationPath ?? "",
    serverName: backup?.location.serverName ?? "",
    objectPrefix: backup?.location.objectPrefix ?? "",
    ...pick(backup?.location.store, ["endpoint", "region"]),
    image: spec.imageName ?? (catalog === undefined ? "" : `${catalog.name}/${catalog.major}`),
    retention: backup?.retention.text ?? "",
    schedule: backup?.schedule.text ?? "",
    deleteAgeDays: (plan.bucket ?? plan.givenBucket)?.deleteAgeDays ?? 0,
    generation: planned.generation,
    bootstrap: Object.keys(spec.bootstrap ?? {})[0] ?? "initdb",
    logins: spec.postgresql?.pg_hba?.includes(everybodyElse) === true ? "declared" : "all",
    workers: planned.workersHeld ? "held" : "all",
    exports: { ...planned.dumps.exports },
    scrapeTargets: Object.fromEntries(
      planned.monitoring.targets.map(({ name, matchLabels }) => [
        name,
        Object.entries(matchLabels)
          .map(([label, value]) => `${label}=${value}`)
          .join(","),
      ]),
    ),
    backups: Object.fromEntries(planned.manualBackups.map(({ name }) => [name, ""])),
  };
}
