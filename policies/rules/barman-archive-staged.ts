import { takesSnapshots } from "../core/backup";
import { archiveOf, CLUSTER, locationIn, OBJECT_STORE } from "../core/cluster";
import { volumeSize } from "../core/postgres";
import { quantityBytes, showBytes } from "../core/quantity";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import { schedulesOf } from "../core/scheduled";
import type { Stack } from "../core/stack";
import { archiveSizeOf, LARGEST_FILE } from "../core/staging";
import type { View } from "../core/view";

export default stackRule({
  id: "barman-archive-staged",
  title: "The archives of a base backup to Cloud Storage fit the disk on which they are staged.",
  severity: "high",
  tags: ["backup", "resources"],
  why: "For gs:// Barman writes each archive to /controller/backup as a whole before it sends it: up to 100 GB and a file more, in the pod's scratch volume on the node's disk. When that is full, or over a limit of the pod, the kubelet evicts the pod of the database, and no base backup ever completes. On S3 the parts have 20 MB.",
  remedy:
    "Add --max-archive-size=2GB to data.additionalCommandArgs, and an ephemeral-storage request and limit of the sidecar that hold an archive, a file of 1Gi and what else the pod has; or give the Cluster an ephemeralVolumeSource that holds an archive.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/misc/",
  types: [CLUSTER],
  parameters: {
    gibibytesWithoutLimit: {
      type: "number",
      default: 50,
      description: "What the disk of a node takes where no limit says it, in GiB.",
    },
  },
  judge({ stack, parameters, report, part }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const archive = archiveOf(cluster, stack);
        if (archive === undefined || takesSnapshotsOnly(cluster, stack)) return;
        const volume = bytesAt(volumeSize(cluster.view.at("spec", "storage")));
        if (volume === undefined) return;
        if (locationIn(archive.store)?.scheme !== "gs") return;
        const { bytes, said } = archiveSizeOf(archive.store);
        const staged = Math.min(volume, bytes + LARGEST_FILE);
        const room = roomOf(cluster, archive.holder);
        const most = room?.bytes ?? Number(parameters.gibibytesWithoutLimit) * 1024 ** 3;
        if (staged <= most) return;
        const where =
          said && room !== undefined ? room : { holder: archive.holder, view: argumentsOf(archive.store) };
        report(
          where.holder,
          where.view,
          `${cluster.called} stages up to ${showBytes(staged)} of a base backup on ${room === undefined ? "the node's disk" : `a disk of which ${showBytes(most)} are its own`}. ` +
            (said
              ? "Write a smaller --max-archive-size, or give it more room."
              : "Write --max-archive-size=2GB."),
        );
      });
  },
});

/** Whether its base backups are snapshots, and Barman has the WAL alone. */
function takesSnapshotsOnly(cluster: Resource, stack: Stack): boolean {
  const schedules = takesSnapshots(cluster) ? schedulesOf(cluster, stack) : [];
  return (
    schedules.length > 0 && schedules.every(({ view }) => view.text("spec", "method") === "volumeSnapshot")
  );
}

interface Room {
  readonly bytes: number;
  readonly holder: Resource;
  readonly view: View;
}

/** The least of the limits under which the archives are staged; undefined if there is none. */
function roomOf(cluster: Resource, holder: Resource): Room | undefined {
  const { view } = cluster;
  const room = (view: View, of: Resource): Room[] => {
    const bytes = bytesAt(view);
    return bytes === undefined ? [] : [{ bytes, holder: of, view }];
  };
  // A volume of its own is no part of what the pod takes of the node's disk.
  const source = view.at("spec", "ephemeralVolumeSource");
  const request = source.at("volumeClaimTemplate", "spec", "resources", "requests", "storage");
  if (source.exists) return room(request, cluster)[0];
  const own = view.at("spec", "resources", "limits", "ephemeral-storage");
  const sidecar = holder.view.at(
    ...["spec", "instanceSidecarConfiguration", "resources", "limits", "ephemeral-storage"],
  );
  const limits = [...room(own, cluster), ...(holder.type === OBJECT_STORE ? room(sidecar, holder) : [])];
  // Kubernetes adds the limits of the containers that have one, and holds the whole pod to that.
  const pod = limits.reduce((sum, { bytes }) => sum + bytes, 0);
  const last = limits.at(-1);
  const all = [
    ...room(view.at("spec", "ephemeralVolumesSizeLimit", "temporaryData"), cluster),
    ...(last === undefined ? [] : [{ ...last, bytes: pod }]),
  ];
  return all.sort((a, b) => a.bytes - b.bytes)[0];
}

function argumentsOf(store: View): View {
  return store.at("data", "additionalCommandArgs");
}

function bytesAt(view: View): number | undefined {
  return quantityBytes(view.scalar() ?? "");
}
