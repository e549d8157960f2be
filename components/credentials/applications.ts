import type { ApplicationArgs } from "../args/credentials";
import type { Check } from "../check";
import type { ApplicationContext, ApplicationPlan } from "../plan/logins";
import { derivedName, namespaceName, objectName, objectNamePart } from "../units";
import { decideTarget } from "./target";

/** Decides the Secrets of the applications that log in as a role. */
export function decideApplications(
  check: Check,
  applications: readonly ApplicationArgs[] | undefined,
  context: ApplicationContext,
): ApplicationPlan[] {
  return (applications ?? []).map((args, i): ApplicationPlan => {
    const at = check.at(i);
    at.parse("namespace", args.namespace, namespaceName);
    at.parse("secret", args.secret, objectName);
    return {
      role: context.role,
      login: context.login,
      namespace: args.namespace,
      secretName: args.secret ?? derivedName([context.workload.cluster, objectNamePart(context.role)], 63),
      target: decideTarget(at, args, context),
      store: decideStore(at, args, context),
      after: context.after,
      path: `${context.path}[${i}]`,
    };
  });
}

/** A SecretStore serves its own namespace only. */
function decideStore(at: Check, args: ApplicationArgs, context: ApplicationContext): string | undefined {
  const { source } = context.login;
  const { namespace } = context.workload;
  at.parse("store", args.store, objectName);
  const needed =
    source.kind === "externalSecret" && source.store.kind === "SecretStore" && args.namespace !== namespace;
  if (needed)
    at.require(
      args.store !== undefined,
      "store",
      args.store,
      `the SecretStore of namespace ${args.namespace}: the role's, ${source.store.name}, serves namespace ` +
        `${namespace} only; or a ClusterSecretStore for both`,
    );
  else
    at.require(
      args.store === undefined,
      "store",
      args.store,
      "remove it: only a password from a SecretStore of another namespace needs one of the application's",
    );
  return args.store;
}
