import { CLUSTER, POOLER } from "../core/cluster";
import { connectionUri, secretTexts } from "../core/connections";
import { namesIn } from "../core/nearby";
import { EXTERNAL_SECRET } from "../core/passwordSecrets";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "k8s-connection-leads",
  title: "A URI in a Secret leads to the Service of a Cluster or Pooler that there is.",
  severity: "medium",
  tags: ["secrets", "availability"],
  why: "The host is <cluster>-rw, and its namespace where the application is in another one. A wrong one is noticed only when the application starts and finds nobody, or somebody else's database.",
  remedy: "Write <cluster>-rw.<namespace>, or -ro or -r for replicas, or the Pooler's name.",
  url: "https://cloudnative-pg.io/documentation/current/applications/",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    const named = namesIn(stack, CLUSTER);
    for (const type of ["Secret", EXTERNAL_SECRET])
      for (const secret of stack.ofType(type))
        part(() => {
          for (const { at, text } of secretTexts(secret)) {
            const host = connectionUri(text)?.host ?? "";
            const [service = "", own] = host.split(".");
            const [, name, role = "rw"] = /^([\w-]+)-(rw|ro|r)$/.exec(service) ?? [];
            const namespace = own ?? secret.namespace;
            if (name === undefined || /[{}]/.test(host)) continue;
            if (
              stack.find(CLUSTER, namespace, name) !== undefined ||
              stack.find(POOLER, namespace, service) !== undefined
            )
              continue;
            const meant =
              ownerOf(stack, secret) ??
              elsewhere(stack, name) ??
              namedNear(named(namespace)?.nearest(name), stack, namespace);
            if (meant?.name === undefined) continue;
            const suffix =
              meant.namespace === undefined || meant.namespace === secret.namespace
                ? ""
                : `.${meant.namespace}`;
            report(
              secret,
              at,
              `leads to "${host}", and there is no such Cluster here. Write "${meant.name}-${role}${suffix}" for ${meant.called}.`,
              "unless elsewhere",
            );
          }
        });
  },
});

/** The Cluster whose own Secret this is, by its name. */
function ownerOf(stack: Parameters<typeof namesIn>[0], secret: Resource): Resource | undefined {
  const name = secret.type === EXTERNAL_SECRET ? secret.view.partial("spec", "target", "name") : secret.name;
  const [, cluster] = /^(.+)-(?:app|superuser)$/.exec(name ?? "") ?? [];
  return cluster === undefined ? undefined : stack.find(CLUSTER, secret.namespace, cluster);
}

function elsewhere(stack: Parameters<typeof namesIn>[0], name: string): Resource | undefined {
  const all = stack.allNamed(CLUSTER, name);
  return all.length === 1 ? all[0] : undefined;
}

const namedNear = (
  name: string | undefined,
  stack: Parameters<typeof namesIn>[0],
  namespace: string | undefined,
) => (name === undefined ? undefined : stack.find(CLUSTER, namespace, name));
