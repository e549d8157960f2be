import assert from "node:assert/strict";
import type { MonitoringSettings } from "../../components/args/monitoring";
import { decideEnvironment } from "../../components/environment/decide";
import type { ClusterArgs, PostgresEnvironmentArgs } from "../../components/index";
import type { PlannedResource } from "../../components/plan/object";
import { Problems } from "../../components/problems";

const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";

/** All Kubernetes objects of an environment with a cluster of one pooler, and one of none. */
export function decided(monitoring: MonitoringSettings, orders: Partial<ClusterArgs> = {}) {
  const args: PostgresEnvironmentArgs = {
    project: "acme-dev",
    region: "europe-west1",
    profile: "dev",
    monitoring,
    clusters: {
      "orders-db": { namespace: "orders", image, poolers: { rw: {} }, ...orders },
      reports: { namespace: "reports", image },
    },
  };
  const problems = new Problems();
  const plan = decideEnvironment(problems, "staging", args);
  assert.deepEqual(problems.list, []);
  const all = [...plan.resources, ...plan.clusters.flatMap((each) => each.plan.resources), ...plan.after];
  return all.filter(({ type }) => type.startsWith("kubernetes:"));
}

interface Endpoint {
  readonly scheme?: string;
  readonly tlsConfig?: unknown;
  readonly relabelings: readonly { readonly targetLabel: string }[];
  readonly metricRelabeling?: readonly { readonly regex: string }[];
}

/** What is read here of any kind. */
interface Spec {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly podMetricsEndpoints: readonly [Endpoint];
  readonly endpoints: readonly [Endpoint];
  readonly targetLabels: { readonly fromPod: unknown };
  readonly monitoring?: { readonly enablePodMonitor?: boolean };
}

export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Record<string, string>;
  };
  readonly spec: Spec;
  readonly data: Record<string, string>;
}

export const manifest = ({ inputs }: PlannedResource) => inputs as unknown as Manifest;
export const ofKind = (all: readonly PlannedResource[], kind: string) =>
  all.map(manifest).filter((each) => each.kind === kind);
