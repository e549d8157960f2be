import type { Cluster, KubernetesObject, Ref } from "../../../lab/cluster";
import { labImage } from "../../../lab/settings";
import { eventually, type Postgres } from "./postgres";

/**
 * Inserts the numbers from 1 on, each in a transaction and a connection of its own, and writes down after each whether
 * Postgres has confirmed it. A number is tried once: one that was not confirmed may be there all the same.
 */
const script = `
until timeout 10 psql "$URI" -Xqc 'CREATE TABLE IF NOT EXISTS kept (n int PRIMARY KEY)'; do sleep 1; done
n=0
while [ ! -e /tmp/stop ]; do
  n=$((n + 1))
  if why=$(timeout 5 psql "$URI" -Xqc "INSERT INTO kept (n) VALUES ($n)" 2>&1); then
    echo "kept $n"
  else
    echo "lost $n \${why:-no answer for 5 s}" | tr '\\n' ' '; echo; sleep 0.5
  fi
done
echo "done $n"`;

/** What a writer has seen so far. */
export interface Written {
  /** Numbers that Postgres has confirmed. */
  readonly kept: readonly number[];
  /** Numbers that it has not, and why. */
  readonly lost: ReadonlyMap<number, string>;
  /** The last number, if it has ended. */
  readonly done: number | undefined;
}

/** A pod that writes to a Postgres through its Service and the credentials of the owner, as an application does. */
export class Writer {
  private constructor(
    private readonly cluster: Cluster,
    private readonly ref: Ref & { readonly namespace: string },
  ) {}

  static async start(cluster: Cluster, { namespace, plan }: Postgres): Promise<Writer> {
    const [owner] = plan.databases.owners;
    if (owner === undefined) throw new Error("nobody owns a database");
    const ref = { apiVersion: "v1", kind: "Pod", name: "d-writer", namespace };
    const pod: KubernetesObject = {
      apiVersion: ref.apiVersion,
      kind: ref.kind,
      metadata: { name: ref.name, namespace },
      spec: {
        restartPolicy: "Never",
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: "psql",
            image: labImage,
            command: ["bash", "-c", script],
            env: [
              { name: "URI", valueFrom: { secretKeyRef: { name: owner.secretName, key: "uri" } } },
              { name: "PGCONNECT_TIMEOUT", value: "3" },
            ],
            resources: { requests: { cpu: "50m", memory: "64Mi" } },
          },
        ],
      },
    };
    await cluster.apply(pod);
    return new Writer(cluster, ref);
  }

  async written(): Promise<Written> {
    const log = await this.cluster.kubectl(["logs", this.ref.name, "-n", this.ref.namespace]);
    const kept: number[] = [];
    const lost = new Map<number, string>();
    let done: number | undefined;
    for (const [, word, number, why = ""] of log.matchAll(/^(kept|lost|done) (\d+) ?(.*)$/gm)) {
      if (word === "kept") kept.push(Number(number));
      else if (word === "lost") lost.set(Number(number), why);
      else done = Number(number);
    }
    return { kept, lost, done };
  }

  /** Waits until so many numbers are confirmed. */
  async confirmed(count: number): Promise<void> {
    await eventually(`${count} rows confirmed`, 300, async () => {
      const { kept, lost } = await this.written();
      return kept.length >= count
        ? undefined
        : `${kept.length} are, ${lost.size} are not: ${[...lost].at(-1)?.join(" ") ?? ""}`;
    });
  }

  /** Asks it to end; it does so after the number that it is at. */
  async stop(): Promise<void> {
    const { name, namespace } = this.ref;
    await this.cluster.kubectl(["exec", name, "-n", namespace, "--", "touch", "/tmp/stop"]);
  }
}
