import type { PostgresEnvironmentArgs } from "../args/environment";
import type { EnvironmentPlan } from "../plan/environment";
import { shapedProblems } from "../shape";
import { decideEnvironment } from "./decide";

const kept = new WeakMap<PostgresEnvironmentArgs, EnvironmentPlan>();

/**
 * Keeps what was decided of arguments for whoever declares or sums them up next: what loads a stack has decided all of it already.
 * The arguments must not change any more.
 */
export function keepDecided(args: PostgresEnvironmentArgs, plan: EnvironmentPlan): void {
  kept.set(args, plan);
}

/**
 * What an environment's arguments come to: as it was kept, or decided now.
 *
 * @param name the component's name, which is the default environment
 * @throws InvalidSettings with every problem
 */
export function decidedEnvironment(name: string, args: PostgresEnvironmentArgs): EnvironmentPlan {
  const before = kept.get(args);
  if (before !== undefined && before.environment === (args.environment ?? name)) return before;
  const problems = shapedProblems("PostgresEnvironment", name, args);
  const plan = decideEnvironment(problems, name, args);
  problems.throwIfAny(`PostgresEnvironment ${name}`);
  return plan;
}
