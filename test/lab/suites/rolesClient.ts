import { type Cluster, judgeOf, type KubernetesObject, parseWaitFor } from "../../../lab/cluster";
import { labImage } from "../../../lab/settings";
import { eventually } from "./postgres";

/** Logs in again and again, with what the Secret says now and with what it said when the pod began. */
const script = `
try() {
  if user=$(timeout 5 psql "$2" -XAtqc 'SELECT current_user' 2>/tmp/why); then echo "$1 in $user"
  else echo "$1 out $(head -c 300 /tmp/why | tr '\\n' ' ')"; fi
}
while [ ! -e /tmp/stop ]; do
  try began "$URI"
  try follows "$(cat /secret/uri)"
  sleep 0.2
done
echo done`;

/** How often a client was let in, and how often not. */
export interface Logins {
  readonly in: number;
  readonly out: number;
  /** Who it was at last. */
  readonly user: string | undefined;
  /** Why it was not let in, each reason once. */
  readonly why: readonly string[];
}

/** A pod of an application: it knows its Secret, and nothing else. */
export class LoginClient {
  private constructor(
    private readonly lab: Cluster,
    readonly name: string,
    readonly namespace: string,
  ) {}

  /** Starts one, and waits until it has been let in both ways. */
  static async start(lab: Cluster, namespace: string, secret: string): Promise<LoginClient> {
    const name = `client-${secret}`;
    const ref = { apiVersion: "v1", kind: "Pod", name, namespace };
    const pod: KubernetesObject = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace },
      spec: {
        restartPolicy: "Never",
        terminationGracePeriodSeconds: 0,
        volumes: [{ name: "secret", secret: { secretName: secret } }],
        containers: [
          {
            name: "psql",
            image: labImage,
            command: ["bash", "-c", script],
            env: [
              { name: "URI", valueFrom: { secretKeyRef: { name: secret, key: "uri" } } },
              { name: "PGCONNECT_TIMEOUT", value: "5" },
            ],
            volumeMounts: [{ name: "secret", mountPath: "/secret" }],
            resources: { requests: { cpu: "50m", memory: "64Mi" } },
          },
        ],
      },
    };
    await lab.apply(pod);
    await lab.waitFor(ref, judgeOf(parseWaitFor("condition=Ready")));
    const client = new LoginClient(lab, name, namespace);
    for (const way of ["began", "follows"] as const)
      await eventually(`${name} let in`, 120, async () => {
        const { in: count, why } = await client.logins(way);
        return count > 0 ? undefined : why.join("; ");
      });
    return client;
  }

  /**
   * What it has seen so far.
   *
   * @param way `began` with the Secret that it began with, `follows` with the one that is mounted now
   */
  async logins(way: "began" | "follows"): Promise<Logins> {
    const log = await this.lab.kubectl(["logs", this.name, "-n", this.namespace]);
    const seen = [...log.matchAll(/^(began|follows) (in|out) (.*)$/gm)].filter(([, of]) => of === way);
    const outs = seen.filter(([, , how]) => how === "out");
    return {
      in: seen.length - outs.length,
      out: outs.length,
      user: seen.filter(([, , how]) => how === "in").at(-1)?.[3],
      why: [...new Set(outs.map(([, , , why = ""]) => why))],
    };
  }

  /** Runs SQL in it with a URI of its own choice, and returns what psql prints, or its error. */
  psql(uri: string, statement: string): Promise<string> {
    return this.exec(["psql", uri, "-XAtqc", statement]);
  }

  /** Who it is with a client certificate, or why it is not let in. */
  certified(host: string, user: string, certificate: string, key: string): Promise<string> {
    const script = `umask 077; cd /tmp; printf %s "$0" >c.crt; printf %s "$1" >c.key
      psql "host=${host} dbname=orders user=${user} sslmode=require sslcert=/tmp/c.crt sslkey=/tmp/c.key" -XAtqc 'SELECT current_user'`;
    return this.exec(["bash", "-c", script, certificate, key]);
  }

  /** Runs a command in it, and returns what it prints, or its error. */
  async exec(command: readonly string[]): Promise<string> {
    const args = ["exec", this.name, "-n", this.namespace, "--", ...command];
    return (await this.lab.kubectl(args).catch((error: unknown) => (error as Error).message)).trim();
  }

  /** Stops it, and returns when it has said its last word. */
  async stop(): Promise<void> {
    await this.lab.kubectl(["exec", this.name, "-n", this.namespace, "--", "touch", "/tmp/stop"]);
    await eventually(`${this.name} done`, 60, async () =>
      /^done$/m.test(await this.lab.kubectl(["logs", this.name, "-n", this.namespace]))
        ? undefined
        : "it goes on",
    );
  }
}
