import { storesOf } from "../core/backup";
import { problemsIn } from "../core/barmanArguments";
import type { Program } from "../core/barmanOptions";
import { CLUSTER, OBJECT_STORE } from "../core/cluster";
import { known } from "../core/resource";
import { resourceRule } from "../core/rule";
import type { View } from "../core/view";

const fields: readonly { part: "wal" | "data"; field: string; program: Program; instead: string }[] = [
  {
    part: "wal",
    field: "archiveAdditionalCommandArgs",
    program: "barman-cloud-wal-archive",
    instead: "nothing is archived, CNPG takes that for success, and Postgres deletes the WAL",
  },
  {
    part: "wal",
    field: "restoreAdditionalCommandArgs",
    program: "barman-cloud-wal-restore",
    instead: "no WAL is restored",
  },
  {
    part: "data",
    field: "additionalCommandArgs",
    program: "barman-cloud-backup",
    instead: "no base backup is made",
  },
  {
    part: "data",
    field: "restoreAdditionalCommandArgs",
    program: "barman-cloud-restore",
    instead: "no base backup is restored",
  },
];

export default resourceRule({
  id: "barman-arguments",
  title:
    "Additional arguments of Barman are options that its programs have, and that let them do their work.",
  severity: "high",
  tags: ["backup", "recovery"],
  why: "CNPG hands them on unseen. With --version, --help or --test a program ends with success and has done nothing: WAL counts as archived and is deleted, with everything green. With an option that it does not have, or without a value, it refuses to start: no WAL is archived, no base backup made, or nothing restored, which shows on the day of a restore. Long options may be shortened, and CNPG leaves out an argument that is there already, a value too.",
  remedy:
    "Write options of the program that the field is for, as --name=value. If a newer version of Barman has the option, add it to the parameter alsoKnown.",
  url: "https://manpages.debian.org/unstable/barman-cli-cloud/index.html",
  types: [OBJECT_STORE, CLUSTER],
  parameters: {
    alsoKnown: {
      type: "array",
      default: [],
      description: "Options of newer versions of Barman than 3.19, such as --new-option.",
    },
  },
  judge({ resource, report, part, parameters }) {
    const alsoKnown = Array.isArray(parameters.alsoKnown) ? (parameters.alsoKnown as string[]) : [];
    for (const store of storesOf(resource))
      for (const { part: section, field, program, instead } of fields) {
        // Nothing is written to a source.
        if (store.path.includes("externalClusters") && !field.startsWith("restore")) continue;
        part(() => {
          const entries = store.list(section, field);
          const given = entries.map((entry) => entry.text() ?? "");
          if (given.length === 0) return;
          const { own, later } = ownArguments(store, program);
          for (const { index, kind, says } of problemsIn(program, given, own, later, alsoKnown)) {
            const [name = ""] = (given[index] ?? "").split("=");
            report(
              entries[index] ?? store,
              kind === "ends"
                ? `${says}, with which ${program} ends at once: ${instead}. Take it away.`
                : `${name.startsWith("-") ? `"${name}"` : "the argument"} ${says}: ${program} refuses to start.`,
            );
          }
        });
      }
  },
});

/** What CNPG passes to a program by itself, as far as it is known. */
function ownArguments(store: View, program: Program): { own: string[]; later: string[] } {
  const text = (...path: string[]) => known(() => store.text(...path));
  if (program.endsWith("restore")) {
    const endpoint = text("endpointURL");
    return { own: [...(endpoint === undefined ? [] : ["--endpoint-url"]), "--cloud-provider"], later: [] };
  }
  const isBackup = program === "barman-cloud-backup";
  const section = isBackup ? "data" : "wal";
  const compression = text(section, "compression");
  const encryption = text(section, "encryption");
  const tags = (field: string) => (known(() => store.keys(field)) ?? []).length > 0;
  return {
    own: [
      ...(isBackup ? ["-U", "postgres", "-n"] : []),
      ...(compression === undefined ? [] : [`--${compression}`]),
      ...(encryption === undefined ? [] : [isBackup ? "--encryption" : "-e", encryption]),
      ...(isBackup && store.at("data", "immediateCheckpoint").exists ? ["--immediate-checkpoint"] : []),
      ...(isBackup && store.at("data", "jobs").exists ? ["--jobs"] : []),
    ],
    later: [
      ...(tags("tags") ? ["--tags"] : []),
      ...(!isBackup && tags("historyTags") ? ["--history-tags"] : []),
    ],
  };
}
