import { JobPurpose } from "../args/export";
import type { ClusterPlan } from "../plan/cluster";
import type { PodPeer } from "../plan/network";
import type { StorePlace } from "../units/storePlace";

/** Pods of this project's own jobs that need the same. */
export interface JobPods {
  readonly key: string;
  /** Which they are, in words. */
  readonly of: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly oneOf?: PodPeer["oneOf"];
  /** Whether they connect to Postgres. */
  readonly connects: boolean;
  readonly asksApiServer: boolean;
  /** The stores that they go to, and what they carry. */
  readonly stores: readonly StorePlace[];
  readonly carries: string;
  /** What they are told of how to get to a store: pod templates, or objects that they follow. */
  readonly told: readonly unknown[];
}

/** Label that Kubernetes gives to the pods of a Job, with its name. */
const jobName = "batch.kubernetes.io/job-name";
const component = "app.kubernetes.io/component";

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: { readonly automountServiceAccountToken?: boolean };
}

interface Found {
  readonly kind: "Job" | "CronJob";
  readonly name: string;
  readonly template: Template;
}

/**
 * The pods of this project's own jobs for a cluster, by what they need: those of a CronJob by their labels, since each run has another
 * name, and those of a Job that does the same as a CronJob too; those of other Jobs by their names, since most have no labels.
 */
export function jobPodsOf(plan: ClusterPlan): JobPods[] {
  const { dumps, backup, labels } = plan;
  const groups = new Map<string, JobPods & { names: string[]; told: readonly unknown[] }>();
  for (const { kind, name, template } of jobsOf(plan)) {
    const called = template.metadata?.labels?.[component] ?? "";
    const tenant = dumps.tenants.find(({ purpose }) => purpose === called);
    const asksApiServer = template.spec.automountServiceAccountToken === true;
    const connects = !["ca-copy", "time-to-live"].includes(called);
    const purpose = tenant?.purpose ?? (asksApiServer ? (connects ? "sync" : called) : "sql");
    const key = `jobs-${purpose}${kind === "CronJob" && tenant !== undefined ? "-scheduled" : ""}`;
    const byLabels = kind === "CronJob" || (tenant === undefined && called !== "");
    const known = groups.get(key) ?? {
      key,
      of: describe(purpose),
      labels: byLabels ? (template.metadata?.labels ?? {}) : {},
      connects,
      asksApiServer,
      stores: tenant === undefined ? [] : [tenant.folder.store],
      carries: purpose === JobPurpose.Import ? "dumps come from there" : "dumps go there",
      told: [],
      names: [],
    };
    if (tenant !== undefined) known.told = [...known.told, template];
    if (!byLabels) known.names.push(name);
    groups.set(key, known);
  }
  const looking = backup === undefined ? [] : [looks(labels, backup.location.store, toldOf(plan))];
  return [
    ...[...groups.values()].map(({ names, ...group }) => ({
      ...group,
      ...(names.length > 0 && { oneOf: [jobName, [...names].sort()] as const }),
    })),
    ...looking,
  ];
}

const describe = (purpose: string): string =>
  ({
    [JobPurpose.Export]: "jobs that dump databases",
    [JobPurpose.Import]: "the job that imports a dump",
    "ca-copy": "the job that copies the CA",
    "time-to-live": "the job that ends the cluster",
    sync: "jobs that look after passwords",
    sql: "jobs that run SQL: grants, masking, tests of logins",
  })[purpose] ?? purpose;

/** What looks into the archive before a Cluster is made, as the cluster's own account. */
const looks = (
  labels: Readonly<Record<string, string>>,
  store: StorePlace,
  told: readonly unknown[],
): JobPods => ({
  key: "jobs-look",
  of: "the pod that looks into the archive before the Cluster is made",
  labels: { "app.kubernetes.io/name": labels["app.kubernetes.io/name"] ?? "" },
  oneOf: [component, ["archive-check", "restore-check"]],
  connects: false,
  asksApiServer: false,
  stores: [store],
  carries: "the archive is looked into",
  told,
});

/** What instances are told of how to get to their stores. */
export const toldOf = ({ resources }: ClusterPlan): unknown[] =>
  resources.map(({ inputs }) => inputs).filter(({ kind }) => kind === "ObjectStore" || kind === "Cluster");

function jobsOf({ resources, workload }: ClusterPlan): Found[] {
  return resources.flatMap(({ inputs }): Found[] => {
    const { kind, metadata, spec } = inputs as {
      readonly kind?: string;
      readonly metadata?: { readonly name: string; readonly namespace?: string };
      readonly spec?: {
        readonly template?: Template;
        readonly jobTemplate?: { readonly spec: { readonly template: Template } };
      };
    };
    if (metadata?.namespace !== workload.namespace) return [];
    if (kind === "Job" && spec?.template !== undefined)
      return [{ kind, name: metadata.name, template: spec.template }];
    const template = spec?.jobTemplate?.spec.template;
    return kind === "CronJob" && template !== undefined ? [{ kind, name: metadata.name, template }] : [];
  });
}
