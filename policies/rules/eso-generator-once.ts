import { CLUSTER, DATABASE_ROLE } from "../core/cluster";
import { connectionUri, secretTexts } from "../core/connections";
import { addTo } from "../core/grouped";
import { contentOf, EXTERNAL_SECRET, passwordUses, secretSources } from "../core/passwordSecrets";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "eso-generator-once",
  title: "A generator's password goes to the role and to its applications through one ExternalSecret.",
  severity: "high",
  tags: ["roles", "secrets"],
  why: "Every ExternalSecret that names a generator makes a password of its own (External Secrets Operator, \"Generators\"): with one for the role and one for the application, the application's password is never the role's.",
  remedy:
    "Let one ExternalSecret make the role's Secret, and copy that to the application: a SecretStore of the Kubernetes provider in the application's namespace, that may read this one Secret.",
  url: "https://external-secrets.io/latest/guides/generator/",
  types: [CLUSTER, DATABASE_ROLE],
  judge({ stack, report, part }) {
    const find = secretSources(stack);
    const roles = new Map<Resource, string>();
    for (const { resource, secret, role } of passwordUses(stack, part))
      for (const source of find(resource.namespace, secret))
        if (source.type === EXTERNAL_SECRET) roles.set(source, role);
    const byGenerator = new Map<string, Resource[]>();
    for (const source of stack.ofType(EXTERNAL_SECRET))
      part(() => {
        for (const entry of source.view.list("spec", "dataFrom")) {
          const ref = entry.at("sourceRef", "generatorRef");
          const [kind, name] = [ref.text("kind"), ref.text("name")];
          // A generator of a namespace serves that one; one of the same name next door is often the same.
          if (kind !== undefined && name !== undefined) addTo(byGenerator, `${kind} ${name}`, source);
        }
      });
    for (const sources of byGenerator.values())
      for (const made of sources) {
        const role = roles.get(made);
        if (role === undefined) continue;
        for (const other of sources)
          part(() => {
            if (other === made || roles.has(other) || !isOf(other, role)) return;
            report(
              other,
              ["spec", "dataFrom"],
              `makes another password than ${made.called}, from which the role "${role}" has its own. Copy the Secret that ${made.called} makes.`,
            );
          });
      }
  },
});

/** Whether a Secret is for logging in as a role, by its user name or by a URI with that. */
function isOf(source: Resource, role: string): boolean {
  if (contentOf(source).username?.value === role) return true;
  return secretTexts(source).some(({ text }) => connectionUri(text)?.user === role);
}
