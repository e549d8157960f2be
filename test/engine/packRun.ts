import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as gcpTypes from "@pulumi/gcp";
import type * as k8sTypes from "@pulumi/kubernetes";
import { getPulumiCli } from "../../cli";
import { type Operation, runOffline } from "../../offline/engine";
import { type Ended, root, type StateResource } from "./offline";

/** A program that uses none of our components, run with the pack through the real engine. */
export class PackRun {
  readonly folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-pack-"));
  private readonly stack: string;

  constructor(stack = "test") {
    this.stack = stack;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs an operation with the pack, under this configuration. */
  async run(operation: Operation, program: () => void, config?: unknown, policies = true): Promise<Ended> {
    let output = "";
    const file = join(this.folder, "policies.json");
    if (config !== undefined)
      writeFileSync(file, typeof config === "string" ? config : JSON.stringify(config));
    const { exitCode } = await runOffline({
      cli: await getPulumiCli({ say: () => {} }),
      operation,
      stack: this.stack,
      project: "plain",
      stackFile: { config: { "gcp:project": "acme", "gcp:region": "europe-west1" } },
      folder: this.folder,
      ...(policies && {
        policyPack: { path: join(root, "policies"), ...(config !== undefined && { config: file }) },
      }),
      program: () => {
        program();
        return Promise.resolve({});
      },
      stdio: "pipe",
      onOutput: (text) => {
        output += text;
      },
    });
    return { code: exitCode, output };
  }

  /** What the engine's state holds. */
  state(): StateResource[] {
    const file = join(this.folder, "state", ".pulumi", "stacks", "plain", `${this.stack}.json`);
    const state = JSON.parse(readFileSync(file, "utf8")) as {
      checkpoint: { latest?: { resources?: StateResource[] } };
    };
    return state.checkpoint.latest?.resources ?? [];
  }
}

export const k8s = (): typeof k8sTypes => require("@pulumi/kubernetes") as typeof k8sTypes;
export const gcp = (): typeof gcpTypes => require("@pulumi/gcp") as typeof gcpTypes;

type Spec = Record<string, unknown>;

/** An object of Kubernetes of any kind. */
export function object(apiVersion: string, kind: string, name: string, spec: unknown, protect = false) {
  const { CustomResource } = k8s().apiextensions;
  return new CustomResource(
    name,
    { apiVersion, kind, metadata: { name, namespace: "orders" }, spec } as never,
    { protect },
  );
}

/** A cluster as one would write it by hand, archiving to an ObjectStore: nothing that a mandatory rule is against. */
export function cluster(name = "orders-db", changes: Spec = {}) {
  return object("postgresql.cnpg.io/v1", "Cluster", name, {
    instances: 3,
    imageName: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
    storage: { size: "10Gi" },
    walStorage: { size: "5Gi" },
    resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "1Gi" } },
    postgresql: { parameters: { max_slot_wal_keep_size: "2GB" } },
    bootstrap: { initdb: { database: "orders", owner: "orders" } },
    plugins: [
      {
        name: "barman-cloud.cloudnative-pg.io",
        isWALArchiver: true,
        parameters: { barmanObjectName: `${name}-store`, serverName: `${name}-g1` },
      },
    ],
    ...changes,
  });
}

/** The ObjectStore of {@link cluster}. */
export function objectStore(destinationPath: unknown = "s3://acme-backups/orders-db", name = "orders-db") {
  return object("barmancloud.cnpg.io/v1", "ObjectStore", `${name}-store`, {
    retentionPolicy: "30d",
    configuration: {
      destinationPath,
      s3Credentials: {
        accessKeyId: { name: "s3", key: "id" },
        secretAccessKey: { name: "s3", key: "secret" },
      },
      wal: { compression: "gzip" },
    },
  });
}

/** The ScheduledBackup of {@link cluster}. */
export function scheduledBackup(schedule: unknown = "0 0 3 * * *", name = "orders-db") {
  return object("postgresql.cnpg.io/v1", "ScheduledBackup", `${name}-backup`, {
    schedule,
    backupOwnerReference: "self",
    cluster: { name },
    method: "plugin",
    pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" },
  });
}
