import { CLUSTER, DATABASE_ROLE } from "../core/cluster";
import {
  EXTERNAL_SECRET,
  passwordUses,
  RELOAD_LABEL,
  SEALED_SECRET,
  secretSources,
} from "../core/passwordSecrets";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { View } from "../core/view";

export default stackRule({
  id: "k8s-role-secret-reload",
  title: "The Secret with a role's password has the label cnpg.io/reload.",
  severity: "low",
  tags: ["roles", "secrets"],
  why: "CNPG applies a changed password at once if the Secret has this label, with whatever value. Without, it waits for its next reconciliation, and until then applications with the new password can't log in.",
  remedy:
    'Add the label cnpg.io/reload: "true" to the Secret; for an ExternalSecret in spec.target.template.metadata.labels.',
  url: "https://cloudnative-pg.io/documentation/current/declarative_role_management/#password-management",
  types: [CLUSTER, DATABASE_ROLE],
  parameters: {
    bootstrapSecrets: {
      type: "boolean",
      default: false,
      description:
        "Whether Secrets of bootstrap and superuserSecret need it too, where no ExternalSecret changes them: most are never changed.",
    },
  },
  judge({ stack, report, part, parameters }) {
    const find = secretSources(stack);
    const told = new Set<Resource>();
    for (const { resource, secret, role, trims: managed } of passwordUses(stack, part))
      for (const source of find(resource.namespace, secret))
        part(() => {
          const changes = managed || source.type === EXTERNAL_SECRET || parameters.bootstrapSecrets === true;
          if (!changes || told.has(source)) return;
          told.add(source);
          const labels = labelsOf(source);
          if (labels === undefined || labels.keys().includes(RELOAD_LABEL)) return;
          report(
            source,
            labels.at(RELOAD_LABEL),
            `a new password of the role "${role}" is applied only at some later reconciliation. Add the label ${RELOAD_LABEL}: "true".`,
            undefined,
            [{ path: labels.at(RELOAD_LABEL).path, value: "true" }],
          );
        });
  },
});

/** The labels that the Secret will have; undefined where that is not to be seen, or another rule's. */
function labelsOf({ type, view }: Resource): View | undefined {
  if (type === SEALED_SECRET) return view.at("spec", "template", "metadata", "labels");
  const own = view.at("metadata", "labels");
  if (type !== EXTERNAL_SECRET) return view.flag("immutable") === true ? undefined : own;
  const target = view.at("spec", "target");
  const policy = target.text("creationPolicy");
  // The Secret is somebody else's then, with labels of its own.
  if (policy !== undefined && policy !== "Owner" && policy !== "Orphan") return undefined;
  // External Secrets copies its own labels only where there is no template.
  if (!target.at("template").exists) return own;
  return own.keys().includes(RELOAD_LABEL) ? undefined : target.at("template", "metadata", "labels");
}
