import { usesOf } from "../core/archives";
import { CLUSTER, DATABASE_ROLE, OBJECT_STORE, POOLER } from "../core/cluster";
import { groupedBy } from "../core/grouped";
import { EXTERNAL_SECRET, SEALED_SECRET } from "../core/passwordSecrets";
import { known, type Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { Stack } from "../core/stack";
import type { View } from "../core/view";

export default stackRule({
  id: "k8s-secrets-beside-database",
  title: "A database whose pods may read every Secret of its namespace has the namespace to itself.",
  severity: "medium",
  tags: ["security", "secrets", "identity"],
  why: "The Barman Cloud plugin gives the pods of a Cluster a Role that names the Secrets of its ObjectStores. With Workload Identity there are none, and RBAC reads an empty list of names as all: every Postgres pod may read every Secret of its namespace, also those of other clusters and applications. The plugin puts the Role right again whenever somebody changes it.",
  remedy:
    "Give the Cluster a namespace of its own, and keep the Secrets of applications and of other clusters out of it.",
  url: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    const namespaces = inNamespaces(stack);
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const { namespace, name } = cluster;
        if (namespace === undefined || name === undefined) return;
        const stores = usesOf(cluster, stack).filter(({ holder }) => holder.type === OBJECT_STORE);
        if (stores.length === 0 || stores.some(({ store }) => namesSecret(store))) return;
        const here = namespaces.of(namespace);
        const others = here.clusters
          .filter((other) => other !== cluster && !haveOneContent(cluster, other))
          .map(({ called }) => `those of ${called}`);
        const secrets =
          here.secrets.length === 0 ? [] : foreignSecrets(here.secrets, namespaces.namedBy(cluster), name);
        const foreign = [...others, ...secrets];
        if (foreign.length === 0) return;
        const more = foreign.length > 3 ? ` and ${foreign.length - 3} more` : "";
        report(
          cluster,
          ["metadata", "namespace"],
          `its pods may read every Secret of namespace "${namespace}", and there are others: ${foreign.slice(0, 3).join(", ")}${more}. Give it a namespace of its own.`,
        );
      });
  },
});

/** Whether both belong to one set of clusters that follow one another, with the same data and passwords. */
const haveOneContent = (a: Resource, b: Resource): boolean =>
  [a, b].every(({ view }) => known(() => view.at("spec", "replica").exists) === true);

/** Whether an object store names a Secret that the plugin puts into the Role (`CollectSecretNamesFromCredentials` of 0.15). */
function namesSecret(store: View): boolean {
  const azure = store.at("azureCredentials");
  const keyless =
    azure.flag("useDefaultAzureCredentials") === true || azure.flag("inheritFromAzureAD") === true;
  const places = [
    ...["accessKeyId", "secretAccessKey", "region", "sessionToken"].map((key) =>
      store.at("s3Credentials", key),
    ),
    ...(keyless
      ? []
      : ["connectionString", "storageAccount", "storageKey", "storageSasToken"].map((key) => azure.at(key))),
    store.at("googleCredentials", "applicationCredentials"),
  ];
  return places.some(({ exists }) => exists);
}

interface Namespaces {
  of(namespace: string): { readonly clusters: readonly Resource[]; readonly secrets: readonly Resource[] };
  /** Whether something of the cluster's has the text, or an object store. */
  namedBy(cluster: Resource): (text: string) => boolean;
}

/** What is beside a cluster, looked up once for all of them. */
function inNamespaces(stack: Stack): Namespaces {
  const all = (types: readonly string[]) => types.flatMap((type) => stack.ofType(type));
  const by = ({ namespace }: Resource) => namespace;
  const clusters = groupedBy(stack.ofType(CLUSTER), by);
  const secrets = groupedBy(all(["Secret", EXTERNAL_SECRET, SEALED_SECRET]), by);
  const parts = groupedBy(all([DATABASE_ROLE, POOLER]), ({ view }) =>
    known(() => view.partial("spec", "cluster", "name")),
  );
  let inStores: ReadonlySet<string> | undefined;
  return {
    of: (namespace) => ({
      clusters: clusters.get(namespace) ?? [],
      secrets: secrets.get(namespace) ?? [],
    }),
    namedBy(cluster) {
      const ofName = parts.get(cluster.name) ?? [];
      const here = ofName.filter(
        ({ namespace }) => namespace === undefined || namespace === cluster.namespace,
      );
      const itsOwn = [cluster, ...here];
      inStores ??= new Set(stack.ofType(OBJECT_STORE).flatMap(({ view }) => textsIn(view)));
      const stores = inStores;
      const texts = new Set(itsOwn.flatMap(({ view }) => textsIn(view)));
      return (text) => texts.has(text) || stores.has(text);
    },
  };
}

/** Secrets of a namespace that nothing of the cluster's names, and that are not called after it. */
function foreignSecrets(
  secrets: readonly Resource[],
  isNamed: (text: string) => boolean,
  name: string,
): string[] {
  return secrets.flatMap((secret) => {
    const called =
      (secret.type === EXTERNAL_SECRET
        ? known(() => secret.view.text("spec", "target", "name"))
        : undefined) ?? secret.name;
    const own =
      called === undefined ||
      called.startsWith(`${name}-`) ||
      isNamed(called) ||
      known(() => secret.label("cnpg.io/cluster")) === name;
    return own ? [] : [`Secret ${called}`];
  });
}

/** Every text in a value, as far as it is known. */
function textsIn(view: View): string[] {
  switch (view.form) {
    case "map":
      return view.knownKeys().flatMap((key) => textsIn(view.at(key)));
    case "list":
      return view.list().flatMap(textsIn);
    case "scalar":
      return [view.scalar() ?? ""];
    case "unknown":
      return [];
  }
}
