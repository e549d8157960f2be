import type { Check } from "../check";
import { derivedName, namespaceName, objectName, objectNamePart } from "../units";
import { type ApplicationArgs, ApplicationService } from "./args";
import type { ApplicationPlan, LoginPlan } from "./plan";

/** What an application logs in to. */
export interface ApplicationContext {
  readonly cluster: string;
  readonly namespace: string;
  /** Where they stand in the stack file, below the cluster. */
  readonly path: string;
  /** The role as the stack file names it. */
  readonly role: string;
  readonly login: LoginPlan;
  readonly instances: number;
  readonly after: readonly string[];
}

/** Decides the Secrets of the applications that log in as a role. */
export function decideApplications(
  check: Check,
  applications: readonly ApplicationArgs[] | undefined,
  context: ApplicationContext,
): ApplicationPlan[] {
  return (applications ?? []).map((args, i): ApplicationPlan => {
    const at = check.at(i);
    const service = at.oneOf("service", args.service, ApplicationService) ?? ApplicationService.ReadWrite;
    at.parse("namespace", args.namespace, namespaceName);
    at.parse("secret", args.secret, objectName);
    at.require(
      service !== ApplicationService.ReadOnly || context.instances > 1,
      "service",
      service,
      "r, or 2 or more instances: ro leads to the replicas, and there is none",
    );
    return {
      role: context.role,
      login: context.login,
      namespace: args.namespace,
      secretName: args.secret ?? derivedName([context.cluster, objectNamePart(context.role)], 63),
      service,
      store: decideStore(at, args, context),
      after: context.after,
      path: `${context.path}[${i}]`,
    };
  });
}

/** A SecretStore serves its own namespace only. */
function decideStore(at: Check, args: ApplicationArgs, context: ApplicationContext): string | undefined {
  const { source } = context.login;
  at.parse("store", args.store, objectName);
  const needed =
    source.kind === "externalSecret" &&
    source.store.kind === "SecretStore" &&
    args.namespace !== context.namespace;
  if (needed)
    at.require(
      args.store !== undefined,
      "store",
      args.store,
      `the SecretStore of namespace ${args.namespace}: the role's, ${source.store.name}, serves namespace ` +
        `${context.namespace} only; or a ClusterSecretStore for both`,
    );
  else
    at.require(
      args.store === undefined,
      "store",
      args.store,
      "left out: only a password from a SecretStore of another namespace needs one of the application's",
    );
  return args.store;
}
