import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
  readonly kubernetes_sd_configs: Record<string, unknown>[];
  readonly tls_config?: { ca_file: string };
}

interface Rule {
  readonly alert?: string;
  readonly expr: string;
  for?: string;
}

interface Group {
  interval?: string;
  readonly rules: Rule[];
}

/** How long an alert has to hold here, in place of minutes and hours. */
const hold = "4s";

/**
 * A real Prometheus in the lab's network, with the scrape configuration and the rules of a ConfigMap that the components rendered.
 * Three things of them are changed: where the API server and the CAs are, how often rules are evaluated, and how long alerts have to
 * hold.
 */
export class Prometheus {
  private constructor(
    private readonly process: ChildProcess,
    private readonly address: string,
    private readonly folder: string,
  ) {}

  /** Why none can run here; undefined if one can. */
  static missing(): string | undefined {
    if (alive(labPaths(), "first") === undefined) return "the lab has no network of its own";
    return findProgram("prometheus") === undefined
      ? "there is no prometheus (Debian has it: apt-get install --no-install-recommends prometheus)"
      : undefined;
  }

  static async start(cluster: Cluster, map: KubernetesObject, kubeconfig: string): Promise<Prometheus> {
    const paths = labPaths();
    const inside = alive(paths, "first");
    const program = findProgram("prometheus");
    if (inside === undefined || program === undefined) throw new Error(Prometheus.missing());
    const folder = join(paths.run, "prometheus");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const { data } = map as unknown as { readonly data: Readonly<Record<string, string>> };
    const { scrape_configs: jobs } = load(data["scrape.yml"] ?? "") as { scrape_configs: Job[] };
    for (const job of jobs) await prepare(job, cluster, folder, kubeconfig);
    const { groups } = load(data["rules.yml"] ?? "") as { groups: Group[] };
    for (const group of groups) {
      group.interval = "2s";
      for (const rule of group.rules) if (rule.for !== undefined) rule.for = hold;
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
    const prometheus = new Prometheus(child, `http://${address}`, folder);
    await eventually("Prometheus", 60, async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus ended: ${said}`);
      const answer = await fetch(`http://${address}/-/ready`).catch(() => undefined);
      return answer?.ok === true ? undefined : said;
    });
    return prometheus;
  }

  async stop(): Promise<void> {
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

/** Has a job find the API server, and the CA of the cluster that it scrapes. */
async function prepare(job: Job, cluster: Cluster, folder: string, kubeconfig: string): Promise<void> {
  for (const discovery of job.kubernetes_sd_configs) discovery.kubeconfig_file = kubeconfig;
  if (job.tls_config === undefined) return;
  const [, namespace = "", name = ""] = /\/([^/]+)\/([^/]+)\/ca\.crt$/.exec(job.tls_config.ca_file) ?? [];
  const secret = await cluster.get({ apiVersion: "v1", kind: "Secret", name, namespace });
  const { data } = (secret ?? {}) as { data?: Record<string, string> };
  const file = join(folder, `${namespace}-${name}.crt`);
  writeFileSync(file, Buffer.from(data?.["ca.crt"] ?? "", "base64"));
  job.tls_config.ca_file = file;
}
