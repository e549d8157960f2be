import { conditionOf, type InstanceStatus, type Snapshot } from "./live";
import { reasonInLog } from "./logs";
import { oneLine, type Symptom } from "./symptom";

/** What the primary says of itself; undefined while there is none. */
export function primaryOf({ instances }: Snapshot): { pod: string; said: InstanceStatus } | undefined {
  for (const [pod, said] of instances)
    if (typeof said !== "string" && said.isPrimary === true) return { pod, said };
  return undefined;
}

/** Whether the last try of the archiver failed. */
export function failsToArchive({
  lastFailedWAL = "",
  lastFailedWALTime,
  lastArchivedWALTime,
}: InstanceStatus): boolean {
  if (lastFailedWAL === "") return false;
  return instant(lastFailedWALTime) > instant(lastArchivedWALTime);
}

/** `2026-11-29T00:50:03.1Z`, or `-infinity` where there was none. */
function instant(text: string | undefined): number {
  const parsed = Date.parse(text ?? "");
  return Number.isNaN(parsed) ? Number.NEGATIVE_INFINITY : parsed;
}

/**
 * Says that WAL does not arrive, with Barman's own words where there are any.
 *
 * @param changed when the last change was made, in milliseconds: what failed before, or in the pod of before, is no effect of it
 * @param young whether the cluster or its rights were just made: then those may take minutes to count
 */
export function archivingSymptoms(snapshot: Snapshot, changed: number, young: boolean): Symptom[] {
  const { cluster, logs } = snapshot;
  const condition = conditionOf(cluster?.status?.conditions, "ContinuousArchiving");
  const primary = primaryOf(snapshot);
  const since = Math.max(changed, startOf(snapshot, primary?.pod));
  const fails =
    primary !== undefined && failsToArchive(primary.said) && instant(primary.said.lastFailedWALTime) > since;
  const stated = condition?.status === "False" && instant(condition.lastTransitionTime) > since;
  if (!fails && !stated) return [];
  const pod = primary?.pod ?? cluster?.status?.currentPrimary ?? "";
  const archiver = logs.get(`${pod}/archiver`);
  const log = archiver ?? logs.get(`${pod}/postgres reload`);
  const reason = (log === undefined ? undefined : reasonInLog(log)) ?? oneLine(condition?.message ?? "");
  const container = archiver === undefined ? "postgres" : "plugin-barman-cloud";
  const text = `pod ${cluster?.metadata.namespace}/${pod}, container ${container}: WAL is not archived: ${reason || "the archiver's last try failed"}`;
  const rights = /\b40[13]\b|forbidden|denied|permission|unauthorized/i.test(reason);
  return [
    {
      key: "archiving",
      text,
      todo: todoOf(reason, rights),
      certainAfter: rights && young ? 150 : 40,
    },
  ];
}

/** When Postgres' container of a pod was started. */
function startOf({ pods }: Snapshot, name: string | undefined): number {
  const pod = pods.find(({ metadata }) => metadata.name === name);
  const postgres = pod?.status?.containerStatuses?.find((container) => container.name === "postgres");
  return instant(postgres?.state?.running?.startedAt);
}

function todoOf(reason: string, rights: boolean): string {
  if (/Expected empty archive/i.test(reason))
    return "another cluster's archive is in that place: give this one a place of its own (generation, backup.prefix)";
  if (rights)
    return "compare the identity of the pods and its roles on the bucket with what the stack declares (docs/identity.md)";
  if (/\b404\b|not found|NoSuchBucket|does not exist/i.test(reason))
    return "does the bucket exist, under exactly that name?";
  return "mend what Barman names; docs/troubleshooting.md has the usual causes";
}
