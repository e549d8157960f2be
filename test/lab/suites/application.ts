import type { DatabaseEnv } from "../../../components/index";
import { type Cluster, judgeOf, type KubernetesObject, parseWaitFor, type Ref } from "../../../lab/cluster";
import { labImage } from "../../../lab/settings";

/** How an application logs in. */
export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** How a connection is verified. */
export interface Connection {
  readonly host: string;
  /** Default: `verify-full`. */
  readonly sslmode?: string;
  /** File of the CA. Default: that of the ConfigMap. */
  readonly sslrootcert?: string;
}

/** How a command runs in the pod. */
export interface ShellOptions {
  readonly input?: string;
  /** Default: `psql`. */
  readonly container?: "psql" | "client";
}

/**
 * A pod in a namespace of its own, as applications have one: with the CA out of the ConfigMap that the cluster's stack leaves
 * there. One container logs in as it is told, the other one has nothing but what `databaseEnv` says.
 */
export class Application {
  private constructor(
    private readonly cluster: Cluster,
    private readonly ref: Ref & { readonly namespace: string },
    private readonly login: Login,
    /** File of the CA. */
    private readonly ca: string,
  ) {}

  static async start(
    cluster: Cluster,
    namespace: string,
    client: DatabaseEnv,
    login: Login,
  ): Promise<Application> {
    const ref = { apiVersion: "v1", kind: "Pod", name: "d-application", namespace };
    const { env, volumes, volumeMounts } = client;
    const container = {
      image: labImage,
      command: ["sleep", "infinity"],
      volumeMounts,
      resources: { requests: { cpu: "50m", memory: "64Mi" } },
    };
    const pod: KubernetesObject = {
      apiVersion: ref.apiVersion,
      kind: ref.kind,
      metadata: { name: ref.name, namespace },
      spec: {
        restartPolicy: "Never",
        terminationGracePeriodSeconds: 0,
        containers: [
          { ...container, name: "psql" },
          { ...container, name: "client", env },
        ],
        volumes,
      },
    };
    await cluster.apply(pod);
    await cluster.waitFor(ref, judgeOf(parseWaitFor("condition=Ready")));
    const [mounted] = volumeMounts;
    return new Application(cluster, ref, login, `${mounted?.mountPath}/ca.crt`);
  }

  /** Keeps a password where psql looks it up: arguments of commands stand in messages. */
  async remember(password: string): Promise<void> {
    const { user } = this.login;
    const line = `*:*:*:${user}:${password}\n`;
    await this.shell("umask 077; cat >/tmp/pgpass", { input: line });
  }

  /** Writes a file. */
  async keep(file: string, content: string): Promise<void> {
    await this.shell(`cat >${file}`, { input: content });
  }

  /** Runs SQL through a connection; each statement is a transaction of its own. */
  async sql(connection: Connection, ...statements: string[]): Promise<string> {
    const quoted = statements.map((statement) => `-c '${statement.replaceAll("'", "'\\''")}'`);
    return (await this.shell(`${this.psql(connection)} ${quoted.join(" ")}`)).trim();
  }

  /** The command that connects. */
  psql(connection: Connection): string {
    return `timeout 300 psql '${this.conninfo(connection)}' -XqAt -v ON_ERROR_STOP=1`;
  }

  /** The same for a measurement. */
  pgbench(connection: Connection): string {
    return `timeout 300 pgbench -d '${this.conninfo(connection)}'`;
  }

  private conninfo({ host, sslmode = "verify-full", sslrootcert = this.ca }: Connection): string {
    const { user, database } = this.login;
    const parts = {
      host,
      user,
      dbname: database,
      sslmode,
      sslrootcert,
      passfile: "/tmp/pgpass",
      connect_timeout: 20,
    };
    return Object.entries(parts)
      .map(([key, value]) => `${key}=${value}`)
      .join(" ");
  }

  /** Runs a shell command in the pod: in its container `psql`, or in `client`. */
  shell(command: string, options: ShellOptions = {}): Promise<string> {
    const { name, namespace } = this.ref;
    const { container = "psql", ...rest } = options;
    const exec = ["exec", "-i", name, "-n", namespace, "-c", container, "--"];
    return this.cluster.kubectl([...exec, "bash", "-c", command], rest);
  }
}
