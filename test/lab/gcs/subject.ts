import { setTimeout as pause } from "node:timers/promises";
import type { BackupPlan } from "../../../components/plan/backup";
import type { EnvironmentPlan } from "../../../components/plan/environment";
import { type Cluster, ClusterError, type KubernetesObject } from "../../../lab/cluster";
import { manifestsOf } from "../../helpers/manifestsOf";
import type { GcsProxy, RecordedCall } from "./proxy";

/** What came of something that a cluster does with its bucket. */
export interface Outcome {
  readonly ok: boolean;
  /** What was said about it, where an operator of databases would look; empty if nothing was. */
  readonly said: string;
  /** The calls that it made. */
  readonly calls: readonly RecordedCall[];
}

const cnpg = "postgresql.cnpg.io/v1";

/** A small pod: the plan's size is for GKE. */
const labResources = {
  requests: { cpu: "50m", memory: "512Mi" },
  limits: { memory: "1Gi" },
};

/** The one cluster of a plan, on a lab: what it does with its bucket, done at once and waited for. */
export class Subject {
  readonly namespace: string;
  readonly name: string;
  readonly backup: BackupPlan;
  private backups = 0;

  constructor(
    private readonly cluster: Cluster,
    readonly plan: EnvironmentPlan,
    private readonly proxy: GcsProxy,
  ) {
    const [only, second] = plan.clusters;
    if (only?.plan.backup === undefined || second !== undefined)
      throw new Error("a plan of one cluster with backups is needed");
    this.namespace = only.plan.workload.namespace;
    this.name = only.plan.workload.cluster;
    this.backup = only.plan.backup;
  }

  /** Below which all objects of this generation of the cluster are. */
  get folder(): string {
    return `${this.backup.location.objectPrefix}${this.backup.location.serverName}/`;
  }

  /**
   * Applies what the plan renders. Changed for the lab: the pod's size, and that the sidecar looks after old backups
   * only when it starts, so that the calls of that don't mix with those that are looked at.
   */
  async create(): Promise<void> {
    await this.cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: this.namespace } });
    for (const owner of this.plan.clusters[0]?.plan.databases.owners ?? []) {
      await this.cluster.apply({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: owner.secretName, namespace: this.namespace },
        type: "kubernetes.io/basic-auth",
        stringData: { username: owner.role, password: "lab-password" },
      });
    }
    const manifests = manifestsOf(this.plan) as unknown as KubernetesObject[];
    for (const manifest of manifests.filter(({ kind }) => kind === "ObjectStore" || kind === "Cluster")) {
      const spec = manifest.spec as { instanceSidecarConfiguration?: object };
      await this.cluster.apply({
        ...manifest,
        spec:
          manifest.kind === "Cluster"
            ? { ...spec, resources: labResources }
            : {
                ...spec,
                instanceSidecarConfiguration: {
                  ...spec.instanceSidecarConfiguration,
                  retentionPolicyIntervalSeconds: 3600,
                },
              },
      });
    }
  }

  /** Waits for the condition ContinuousArchiving to be as given, and returns its message. */
  async archiving(status: "True" | "False", about = ""): Promise<string> {
    const { ref } = this;
    let message = "";
    await this.cluster.waitFor(
      ref,
      (object) => {
        const { conditions = [] } = (object?.status ?? {}) as {
          conditions?: { type: string; status: string; message?: string }[];
        };
        const found = conditions.find(({ type }) => type === "ContinuousArchiving");
        message = found?.message ?? "";
        const there = found?.status === status && message.includes(about);
        return there ? [] : [`ContinuousArchiving=${status} (${found?.status ?? "none"}: ${message})`];
      },
      { timeout: 300, interval: 200 },
    );
    return message;
  }

  /** Ends a WAL file, and waits until it is in the bucket or its archiving has failed. */
  async archive(): Promise<Outcome> {
    this.proxy.forget();
    const answer = await this.sql(`
      create temp table before as select failed_count as failed from pg_stat_archiver;
      select pg_logical_emit_message(true, 'lab', 'something to archive') is null;
      create temp table switched as select pg_walfile_name(pg_switch_wal()) as wal;
      do $$ begin
        for i in 1..1000 loop
          perform pg_stat_clear_snapshot();
          exit when exists (select from pg_stat_archiver, before, switched
                            where last_archived_wal >= wal or failed_count > failed);
          perform pg_sleep(0.1);
        end loop;
      end $$;
      select coalesce(last_archived_wal, '') >= wal from pg_stat_archiver, switched`);
    const ok = answer.split("\n").at(-1) === "t";
    const said = await this.archiving(ok ? "True" : "False");
    return { ok, said, calls: this.proxy.forget() };
  }

  /** Takes a base backup as the plan's schedule would, and waits for its end. */
  async backUp(): Promise<Outcome & { readonly id: string }> {
    // A base backup waits for a checkpoint that takes its time; after this one it finds nothing left to do.
    await this.sql("checkpoint");
    this.proxy.forget();
    this.backups += 1;
    const { method, pluginConfiguration, cluster } = this.backup.scheduledBackup.spec;
    const ref = { apiVersion: cnpg, kind: "Backup", name: `lab-${this.backups}`, namespace: this.namespace };
    await this.cluster.apply({
      apiVersion: cnpg,
      kind: "Backup",
      metadata: { name: ref.name, namespace: this.namespace },
      spec: { method, pluginConfiguration, cluster },
    });
    const ended = await this.cluster.waitFor(
      ref,
      (object) => {
        const { phase = "no phase" } = (object?.status ?? {}) as { phase?: string };
        return phase === "completed" || phase === "failed" ? [] : [`its end (${phase})`];
      },
      { timeout: 300, interval: 200 },
    );
    const { phase, error = "", backupId: id = "" } = (ended?.status ?? {}) as Record<string, string>;
    return { ok: phase === "completed", said: error, calls: this.proxy.forget(), id };
  }

  /** Ids of the base backups that Kubernetes knows of. */
  async knownBackups(): Promise<string[]> {
    const backups = await this.cluster.list(cnpg, "Backup", { namespace: this.namespace });
    return backups.map((each) => (each.status as { backupId?: string } | undefined)?.backupId ?? "");
  }

  /** Deletes old backups by the command with which the sidecar does it, of another policy than the plan's. */
  deleteOld(policy: string): Promise<Outcome> {
    return this.barman("barman-cloud-backup-delete", ["--retention-policy", policy]);
  }

  /** Starts the sidecar anew: the first that it does is to look after old backups. */
  async restartSidecar(): Promise<void> {
    const starts = await this.sidecarStarts();
    this.proxy.forget();
    // It is process 1 in its container, and there is no shell; Python is there for Barman. It takes this call with it.
    await this.inSidecar(["python3", "-c", "import os, signal; os.kill(1, signal.SIGTERM)"]).catch(() => {});
    for (const deadline = Date.now() + 60_000; (await this.sidecarStarts()) <= starts; await pause(300))
      if (Date.now() > deadline) throw new Error("the sidecar did not start again within a minute");
  }

  /** How often the sidecar has been started, as soon as it runs. */
  private async sidecarStarts(): Promise<number> {
    const ref = { apiVersion: "v1", kind: "Pod", name: `${this.name}-1`, namespace: this.namespace };
    const { initContainerStatuses = [] } = ((await this.cluster.get(ref))?.status ?? {}) as {
      initContainerStatuses?: { name: string; restartCount: number; started?: boolean }[];
    };
    const sidecar = initContainerStatuses.find(({ name }) => name === "plugin-barman-cloud");
    return sidecar?.started === true ? sidecar.restartCount : -1;
  }

  /** What the sidecar wrote since it was started. */
  sidecarLog(): Promise<string> {
    return this.cluster.kubectl([
      "logs",
      "-n",
      this.namespace,
      `${this.name}-1`,
      "-c",
      "plugin-barman-cloud",
    ]);
  }

  /** Whether Barman archives a WAL file, the last one that is in the bucket, once more, as Postgres asks it to when it didn't hear of the first time. */
  async archiveAgain(): Promise<Outcome> {
    const wal = await this.sql(
      "select last_archived_wal from pg_stat_archiver where last_archived_wal not like '%.%'",
    );
    return this.barman(
      "barman-cloud-wal-archive",
      ["--gzip"],
      [`/var/lib/postgresql/data/pgdata/pg_wal/${wal}`],
    );
  }

  /** Runs SQL in the cluster. */
  sql(statement: string): Promise<string> {
    return this.cluster.sql(this.namespace, this.name, statement, "app");
  }

  /** Runs one of Barman's commands as the sidecar does. */
  private async barman(
    command: string,
    options: readonly string[],
    last: readonly string[] = [],
  ): Promise<Outcome> {
    const { destinationPath, serverName } = this.backup.location;
    const provider = ["--cloud-provider", "google-cloud-storage"];
    this.proxy.forget();
    try {
      const said = await this.inSidecar([
        command,
        ...provider,
        ...options,
        destinationPath,
        serverName,
        ...last,
      ]);
      return { ok: true, said, calls: this.proxy.forget() };
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      return { ok: false, said: error.message, calls: this.proxy.forget() };
    }
  }

  private inSidecar(command: readonly string[]): Promise<string> {
    const pod = ["-n", this.namespace, `${this.name}-1`, "-c", "plugin-barman-cloud"];
    return this.cluster.kubectl(["exec", ...pod, "--", ...command]);
  }

  private get ref() {
    return { apiVersion: cnpg, kind: "Cluster", name: this.name, namespace: this.namespace };
  }
}
