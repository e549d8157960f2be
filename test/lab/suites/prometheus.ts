import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dump, load } from "js-yaml";
import type { Cluster, KubernetesObject } from "../../../lab/cluster";
import { alive, enter } from "../../../lab/daemons";
import { findProgram } from "../../../lab/needs";
import { labPaths } from "../../../lab/paths";
import type { Network } from "../../../lab/sandbox";
import { eventually } from "./eventually";

/** A series that a query found. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** An alert that fires or is pending. */
export interface LiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: "pending" | "firing";
}

interface Job {
  readonly job_name: string;
  kubernetes_sd_configs?: readonly { readonly namespaces: { readonly names: readonly string[] } }[];
  file_sd_configs?: readonly { readonly files: readonly string[]; readonly refresh_interval: string }[];
  readonly tls_config?: { ca_file: string };
}

interface Rule {
  readonly record?: string;
  expr: string;
  for?: string;
}

interface Group {
  interval?: string;
  readonly rules: Rule[];
}

/** How long an alert has to hold here, in place of minutes and hours. */
const hold = "4s";

/** Seconds between two base backups here, in place of ten minutes, the least that a stack file may say. */
export const backupInterval = 60;

/**
 * A real Prometheus in the lab's network, with the scrape configuration and the rules of a ConfigMap that the components rendered. Of them
 * are changed: where CAs are, how often rules are evaluated, how long alerts have to hold, what is compared with minutes ago, and how often
 * base backups are made. And since
 * Debian's build knows no Kubernetes, {@link Pods} tells it of pods, by the labels that its own discovery would give them.
 */
export class Prometheus {
  private constructor(
    private readonly process: ChildProcess,
    private readonly address: string,
    private readonly folder: string,
    private readonly pods: Pods,
  ) {}

  /** Why none can run here; undefined if one can. */
  static missing(): string | undefined {
    if (alive(labPaths(), "first") === undefined) return "the lab has no network of its own";
    return findProgram("prometheus") === undefined
      ? "there is no prometheus (Debian has it: apt-get install --no-install-recommends prometheus)"
      : undefined;
  }

  static async start(cluster: Cluster, map: KubernetesObject): Promise<Prometheus> {
    const paths = labPaths();
    const inside = alive(paths, "first");
    const program = findProgram("prometheus");
    if (inside === undefined || program === undefined) throw new Error(Prometheus.missing());
    const folder = join(paths.run, "prometheus");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const { data } = map as unknown as { readonly data: Readonly<Record<string, string>> };
    const { scrape_configs: jobs } = load(data["scrape.yml"] ?? "") as { scrape_configs: Job[] };
    const namespaces = jobs.flatMap((job) => job.kubernetes_sd_configs?.[0]?.namespaces.names ?? []);
    const pods = new Pods(cluster, [...new Set(namespaces)], join(folder, "pods.json"));
    await pods.begin();
    for (const job of jobs) await prepare(job, cluster, pods.file);
    const { groups } = load(data["rules.yml"] ?? "") as { groups: Group[] };
    for (const group of groups) {
      group.interval = "2s";
      for (const rule of group.rules) {
        if (rule.for !== undefined) rule.for = hold;
        rule.expr = rule.expr.replaceAll("[5m]", "[10s]").replaceAll("offset 15m", "offset 20s");
        if (rule.record?.includes("backup_interval") === true) rule.expr = `vector(${backupInterval})`;
      }
    }
    writeFileSync(join(folder, "rules.yml"), dump({ groups }));
    const config = { global: { evaluation_interval: "2s" }, rule_files: ["rules.yml"], scrape_configs: jobs };
    writeFileSync(join(folder, "prometheus.yml"), dump(config));
    const { node } = JSON.parse(readFileSync(join(paths.run, "network.json"), "utf8")) as Network;
    const address = `${node}:9390`;
    const [enterProgram = "", ...entered] = enter(inside);
    const child = spawn(
      enterProgram,
      [
        ...[...entered, "setpriv", "--pdeathsig", "KILL", "--", program],
        ...[`--config.file=${join(folder, "prometheus.yml")}`, `--storage.tsdb.path=${join(folder, "data")}`],
        ...[`--web.listen-address=${address}`, "--log.level=warn"],
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        said = `${said}${chunk}`.slice(-4000);
      });
    const prometheus = new Prometheus(child, `http://${address}`, folder, pods);
    await eventually("Prometheus", 60, async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus ended: ${said}`);
      const answer = await fetch(`http://${address}/-/ready`).catch(() => undefined);
      return answer?.ok === true ? undefined : said;
    });
    return prometheus;
  }

  async stop(): Promise<void> {
    await this.pods.end();
    if (this.process.exitCode === null) {
      const ended = new Promise((resolve) => this.process.once("exit", resolve));
      this.process.kill("SIGKILL");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The series that an expression has now. */
  async query(expression: string): Promise<readonly Sample[]> {
    const { result } = await this.ask<{ result: Sample[] }>(`query?query=${encodeURIComponent(expression)}`);
    return result;
  }

  /** Names of all metrics that were scraped. */
  names(): Promise<readonly string[]> {
    return this.ask<string[]>("label/__name__/values");
  }

  /** The alerts that fire, as `<name> <namespace>/<cluster>`. */
  async firing(): Promise<readonly string[]> {
    const { alerts } = await this.ask<{ alerts: LiveAlert[] }>("alerts");
    return alerts
      .filter(({ state }) => state === "firing")
      .map(({ labels }) => `${labels.alertname} ${labels.namespace}/${labels.cnpg_cluster}`)
      .sort();
  }

  /** What is wrong with rules; nothing if all of them are evaluated. */
  async unhealthy(): Promise<readonly string[]> {
    const { groups } = await this.ask<{
      groups: { rules: { name: string; health: string; lastError?: string }[] }[];
    }>("rules");
    return groups
      .flatMap(({ rules }) => rules)
      .filter(({ health }) => health !== "ok")
      .map(({ name, health, lastError }) => `${name}: ${health} ${lastError ?? ""}`);
  }

  private async ask<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.address}/api/v1/${path}`);
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
    if (status !== "success") throw new Error(`Prometheus refuses ${path}: ${error}`);
    return data;
  }
}

/** Has a job find pods by a file, and the CA of the cluster that it scrapes. */
async function prepare(job: Job, cluster: Cluster, pods: string): Promise<void> {
  delete job.kubernetes_sd_configs;
  job.file_sd_configs = [{ files: [pods], refresh_interval: "2s" }];
  if (job.tls_config === undefined) return;
  const [, namespace = "", name = ""] = /\/([^/]+)\/([^/]+)\/ca\.crt$/.exec(job.tls_config.ca_file) ?? [];
  const secret = await cluster.get({ apiVersion: "v1", kind: "Secret", name, namespace });
  const { data } = (secret ?? {}) as { data?: Record<string, string> };
  const file = join(dirname(pods), `${namespace}-${name}.crt`);
  writeFileSync(file, Buffer.from(data?.["ca.crt"] ?? "", "base64"));
  job.tls_config.ca_file = file;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly {
      readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
    }[];
  };
  readonly status: { readonly podIP?: string; readonly phase: string };
}

/** Writes all the time what Prometheus' own discovery of pods would find: a stand-in for that, with its labels. */
class Pods {
  private going = true;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly cluster: Cluster,
    private readonly namespaces: readonly string[],
    readonly file: string,
  ) {}

  async begin(): Promise<void> {
    await this.write();
    this.loop = (async () => {
      while (this.going) {
        await new Promise((resolve) => setTimeout(resolve, 1000));
        await this.write().catch(() => undefined);
      }
    })();
  }

  async end(): Promise<void> {
    this.going = false;
    await this.loop;
  }

  private async write(): Promise<void> {
    const lists = await Promise.all(
      this.namespaces.map(async (namespace) => {
        const pods = (await this.cluster.list("v1", "Pod", { namespace })) as unknown as Pod[];
        return pods.flatMap((pod) => targetsOf(namespace, pod));
      }),
    );
    const next = `${this.file}.next`;
    writeFileSync(next, JSON.stringify(lists.flat()));
    renameSync(next, this.file);
  }
}

function targetsOf(namespace: string, { metadata, spec, status }: Pod) {
  const { podIP, phase } = status;
  if (podIP === undefined) return [];
  const ports = spec.containers.flatMap(({ ports = [] }) => ports);
  const meta = "__meta_kubernetes_pod_";
  const own = Object.entries(metadata.labels ?? {}).map(([name, value]) => [
    `${meta}label_${name.replace(/\W/g, "_")}`,
    value,
  ]);
  return ports.map(({ name = "", containerPort }) => ({
    targets: [`${podIP}:${containerPort}`],
    labels: {
      ...Object.fromEntries(own),
      __meta_kubernetes_namespace: namespace,
      [`${meta}name`]: metadata.name,
      [`${meta}phase`]: phase,
      [`${meta}container_port_name`]: name,
    },
  }));
}
