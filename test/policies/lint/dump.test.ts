import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import type { Finding } from "../../../policies/core/judge";
import { formatPath } from "../../../policies/core/view";
import { lint } from "../../../policies/lint/lint";
import { readText } from "../../../policies/lint/read";

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

const folder = join(__dirname, "../good");

/** What CNPG 1.30's webhook and API server fill in of a Cluster, where the manifest says nothing. */
const clusterDefaults = {
  enablePDB: true,
  enableSuperuserAccess: false,
  failoverDelay: 0,
  logLevel: "info",
  maxSyncReplicas: 0,
  minSyncReplicas: 0,
  postgresGID: 26,
  postgresUID: 26,
  primaryUpdateMethod: "restart",
  primaryUpdateStrategy: "unsupervised",
  smartShutdownTimeout: 180,
  startDelay: 3600,
  stopDelay: 1800,
  switchoverDelay: 3600,
  monitoring: {
    customQueriesConfigMap: [{ key: "queries", name: "cnpg-default-monitoring" }],
    disableDefaultQueries: false,
    enablePodMonitor: false,
  },
};

/** Parameters that the webhook writes into every Cluster. */
const parameters = {
  archive_mode: "on",
  archive_timeout: "5min",
  dynamic_shared_memory_type: "posix",
  full_page_writes: "on",
  log_destination: "csvlog",
  log_directory: "/controller/log",
  log_filename: "postgres",
  log_rotation_age: "0",
  log_rotation_size: "0",
  log_truncate_on_rotation: "false",
  logging_collector: "on",
  max_parallel_workers: "32",
  max_replication_slots: "32",
  max_worker_processes: "32",
  shared_memory_type: "mmap",
  shared_preload_libraries: "",
  ssl_max_protocol_version: "TLSv1.3",
  ssl_min_protocol_version: "TLSv1.3",
  wal_keep_size: "512MB",
  wal_level: "logical",
  wal_log_hints: "on",
  wal_receiver_timeout: "5s",
  wal_sender_timeout: "5s",
};

const defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ScheduledBackup: { backupOwnerReference: "none" },
  Database: { databaseReclaimPolicy: "retain", ensure: "present" },
};

/** An object as `kubectl get -o yaml` prints it once the cluster has it. */
function dumped(object: Manifest): Manifest {
  const isOfCnpg = object.apiVersion.startsWith("postgresql.cnpg.io/");
  const spec = object.spec === undefined || !isOfCnpg ? object.spec : filled(object, object.spec);
  return {
    ...object,
    metadata: {
      ...object.metadata,
      creationTimestamp: "2026-11-21T03:00:00Z",
      generation: 3,
      resourceVersion: "4711",
      uid: "5b6c1a0e-8c40-4d1c-9d2c-1f6f0f0d1e2f",
      managedFields: [
        {
          apiVersion: object.apiVersion,
          fieldsType: "FieldsV1",
          fieldsV1: { "f:spec": { ".": {}, "f:instances": {}, "f:storage": { "f:size": {} } } },
          manager: "kubectl-client-side-apply",
          operation: "Update",
          time: "2026-11-21T03:00:00Z",
        },
      ],
    },
    ...(spec !== undefined && { spec }),
    ...(object.spec !== undefined && {
      status: { phase: "Cluster in healthy state", instances: 3, conditions: [] },
    }),
  } as Manifest;
}

function filled(
  { kind, metadata }: Manifest,
  spec: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (kind !== "Cluster") return { ...defaults[kind], ...spec };
  const { affinity = {}, postgresql = {}, replica } = spec as Record<string, Record<string, unknown>>;
  const { enabled, primary, self = metadata.name } = replica ?? {};
  const follows = enabled === true || (primary !== undefined && primary !== self);
  return {
    ...clusterDefaults,
    ...spec,
    affinity: { podAntiAffinityType: "preferred", ...affinity },
    postgresql: {
      syncReplicaElectionConstraint: { enabled: false },
      ...postgresql,
      parameters: {
        ...parameters,
        ...(follows && { archive_mode: "always" }),
        ...(postgresql.parameters as object | undefined),
      },
    },
  };
}

function findingsOf(objects: readonly Manifest[]): string[] {
  const text = JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    metadata: { resourceVersion: "" },
    items: objects,
  });
  const { resources, unreadable } = readText(text);
  const { findings } = lint(resources, { unreadable });
  const shown = ({ rule, resource, path }: Finding) => `${rule.id}: ${resource.called} ${formatPath(path)}`;
  return (
    findings
      // Whether a Secret stands in a file is another matter in a dump.
      .filter(({ kind, rule }) => kind === "violation" && rule.id !== "k8s-secret-in-open")
      .map(shown)
      .sort()
  );
}

describe("what a live cluster's dump says of good manifests", () => {
  for (const file of globSync("*.yaml", { cwd: folder }).sort())
    it(`is what the manifests say: ${file}`, () => {
      const objects = (loadAll(readFileSync(join(folder, file), "utf8")) as (Manifest | null)[]).filter(
        (one): one is Manifest => one !== null && typeof one === "object",
      );
      assert.deepEqual(findingsOf(objects.map(dumped)), findingsOf(objects));
    });
});
