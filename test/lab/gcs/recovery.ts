import type { Cluster } from "../../../lab/cluster";
import type { Subject } from "./subject";

/** Where a copy of a cluster is made from its archive. */
export interface RecoveryTarget {
  readonly namespace: string;
  /** Name of the new cluster. */
  readonly name: string;
  /** Value of STORAGE_EMULATOR_HOST: who the copy is to the bucket. */
  readonly emulator: string;
  /** The base backup that it starts from. */
  readonly backupId: string;
  /**
   * The restore point that it goes on to. Without an end, it would go on as long as the source archives, and Barman
   * needs hundreds of calls for a small WAL file: it asks for more at its end once for every 64 KiB that come out of it.
   */
  readonly restorePoint: string;
}

const cnpg = "postgresql.cnpg.io/v1";

/** A copy of a cluster, made from its archive alone; it archives nothing itself. */
export class Recovery {
  constructor(
    private readonly cluster: Cluster,
    private readonly source: Subject,
    private readonly target: RecoveryTarget,
  ) {}

  /** Begins it. */
  async create(): Promise<void> {
    const { namespace, name, emulator, backupId, restorePoint } = this.target;
    const { location } = this.source.backup;
    // The same parameters: recovery refuses smaller ones, and others would have Postgres restarted after it.
    const { imageName, postgresql } = this.source.plan.clusters[0]?.plan.spec ?? {};
    const origin = "origin";
    await this.cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await this.cluster.apply({
      apiVersion: "barmancloud.cnpg.io/v1",
      kind: "ObjectStore",
      metadata: { name: origin, namespace },
      spec: {
        configuration: {
          destinationPath: location.destinationPath,
          googleCredentials: { gkeEnvironment: true },
        },
        instanceSidecarConfiguration: { env: [{ name: "STORAGE_EMULATOR_HOST", value: emulator }] },
      },
    });
    await this.cluster.apply({
      apiVersion: cnpg,
      kind: "Cluster",
      metadata: { name, namespace },
      spec: {
        instances: 1,
        imageName,
        storage: { size: "1Gi" },
        resources: { requests: { cpu: "50m", memory: "512Mi" }, limits: { memory: "1Gi" } },
        postgresql,
        bootstrap: {
          recovery: {
            source: origin,
            database: "app",
            owner: "app",
            recoveryTarget: { backupID: backupId, targetName: restorePoint },
          },
        },
        externalClusters: [
          {
            name: origin,
            plugin: {
              name: "barman-cloud.cloudnative-pg.io",
              parameters: { barmanObjectName: origin, serverName: location.serverName },
            },
          },
        ],
      },
    });
  }

  /** Waits until it is a running database. */
  async ready(): Promise<void> {
    const { namespace, name } = this.target;
    await this.cluster.waitFor(
      { apiVersion: cnpg, kind: "Cluster", name, namespace },
      (object) => {
        const { readyInstances = 0, phase = "no phase" } = (object?.status ?? {}) as {
          readyInstances?: number;
          phase?: string;
        };
        return readyInstances === 1 ? [] : [`its instance (${phase})`];
      },
      { timeout: 300, interval: 300 },
    );
  }

  /** Waits until an attempt has failed, and returns why; then the copy is removed. */
  async failure(): Promise<string> {
    const { namespace, name } = this.target;
    const job = `${name}-1-full-recovery`;
    await this.cluster.waitFor(
      { apiVersion: "batch/v1", kind: "Job", name: job, namespace },
      (object) => {
        const { failed = 0 } = (object?.status ?? {}) as { failed?: number };
        return failed > 0 ? [] : ["its failure"];
      },
      { timeout: 300, interval: 300 },
    );
    const log = await this.cluster.kubectl(["logs", "-n", namespace, `job/${job}`, "-c", "full-recovery"]);
    await this.cluster.remove({ apiVersion: cnpg, kind: "Cluster", name, namespace });
    return /"msg":"restore error".*?"error":"([^"]*)"/.exec(log)?.[1] ?? log;
  }

  /** Runs SQL in the copy. */
  sql(statement: string): Promise<string> {
    return this.cluster.sql(this.target.namespace, this.target.name, statement, "app");
  }
}
