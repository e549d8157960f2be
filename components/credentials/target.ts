import { type ApplicationArgs, ApplicationService, ApplicationSslMode } from "../args/credentials";
import { defaults } from "../args/defaults";
import type { Check } from "../check";
import type { ApplicationTarget, TargetContext } from "../plan/logins";
import { matching, type Parsed } from "../units";
import { caConfigMap, caKey } from "../units/caKey";

/** Decides where an application connects to, and how it knows that it is there. */
export function decideTarget(check: Check, args: ApplicationArgs, context: TargetContext): ApplicationTarget {
  const { workload, instances, poolers } = context;
  const { namespace, cluster } = workload;
  const service =
    check.oneOf("service", args.service, ApplicationService) ?? defaults.ApplicationArgs.service;
  check.require(
    service !== ApplicationService.ReadOnly || instances > 1,
    "service",
    service,
    "r, or 2 or more instances: ro leads to the replicas, and there is none",
  );
  const pooler = poolers.find(({ key }) => key === args.pooler);
  const known = poolers.map(({ key }) => key).join(", ") || "declare one under poolers";
  check.require(args.pooler === undefined || pooler !== undefined, "pooler", args.pooler, known);
  check.require(
    args.pooler === undefined || args.service === undefined,
    "service",
    args.service,
    "remove it with pooler, whose type says whether it leads to rw, ro or r",
  );
  const sslmode =
    check.oneOf("sslmode", args.sslmode, ApplicationSslMode) ?? defaults.ApplicationArgs.sslmode;
  const verifies = sslmode === ApplicationSslMode.VerifyFull;
  check.require(
    !verifies || pooler === undefined || pooler.showsServerCertificate,
    "sslmode",
    args.sslmode,
    `require with pooler ${args.pooler}, or none of its clientTLSSecret: which CA signed that certificate, nobody here knows`,
  );
  check.require(
    args.sslrootcert === undefined || verifies,
    "sslrootcert",
    args.sslrootcert,
    "remove it without sslmode verify-full: the certificate would not be looked at",
  );
  check.parse("sslrootcert", args.sslrootcert, containerPath);
  return {
    service: pooler?.spec.type ?? service,
    pooler: pooler?.key,
    host: pooler?.host ?? workload.host(service),
    sslmode,
    verified: verifies
      ? {
          sslrootcert: args.sslrootcert ?? `/etc/${cluster}/${caKey}`,
          ca:
            args.namespace === namespace
              ? { kind: "Secret", name: context.caSecret }
              : { kind: "ConfigMap", name: caConfigMap(cluster) },
        }
      : undefined,
  };
}

function containerPath(text: string): Parsed<string> {
  return matching(
    text,
    /^(\/[A-Za-z0-9_][A-Za-z0-9._-]*){2,}$/,
    "the absolute path of a file in a folder of its own, of letters, digits, dots, hyphens and underscores, such as /etc/orders-db/ca.crt",
  );
}

/** Namespaces whose applications verify the server, and so need its CA: those of others, as it is in the cluster's own. */
export function verifyingNamespaces(
  own: string,
  holders: readonly { readonly applications?: readonly ApplicationArgs[] }[],
): string[] {
  const verifying = holders
    .flatMap(({ applications = [] }) => applications)
    .filter(({ sslmode, namespace }) => sslmode === ApplicationSslMode.VerifyFull && namespace !== own);
  return [...new Set(verifying.map(({ namespace }) => namespace))];
}
