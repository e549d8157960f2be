import assert from "node:assert/strict";
import { decideEnvironment } from "../../../components/environment/decide";
import type { EnvironmentPlan } from "../../../components/plan/environment";
import type { PlannedObject } from "../../../components/plan/object";
import { Problems } from "../../../components/problems";
import { loadStack } from "../../../stacks/load";
import { asEngine, type Settings, settingsOf } from "../stacks/badStacks";

/** Decides a stack that nothing is wrong with. */
export function decided(settings: Omit<Parameters<typeof settingsOf>[0], "it" | "says">): EnvironmentPlan {
  const problems = new Problems();
  const plan = decideEnvironment(
    problems,
    "dev",
    loadStack("dev", asEngine(settingsOf({ it: "", says: [], ...settings }))),
  );
  assert.deepEqual(problems.list, []);
  return plan;
}

export const objectsOf = (plan: EnvironmentPlan): readonly PlannedObject[] =>
  plan.clusters[0]?.plan.objects ?? [];
export const object = (plan: EnvironmentPlan, kind: string): PlannedObject =>
  objectsOf(plan).find((each) => each.kind === kind) ?? assert.fail(`no ${kind}`);

interface Pod {
  readonly serviceAccountName: string;
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly Settings[];
}
interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly resources: { readonly requests: Settings };
}
interface Job {
  readonly activeDeadlineSeconds: number;
  readonly template: { readonly spec: Pod };
}
export const jobOf = ({ body }: PlannedObject): Job => {
  const spec = body.spec as Job & { readonly jobTemplate?: { readonly spec: Job } };
  return spec.jobTemplate?.spec ?? spec;
};
export const envOf = ({ env }: Container, name: string) => env.find((each) => each.name === name)?.value;
