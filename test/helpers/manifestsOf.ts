import type { EnvironmentPlan } from "../../components/plan/environment";

/** Every Kubernetes object of a plan's clusters as a manifest, but for Secrets with passwords that are yet to be made. */
export function manifestsOf(plan: EnvironmentPlan): { [key: string]: unknown }[] {
  return plan.clusters
    .flatMap(({ plan: { resources } }) => resources)
    .filter(({ type, filled }) => type.startsWith("kubernetes:") && filled === undefined)
    .map(({ inputs }) => ({ ...inputs }));
}
