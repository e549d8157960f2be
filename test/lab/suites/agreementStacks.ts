import type { ObjectStores } from "../../../lab/description";
import { labImage } from "../../../lab/settings";
import { asEngine } from "../../unit/stacks/badStacks";

/** A stack of one small cluster, and what it is there to show. */
export interface Subject {
  readonly it: string;
  /** Namespace of its cluster, and name of its stack. */
  readonly namespace: string;
  /** How its pods are told apart at Google. */
  readonly identity: "shared" | "perCluster" | "direct";
  readonly method: "plugin" | "inTree";
}

/** Each identity, and each method. */
export const subjects: readonly Subject[] = [
  { it: "one account for all", namespace: "b-shared", identity: "shared", method: "plugin" },
  { it: "an account of its own", namespace: "b-own", identity: "perCluster", method: "plugin" },
  { it: "no account", namespace: "b-direct", identity: "direct", method: "plugin" },
  { it: "in-tree backups", namespace: "b-in-tree", identity: "shared", method: "inTree" },
];

/** Name of the cluster of every subject. */
export const clusterName = "orders-db";

/** The bucket of a subject. */
export function bucketOf({ namespace }: Subject): string {
  return `acme-lab-${namespace}-backups`;
}

/** A subject's stack, as the engine hands it over. */
export function configOfSubject(subject: Subject, stores: ObjectStores): Record<string, string> {
  return asEngine({
    "gcp:project": "acme-lab",
    "gcp:region": "europe-west1",
    "pulumi-cnpg:profile": "dev",
    "pulumi-cnpg:backups": {
      bucket: bucketOf(subject),
      method: subject.method,
      identity: subject.identity,
      ...(subject.identity === "direct" && { projectNumber: "123456789012" }),
      env: { STORAGE_EMULATOR_HOST: stores.gcs },
      schedule: "0 30 2 * * 0",
      retention: "2w",
    },
    "pulumi-cnpg:clusters": {
      [clusterName]: {
        namespace: subject.namespace,
        // Of in-tree backups, an image is asked for that says of itself that it has barman-cloud; the lab's has.
        image: subject.method === "plugin" ? labImage : labImage.replace("-standard-", "-system-"),
        // A replica where there is one to be found: behind the service for reading.
        instances: subject.namespace === "b-shared" ? 2 : 1,
        storage: { size: "1Gi" },
        resources: { cpu: "100m", cpuLimit: "2", memory: "512Mi" },
        labels: { team: "payments", "example.com/tier": "gold" },
        databases: {
          orders: {
            owner: "shop",
            extensions: ["vector", "pg_trgm"],
            extensionOptions: { vector: { schema: "ai" } },
            schemas: ["ai", "sales"],
            connectionLimit: 20,
          },
          second_db: { owner: "Reporting", schemas: ["sales"], extensions: ["vector"] },
        },
        initdb: { database: "orders" },
        generation: 3,
      },
    },
  });
}
