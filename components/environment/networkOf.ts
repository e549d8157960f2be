import type { PostgresEnvironmentArgs } from "../args/environment";
import type { NetworkPlan } from "../plan/network";
import { decidedEnvironment } from "./decided";

/**
 * The network policies of an environment, known without declaring it.
 *
 * @param name the component's name, which is the default environment
 * @throws InvalidSettings with every problem of the arguments
 */
export function networkOf(name: string, args: PostgresEnvironmentArgs): NetworkPlan {
  return decidedEnvironment(args.environment ?? name, args).network;
}
