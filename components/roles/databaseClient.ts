import * as pulumi from "@pulumi/pulumi";

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

/** What a Deployment needs to connect, and to be restarted when its Secret changes. */
export interface DatabaseEnv {
  /** For `env` of a container: libpq's variables, and `DATABASE_URL`. */
  env: SecretEnvVar[];
  /** For `metadata.annotations` of the Deployment, StatefulSet or DaemonSet. */
  annotations: { [name: string]: string };
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
 * @example
 * const { env, annotations } = databaseEnv("orders-db-orders");
 * new Deployment("shop", {
 *   metadata: { namespace: "shop", annotations },
 *   spec: { …, template: { …, spec: { containers: [{ name: "shop", image, env }] } } },
 * });
 */
export function databaseEnv(secret: string): DatabaseEnv {
  const variables = { ...libpq, [urlVariable]: "uri" };
  return {
    env: Object.entries(variables).map(([name, key]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key } },
    })),
    annotations: { [reloadAnnotation]: secret },
  };
}

/** Arguments of {@link DatabaseClient}. */
export interface DatabaseClientArgs {
  /** Name of the application's Secret, in the namespace of what uses it. */
  secret: pulumi.Input<string>;
}

/**
 * The same as {@link databaseEnv} for a name that another resource or stack tells, and for programs in other languages. It
 * creates nothing.
 *
 * @example
 * const client = new DatabaseClient("shop", { secret: environment.clusters.apply((all) => all["orders-db"].applications[0].secret) });
 * // client.env, client.annotations
 */
export class DatabaseClient extends pulumi.ComponentResource {
  public readonly env: pulumi.Output<SecretEnvVar[]>;
  public readonly annotations: pulumi.Output<{ [name: string]: string }>;

  constructor(name: string, args: DatabaseClientArgs, opts?: pulumi.ComponentResourceOptions) {
    super("pulumi-cnpg:index:DatabaseClient", name, {}, opts);
    const known = pulumi.output(args.secret).apply(databaseEnv);
    this.env = known.env;
    this.annotations = known.annotations;
    this.registerOutputs({ env: this.env, annotations: this.annotations });
  }
}
