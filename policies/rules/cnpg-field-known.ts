import { OBJECT_STORE } from "../core/cluster";
import { definedTypes, definitionOf, type Misplaced, misplacedIn } from "../core/fields";
import type { Resource } from "../core/resource";
import { type Fix, resourceRule } from "../core/rule";
import { formatPath } from "../core/view";

/** What people look for where it is not, and what does it: field by field, without the numbers of list elements. */
const hints: Readonly<Record<string, string>> = {
  "spec.scheduledBackups": "An object of the kind ScheduledBackup says when backups are taken.",
  "spec.scheduledBackup": "An object of the kind ScheduledBackup says when backups are taken.",
  "spec.backup.schedule": "An object of the kind ScheduledBackup says when backups are taken.",
  "spec.backup.scheduledBackups": "An object of the kind ScheduledBackup says when backups are taken.",
  "spec.backup.volumeSnapshot.schedule": "An object of the kind ScheduledBackup says when backups are taken.",
  "spec.replicas": "Write instances.",
  "spec.version": "The tag of imageName says the version of Postgres.",
  "spec.postgresVersion": "The tag of imageName says the version of Postgres.",
  "spec.postgresql.version": "The tag of imageName says the version of Postgres.",
  "spec.tolerations": "Write affinity.tolerations.",
  "spec.nodeSelector": "Write affinity.nodeSelector.",
  "spec.monitoring.enabled": "Metrics are always there; a PodMonitor of one's own scrapes them.",
  "spec.backup.barmanObjectStore.retentionPolicy": "Write spec.backup.retentionPolicy.",
  "spec.backup.barmanObjectStore.wal.retention": "Write spec.backup.retentionPolicy.",
  "spec.backup.barmanObjectStore.data.retention": "Write spec.backup.retentionPolicy.",
  "spec.configuration.retentionPolicy": "Write spec.retentionPolicy.",
  "spec.configuration.wal.retention": "Write spec.retentionPolicy.",
  "spec.configuration.data.retention": "Write spec.retentionPolicy.",
  "spec.databases": "An object of the kind Database makes one more database.",
  "spec.managed.databases": "An object of the kind Database makes one more database.",
  "spec.pooler": "An object of the kind Pooler makes a pooler.",
};

/** What cnpg-recovery-ignored-sql tells more of. */
const toldElsewhere = /^spec\.bootstrap\.(?:recovery|pg_basebackup)\.postInit\w*SQL/;

export default resourceRule({
  id: "cnpg-field-known",
  title: "Every field is one that the object's definition has.",
  severity: "high",
  tags: ["schema"],
  why: "kubectl and server-side apply refuse an object with a field that its definition does not have. Helm and others create it, and the API server drops the field with a warning that nobody sees: a schedule, a plugin or an affinity that is there in the file and nowhere else.",
  remedy:
    "Write the field's right name or place; `kubectl explain cluster.spec --recursive` lists them all. If a newer version has it, add it to the parameter alsoKnown.",
  url: "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/",
  types: definedTypes,
  parameters: {
    alsoKnown: {
      type: "array",
      default: [],
      description:
        "Fields of newer versions than the rule knows, without list positions, such as spec.backup.plugins. What lies in them is not looked at.",
    },
  },
  judge({ resource, view, report, part, parameters }) {
    // The definition has it for the sake of the in-tree model, and refuses an object that uses it.
    const serverName = view.at("spec", "configuration", "serverName");
    if (resource.type === OBJECT_STORE && serverName.exists)
      report(
        serverName,
        "is refused in an ObjectStore. Write serverName into the parameters of the plugin in the Cluster.",
      );
    const alsoKnown = new Set(parameters.alsoKnown as readonly string[]);
    for (const one of misplacedIn(resource)) {
      // What is not known yet throws.
      if (one.problem === "unknown") part(() => void one.at.keys());
      if (one.problem !== "field") continue;
      const path = formatPath(one.at.path.filter((part) => typeof part === "string"));
      if (!alsoKnown.has(path) && !toldElsewhere.test(path))
        report(
          one.at,
          `${definitionOf(resource.type)} has no such field. ${adviceFor(one, path)}`,
          renameOf(resource, one, path),
        );
    }
  },
});

/** One field beside it is called nearly so. */
function renameOf({ view }: Resource, { at, instead }: Misplaced, path: string): Fix[] {
  const [key, ...more] = instead;
  if (key === undefined || more.length > 0 || key.includes(".") || Object.hasOwn(hints, path)) return [];
  // Under its right name it would be in force, and delete.
  if (key.endsWith("ReclaimPolicy")) return [];
  const isThere = view.at(...at.path.slice(0, -1), key).exists;
  return isThere ? [] : [{ path: at.path, key }];
}

function adviceFor({ at, instead }: Misplaced, path: string): string {
  const hint = Object.hasOwn(hints, path) ? hints[path] : undefined;
  if (hint !== undefined) return hint;
  const { length } = at.path;
  if (instead.length > 0) return `Write ${instead.join(" or ")}.`;
  return length === 1 ? "Move it to where it belongs, or take it away." : "Take it away.";
}
