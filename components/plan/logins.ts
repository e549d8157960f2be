import type { ApplicationService, ApplicationSslMode } from "../args/credentials";
import type { Workload } from "../units/workload";
import type { PoolerPlan } from "./pooler";

/** Where an application connects to. */
export interface ApplicationTarget {
  /** `rw`, `ro` or `r`: the Service, or what the pooler leads to. */
  readonly service: ApplicationService;
  /** Key of the pooler; undefined for the cluster's own Service. */
  readonly pooler: string | undefined;
  readonly host: string;
  readonly sslmode: ApplicationSslMode;
  /** Only with `verify-full`: path of the CA's certificate in the client's container, and what is mounted there. */
  readonly verified: { readonly sslrootcert: string; readonly ca: CaSource } | undefined;
}

/** Where the CA's certificate is, `ca.crt`, for a client in one namespace. */
export interface CaSource {
  /** `Secret` in the cluster's own namespace: of it, nothing else is to be mounted. */
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
}

/** What an application can be pointed at. */
export interface TargetContext {
  readonly workload: Workload;
  readonly instances: number;
  readonly poolers: readonly PoolerPlan[];
  /** Secret in the cluster's namespace with the server's CA. */
  readonly caSecret: string;
}

/** What an application logs in to. */
export interface ApplicationContext extends TargetContext {
  /** Where they stand in the stack file, below the cluster. */
  readonly path: string;
  /** The role as the stack file names it. */
  readonly role: string;
  readonly login: LoginPlan;
  readonly after: readonly string[];
}

/** What stands under a key of a Secret: a text, or one around the password, as it is or as it stands in a URI. */
export type SecretValue =
  | string
  | { readonly before: string; readonly password: "raw" | "encoded"; readonly after: string };

/** The values of a Secret by key. */
export type SecretContent = Readonly<Record<string, SecretValue>>;

/** Where a password comes from, decided. */
export type PasswordSource =
  | { readonly kind: "random"; readonly length: number; readonly rotation: number }
  /** A Secret that somebody else makes. */
  | { readonly kind: "secret" }
  /** Secrets that GitOps makes, also those of the applications. */
  | { readonly kind: "sops" }
  | {
      readonly kind: "externalSecret";
      readonly store: { readonly name: string; readonly kind: "ClusterSecretStore" | "SecretStore" };
      readonly remoteRef: { readonly key: string; readonly property?: string };
      readonly refreshInterval: string;
    }
  | {
      readonly kind: "generator";
      /** `spec` of its `Password`. */
      readonly spec: Readonly<Record<string, unknown>>;
      readonly refreshInterval: string;
    };

/** A Postgres user with a password, and the Secret that CNPG reads it from. */
export interface LoginPlan {
  /** Its name in Postgres. */
  readonly role: string;
  /** Name of the Secret in the cluster's namespace that CNPG reads its password from. */
  readonly secretName: string;
  /** Name of the Secret that everybody else knows, where that comes later, after masking. Default: `secretName`. */
  readonly shownAs?: string;
  /** The database that the Secret's `uri` leads to. */
  readonly database: string;
  readonly source: PasswordSource;
  /**
   * Whether CNPG sets the password as it stands in the Secret, with blanks and line breaks around it: that of the owner who
   * comes with the Cluster (`reconcileUser` in controller/instance_controller.go), and no other's. Default: `false`.
   */
  readonly verbatim?: boolean;
}

/** The Secret of an application. */
export interface ApplicationPlan {
  /** The role as the stack file names it; the user may be another, where two take turns. */
  readonly role: string;
  readonly login: LoginPlan;
  readonly namespace: string;
  readonly secretName: string;
  readonly target: ApplicationTarget;
  /** The SecretStore in its namespace, where it is not the role's. */
  readonly store: string | undefined;
  /** What has to be there before, as `PlannedObject.after` has it. */
  readonly after: readonly string[];
  /** Where it stands in the stack file, below the cluster. */
  readonly path: string;
}

/** The key of what makes a login's Secret, for `PlannedObject.after`; none where somebody else makes it. */
export function secretKeys({ role, source }: LoginPlan): string[] {
  return source.kind === "secret" || source.kind === "sops" ? [] : [`secret/${role}`];
}

/** Name of the Secret that applications and people know. */
export const shownName = ({ shownAs, secretName }: Pick<LoginPlan, "shownAs" | "secretName">): string =>
  shownAs ?? secretName;
