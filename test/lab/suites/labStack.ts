import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import type { Cluster, KubernetesObject } from "../../../lab/cluster";
import { labImage } from "../../../lab/settings";
import type { Store } from "../../../lab/stack/store";
import { type Ended, Offline, root } from "../../engine/offline";

type Settings = { [key: string]: unknown };

/** Group and version of CNPG's kinds. */
export const cnpg = "postgresql.cnpg.io/v1";
// A lab whose registry has another image says which.
const image = process.env.LAB_IMAGE ?? labImage;

/** A stack in the lab with one small cluster, and `npm start -- --lab` on it as a person would. */
export class LabStack {
  readonly offline = new Offline();
  /** Name of its bucket: the namespace's. */
  readonly bucket: string;
  /** Path of its stack file. */
  readonly file = join(this.offline.folder, "Pulumi.dev.yaml");

  constructor(
    readonly cluster: Cluster,
    readonly store: Store,
    readonly namespace: string,
  ) {
    this.bucket = namespace;
  }

  /**
   * Writes the stack file, with these settings of the cluster and of the backups over the smallest.
   *
   * @returns all its settings by full key
   */
  write(
    own: Settings = {},
    backups: Settings = {},
    namespace = this.namespace,
    more: Settings = {},
  ): Settings {
    const config = {
      ...more,
      "gcp:project": "acme-lab",
      "gcp:region": "europe-west1",
      "pulumi-cnpg:profile": "dev",
      "pulumi-cnpg:backups": { bucket: this.bucket, forceDestroy: false, ...backups },
      "pulumi-cnpg:clusters": {
        db: {
          namespace,
          image,
          storage: { size: "1Gi" },
          resources: { cpu: "100m", memory: "512Mi" },
          databases: { orders: { owner: "orders" } },
          ...own,
        },
      },
    };
    writeFileSync(this.file, dump({ config }, { skipInvalid: true }));
    return config;
  }

  /** Runs it with further arguments. */
  start(...args: string[]): Promise<Ended> {
    return this.offline.start(["--lab", "--stack-file", this.file, ...args]);
  }

  /** Runs it, and sends a signal to all that it started as soon as it has printed something. */
  interrupted(when: RegExp, signal: NodeJS.Signals): Promise<Ended & { readonly seconds: number }> {
    return this.spawned([], (output, send) => {
      if (when.test(output())) send(signal);
    });
  }

  /** Runs it with further arguments, and kills all that it started after so many seconds, if it isn't over. */
  killedAfter(seconds: number, ...args: string[]): Promise<Ended & { readonly seconds: number }> {
    let armed = false;
    return this.spawned(args, (_, send) => {
      if (armed) return;
      armed = true;
      setTimeout(() => send("SIGKILL"), seconds * 1000).unref();
    });
  }

  /** Runs it in a process group of its own; `look` is called at the start and at all that it prints. */
  private spawned(
    more: readonly string[],
    look: (output: () => string, send: (signal: NodeJS.Signals) => void) => void,
  ): Promise<Ended & { readonly seconds: number }> {
    const args = ["--import", "tsx", "offline/start.ts", "--folder", this.offline.folder, "--lab"];
    const child = spawn(process.execPath, [...args, "--stack-file", this.file, ...more], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    return new Promise((done, failed) => {
      let output = "";
      let sent = 0;
      let over = false;
      const send = (signal: NodeJS.Signals) => {
        if (sent > 0 || over) return;
        sent = Date.now();
        process.kill(-(child.pid as number), signal);
      };
      const note = (chunk: Buffer) => {
        output += chunk.toString();
        look(() => output, send);
      };
      look(() => output, send);
      child.stdout.on("data", note);
      child.stderr.on("data", note);
      child.once("error", failed);
      child.once("exit", () => {
        over = true;
      });
      child.once("close", (code) => done({ code, output, seconds: (Date.now() - sent) / 1000 }));
    });
  }

  /** What SQL answers, as soon as it is `expected`; else the last answer. */
  async sql(statement: string, expected: string, database?: string): Promise<string> {
    let answer = "";
    for (let tries = 0; tries < 60 && answer !== expected; tries++) {
      if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 1000));
      answer = await this.cluster
        .sql(this.namespace, "db", statement, database)
        .catch((e: Error) => e.message);
    }
    return answer;
  }

  /** The stack's own objects in a namespace. */
  async objects(namespace = this.namespace): Promise<KubernetesObject[]> {
    const kinds = [
      [cnpg, "Cluster"],
      [cnpg, "Database"],
      [cnpg, "ScheduledBackup"],
      ["barmancloud.cnpg.io/v1", "ObjectStore"],
    ] as const;
    const lists = await Promise.all(
      kinds.map(([version, kind]) => this.cluster.list(version, kind, { namespace })),
    );
    return lists.flat();
  }

  /** Deletes every object of its bucket. */
  async emptyBucket(): Promise<void> {
    for (const name of await this.store.list(this.bucket)) await this.store.deleteObject(this.bucket, name);
  }

  /** A stack in a namespace in which nothing is, whatever a run that was killed has left there. */
  static async fresh(cluster: Cluster, store: Store, namespace: string): Promise<LabStack> {
    const stack = new LabStack(cluster, store, namespace);
    await stack.clear();
    return stack;
  }

  /** Takes everything away, whatever the test left. */
  async remove(): Promise<void> {
    await this.clear();
    this.offline.remove();
  }

  private async clear(): Promise<void> {
    const { cluster, namespace } = this;
    // A base backup that is under way holds a shutdown up for three minutes; here nobody needs it any more.
    await cluster.remove({ apiVersion: cnpg, kind: "Cluster", name: "db", namespace });
    await cluster.kubectl(["delete", "pods", "--all", "-n", namespace, "--grace-period=0", "--force"]);
    const ref = { apiVersion: "v1", kind: "Namespace", name: namespace };
    if (await cluster.remove(ref)) await cluster.gone(ref);
    if (!(await this.store.hasBucket(this.bucket))) return;
    await this.emptyBucket();
    await this.store.deleteBucket(this.bucket);
  }
}
