import { posix } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { ApplicationCa } from "../roles/summary";

/** An environment variable that comes from a Secret, as a container's `env` has it. */
export interface SecretEnvVar {
  name: string;
  valueFrom: SecretEnvSource;
}

/** Where the value of an environment variable is. */
export interface SecretEnvSource {
  secretKeyRef: SecretKey;
}

/** A key of a Secret. */
export interface SecretKey {
  name: string;
  key: string;
}

/** What of a Secret or ConfigMap a volume has. */
export interface CaItem {
  key: string;
  path: string;
}

/** The ConfigMap of a volume. */
export interface CaConfigMap {
  name: string;
  items: CaItem[];
}

/** The Secret of a volume: of it, one key and no other. */
export interface CaSecret {
  secretName: string;
  items: CaItem[];
}

/** A volume with the CA's certificate, as `volumes` of a pod has it. */
export interface CaVolume {
  name: string;
  configMap?: CaConfigMap;
  secret?: CaSecret;
}

/** Where that volume is in a container, as its `volumeMounts` has it. */
export interface CaVolumeMount {
  name: string;
  mountPath: string;
  readOnly: boolean;
}

/** What a Deployment needs to connect, and to be restarted when its Secret changes. */
export interface DatabaseEnv {
  /** For `env` of a container: libpq's variables, and `DATABASE_URL`. */
  env: SecretEnvVar[];
  /** For `metadata.annotations` of the Deployment, StatefulSet or DaemonSet. */
  annotations: { [name: string]: string };
  /** For `volumes` of the pod, and `volumeMounts` of the container: the CA, where the server is verified. */
  volumes: CaVolume[];
  volumeMounts: CaVolumeMount[];
}

/** Variables that libpq reads (and so psql, psycopg, pgx, node-postgres, …), by the Secret's key that each has. */
const libpq = {
  PGHOST: "host",
  PGPORT: "port",
  PGDATABASE: "database",
  PGUSER: "username",
  PGPASSWORD: "password",
  PGSSLMODE: "sslmode",
} as const;

/** Most libraries that read one variable read this one. */
const urlVariable = "DATABASE_URL";

/**
 * Makes Stakater's Reloader restart a workload when this Secret changes, and no other: environment variables are read once,
 * when a container starts.
 */
const reloadAnnotation = "secret.reloader.stakater.com/reload";

/**
 * How a Deployment uses the Secret of an application.
 *
 * @param secret name of the Secret in the Deployment's namespace, as `clusters.<key>.applications` of the environment has it
 * @param ca with `sslmode: verify-full`, the CA that stands there beside it
 * @example
 * const { env, annotations } = databaseEnv("orders-db-orders");
 * new Deployment("shop", {
 *   metadata: { namespace: "shop", annotations },
 *   spec: { …, template: { …, spec: { containers: [{ name: "shop", image, env }] } } },
 * });
 */
export function databaseEnv(secret: string, ca?: ApplicationCa): DatabaseEnv {
  const verified = ca === undefined ? {} : { PGSSLROOTCERT: "sslrootcert" };
  const variables = { ...libpq, ...verified, [urlVariable]: "uri" };
  return {
    env: Object.entries(variables).map(([name, key]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key } },
    })),
    annotations: { [reloadAnnotation]: secret },
    ...(ca === undefined ? { volumes: [], volumeMounts: [] } : caMounted(ca)),
  };
}

/** A folder, and not one file (`subPath`), which would never be renewed. */
function caMounted({ kind, name, key, path }: ApplicationCa): Pick<DatabaseEnv, "volumes" | "volumeMounts"> {
  const items = [{ key, path: posix.basename(path) }];
  const from = kind === "Secret" ? { secret: { secretName: name, items } } : { configMap: { name, items } };
  // A pod may use several clusters; and a volume's name has no dots.
  const volume = name.replaceAll(".", "-");
  return {
    volumes: [{ name: volume, ...from }],
    volumeMounts: [{ name: volume, mountPath: posix.dirname(path), readOnly: true }],
  };
}

/** Arguments of {@link DatabaseClient}. */
export interface DatabaseClientArgs {
  /** Name of the application's Secret, in the namespace of what uses it. */
  secret: pulumi.Input<string>;
  /** With `sslmode: verify-full`, the CA that stands beside it. Default: none. */
  ca?: pulumi.Input<ApplicationCa>;
}

/**
 * What {@link databaseEnv} answers, for a name that another resource or stack tells, and for programs in other languages. It
 * creates nothing.
 *
 * @example
 * const client = new DatabaseClient("shop", { secret: environment.clusters.apply((all) => all["orders-db"].applications[0].secret) });
 * // client.env, client.annotations, client.volumes, client.volumeMounts
 */
export class DatabaseClient extends pulumi.ComponentResource {
  public readonly env: pulumi.Output<SecretEnvVar[]>;
  public readonly annotations: pulumi.Output<{ [name: string]: string }>;
  public readonly volumes: pulumi.Output<CaVolume[]>;
  public readonly volumeMounts: pulumi.Output<CaVolumeMount[]>;

  constructor(name: string, args: DatabaseClientArgs, opts?: pulumi.ComponentResourceOptions) {
    super("pulumi-cnpg:index:DatabaseClient", name, {}, opts);
    const known = pulumi
      .all([args.secret, args.ca])
      .apply(([secret, ca]) => databaseEnv(secret, ca as ApplicationCa | undefined));
    this.env = known.env;
    this.annotations = known.annotations;
    this.volumes = known.volumes;
    this.volumeMounts = known.volumeMounts;
    const { env, annotations, volumes, volumeMounts } = this;
    this.registerOutputs({ env, annotations, volumes, volumeMounts });
  }
}
