import type { BackupMethod } from "../args/backup";
import type { PostgresEnvironmentArgs } from "../args/environment";
import { type Protection, strongest } from "../args/profiles";
import { bucketResources } from "../backup/bucketResources";
import { first, jobGrants, namespaceResource } from "../cluster/resourceOf";
import {
  type GrantKeys,
  grantKeys,
  grantsOf,
  identityOutputs,
  identityResources,
  jobGrantsOf,
} from "../identity/resources";
import { monitoringResources } from "../monitoring/environment";
import { networkResources } from "../network/environment";
import { pick } from "../pick";
import type { ClusterPlan } from "../plan/cluster";
import type { EnvironmentPlan, OuterKeys } from "../plan/environment";
import type { MonitoringContext } from "../plan/monitoring";
import type { PlannedResource } from "../plan/object";

/** An environment before it is known in which order its parts are declared. */
type Decided = Omit<EnvironmentPlan, "resources" | "after" | "outer">;

/** What monitoring has to know beside it. */
interface Watching {
  readonly monitoring: MonitoringContext;
  readonly method: BackupMethod;
}

/** The plan with all that is declared of it: bucket, identity and namespaces, and what each cluster comes after. */
export function withResources(
  { monitoring, method, ...plan }: Decided & Watching,
  args: PostgresEnvironmentArgs,
): EnvironmentPlan {
  const cloud = cloudHalf(plan, args);
  const grants = grantKeys(plan.identity);
  const namespaces = namespacesOf(plan);
  const made = new Set(namespaces.map(({ key }) => key));
  return {
    ...plan,
    resources: [...cloud, ...namespaces, ...networkResources(plan.network)],
    after: monitoringResources({
      args: args.monitoring,
      context: monitoring,
      method,
      deleteAgeDays: (plan.bucket ?? plan.givenBucket)?.deleteAgeDays,
      clusters: plan.clusters.map(({ plan: each }) => each),
    }),
    outer: Object.fromEntries(plan.clusters.map(({ key, plan: each }) => [key, outerOf(each, grants, made)])),
  };
}

/** Namespaces to create, each once. */
function namespacesOf({ clusters }: Decided): PlannedResource[] {
  const namespaces = new Map<string, Protection>();
  for (const { plan } of clusters.filter((each) => each.plan.createNamespace)) {
    const { namespace } = plan.workload;
    const others = namespaces.has(namespace) ? [namespaces.get(namespace)] : [];
    namespaces.set(namespace, strongest([...others, plan.protect]));
  }
  return [...namespaces].map(([name, protect]) => namespaceResource(name, { name: `/${name}`, protect }));
}

function outerOf(plan: ClusterPlan, grants: GrantKeys, made: ReadonlySet<string>): OuterKeys {
  const { workload, backup, certificates, dumps } = plan;
  // An application's namespace may be that of another cluster.
  const namespaces = [workload.namespace, ...(certificates.applications?.namespaces ?? [])]
    .map((namespace) => `namespace/${namespace}`)
    .filter((key) => made.has(key));
  const before = [...new Set(namespaces), ...(backup === undefined ? [] : grantsOf(grants, workload))];
  return {
    [first]: before,
    rights: before,
    ...Object.fromEntries(
      dumps.tenants.map((tenant) => [jobGrants(tenant.workload), jobGrantsOf(grants, tenant.workload)]),
    ),
  };
}

const store = "BackupBucket";
const identity = "BackupIdentity";

function cloudHalf(plan: Decided, args: PostgresEnvironmentArgs): PlannedResource[] {
  const { project, bucket, jobs } = plan;
  const own =
    bucket === undefined
      ? []
      : component(
          store,
          { bucketName: bucket.name, url: `gs://${bucket.name}`, deleteAgeDays: bucket.deleteAgeDays },
          bucketResources(project, bucket),
        );
  if (bucket === undefined && jobs.length === 0) return own;
  const tenants = plan.clusters.flatMap(({ plan: each }) => (each.backup === undefined ? [] : [each]));
  const first = bucket === undefined ? [] : [store];
  const outputs = identityOutputs(plan.identity, tenants, {
    project,
    ...pick(args.backups, ["projectNumber"]),
  });
  return [...own, ...component(identity, outputs, identityResources(project, plan.identity, first))];
}

/** A component, as a program could declare it too, and its parts. */
function component(
  key: string,
  inputs: PlannedResource["inputs"],
  parts: readonly PlannedResource[],
): PlannedResource[] {
  const type = `pulumi-cnpg:index:${key}`;
  return [{ key, name: "", type, inputs }, ...parts.map((part) => ({ ...part, parent: key }))];
}
