import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { ignoredClusterChanges, ignoredObjectStoreChanges } from "../../../components/cluster/ignoredChanges";
import type { KubernetesObject } from "../../../lab/cluster";
import type { Row } from "./admissionMatrix";

/** A change of a live Cluster, and what comes of it; admissionChanges.yaml describes the fields. */
export interface Change extends Row {
  readonly guard: readonly string[];
  readonly says?: string;
}

/** What is there before. */
export const before: Row = {
  it: "before",
  cluster: { storage: { size: "20Gi" }, walStorage: { size: "6Gi" } },
};

/** The changes of admissionChanges.yaml, each over {@link before}. */
export function changes(): readonly Change[] {
  const listed = load(readFileSync(join(__dirname, "admissionChanges.yaml"), "utf8")) as Change[];
  return listed.map((change) => ({ ...change, cluster: { ...before.cluster, ...change.cluster } }));
}

/** Fields for which the guard of Cluster and ObjectStore refuses a change. */
export function guarded(was: readonly KubernetesObject[], is: readonly KubernetesObject[]): string[] {
  // Not the store of another cluster's archive, which has a guard of its own.
  const spec = (objects: readonly KubernetesObject[], kind: string) =>
    objects.find((object) => object.kind === kind && !object.metadata.name.endsWith("-source"))?.spec;
  const [oldStore, store] = [spec(was, "ObjectStore"), spec(is, "ObjectStore")];
  const problems = [
    ...ignoredClusterChanges(spec(was, "Cluster"), spec(is, "Cluster")),
    // One that goes is deleted, and no change.
    ...(store === undefined ? [] : ignoredObjectStoreChanges(oldStore, store)),
  ];
  return problems.map(({ path }) => path).sort();
}
