import { rcloneContainer } from "../export/rclone";
import { dumpStore } from "../export/store";
import { jobSpec } from "../jobs/job";
import type { ArchivePod } from "../plan/archivePod";
import type { BackupPlan } from "../plan/backup";
import type { EnvVar } from "../plan/job";
import type { StoreAccess } from "../plan/store";
import { derivedName } from "../units";
import { DumpFolder } from "../units/dumpFolder";
import type { ObjectStoreLocation } from "../units/location";
import type { Workload } from "../units/workload";

/** What a pod that looks into a bucket starts from. */
export interface ArchivePodBasis {
  readonly workload: Workload;
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations by which the account is somebody in the cloud: those that CNPG will give it. */
  readonly annotations: Readonly<Record<string, string>> | undefined;
  /** Environment of the cluster's backups. */
  readonly env: Readonly<Record<string, string>> | undefined;
  /** Image with rclone and a shell. */
  readonly image: string;
}

/** What the pod looks at, and how. */
interface Looking {
  /** Last part of the pod's name. */
  readonly what: string;
  readonly location: ObjectStoreLocation;
  readonly access: StoreAccess;
  /** Server name with which the cluster will archive. */
  readonly server: string;
  readonly script: string;
  /** Variables for the script. */
  readonly own?: readonly EnvVar[];
}

/** Exit code of a pod that has something against what it found. */
export const refused = 9;

/** A pod of the cluster's own account with a script that finds the archive in `$DUMP_REMOTE`. */
export function archivePod(basis: ArchivePodBasis, looking: Looking): ArchivePod {
  const { workload, labels, annotations, env } = basis;
  const { what, location, access, server, script, own = [] } = looking;
  const { namespace, cluster } = workload;
  const folder = new DumpFolder(location.bucket, `${location.prefix}/${location.serverName}`, location.store);
  const store = dumpStore(access, location.store);
  const podLabels = { ...labels, "app.kubernetes.io/component": what };
  const container = rcloneContainer({
    name: "look",
    image: basis.image,
    store,
    folder,
    env: { ...env, ...emulator(env) },
    own,
    script,
    mounts: [],
  });
  const { template } = jobSpec({
    serviceAccountName: cluster,
    containers: [{ ...container, terminationMessagePolicy: "FallbackToLogsOnError" }],
    volumes: store.volumes,
  });
  return {
    namespace,
    cluster,
    url: folder.url,
    server,
    refused,
    account: {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: cluster, namespace, labels: podLabels, annotations: { ...annotations } },
    },
    pod: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: derivedName([cluster, what], 63), namespace, labels: podLabels },
      spec: template.spec,
    },
  };
}

/**
 * What looks whether a new Cluster's archive is empty. Barman itself looks when the first WAL file is archived, and refuses; but
 * its sidecar applies the retention without that look (plugin 0.15, `retention.go`: at its start, then every 30 minutes), and
 * so deletes backups of whoever archived there before.
 *
 * A listing without recursion asks for one page, however much is there.
 */
export function archiveCheck(basis: ArchivePodBasis, { location, access }: BackupPlan): ArchivePod {
  return archivePod(basis, { what: "archive-check", location, access, server: location.serverName, script });
}

/** For five minutes it tries again what fails: a new grant, or the node's metadata server, may need a moment. rclone ends with 3 where nothing is. */
const script = `n=0
while true; do
  code=0
  found=$(rclone lsf --retries 1 "$DUMP_REMOTE" 2>/tmp/said) || code=$?
  if [ "$code" = 3 ] || { [ "$code" = 0 ] && [ -z "$found" ]; }; then exit 0; fi
  if [ "$code" = 0 ]; then
    echo "$found" | head -n 5
    exit ${refused}
  fi
  n=$((n + 1))
  if [ "$n" -ge 20 ]; then
    tail -n 2 /tmp/said >&2
    exit 1
  fi
  sleep 15
done`;

/** Where backups go to an emulator of Cloud Storage, rclone has to be told in its own way. */
function emulator(env: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const url = env?.STORAGE_EMULATOR_HOST;
  if (url === undefined) return {};
  return { RCLONE_GCS_ENDPOINT: `${url}/storage/v1/`, RCLONE_GCS_ANONYMOUS: "true" };
}
