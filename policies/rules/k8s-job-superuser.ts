import { CLUSTER } from "../core/cluster";
import { jobPods } from "../core/pods";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { View } from "../core/view";

export default stackRule({
  id: "k8s-job-superuser",
  title: "A Job does not log in as Postgres' superuser.",
  severity: "medium",
  tags: ["security"],
  why: "A Job that has the superuser's Secret can do anything in every database of the cluster, also what it was not written for. Grants need the database's owner; a role's password is set by CNPG when its Secret changes, so that a job to synchronize it needs no password of the superuser.",
  remedy: "Give the Job the Secret of the database's owner, or of a role with what it really needs.",
  url: "https://cloudnative-pg.io/documentation/current/security/",
  types: Object.keys(jobPods),
  judge({ stack, report, part }) {
    const superusers = superuserSecrets(stack.ofType(CLUSTER), part);
    for (const [type, path] of Object.entries(jobPods))
      for (const job of stack.ofType(type))
        part(() => {
          for (const at of secretsOf(job.view.at(...path)))
            part(() => {
              const cluster = superusers.get(at.text() ?? "")?.find((one) => sameNamespace(one, job));
              if (cluster !== undefined)
                report(
                  job,
                  at,
                  `is the Secret of the superuser of ${cluster.called}. Use that of the database's owner.`,
                );
            });
        });
  },
});

const sameNamespace = (a: Resource, b: Resource) =>
  a.namespace === undefined || b.namespace === undefined || a.namespace === b.namespace;

/** Clusters by the name of their superuser's Secret: CNPG's own, or the one that they name. */
function superuserSecrets(
  clusters: readonly Resource[],
  part: (judge: () => void) => void,
): ReadonlyMap<string, Resource[]> {
  const found = new Map<string, Resource[]>();
  for (const cluster of clusters)
    part(() => {
      const named = cluster.view.text("spec", "superuserSecret", "name");
      const name = named === undefined || named === "" ? `${cluster.name}-superuser` : named;
      found.set(name, [...(found.get(name) ?? []), cluster]);
    });
  return found;
}

/** Where a pod names Secrets. */
function secretsOf(pod: View): View[] {
  const containers = [...pod.list("initContainers"), ...pod.list("containers")];
  return [
    ...containers.flatMap((container) => [
      ...container.list("env").map((each) => each.at("valueFrom", "secretKeyRef", "name")),
      ...container.list("envFrom").map((each) => each.at("secretRef", "name")),
    ]),
    ...pod
      .list("volumes")
      .flatMap((volume) => [
        volume.at("secret", "secretName"),
        ...volume.list("projected", "sources").map((source) => source.at("secret", "name")),
      ]),
  ].filter((at) => at.exists);
}
