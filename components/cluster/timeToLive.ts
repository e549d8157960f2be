import { defaults } from "../args/defaults";
import { Profile } from "../args/profiles";
import type { Check } from "../check";
import { account, rights } from "../jobs/account";
import { jobSpec } from "../jobs/job";
import type { TimeToLivePlan } from "../plan/cluster";
import type { PlannedObject } from "../plan/object";
import { bad, derivedName, good, type Parsed } from "../units";
import type { Workload } from "../units/workload";

/** What {@link decideTimeToLive} starts from. */
export interface TimeToLiveBasis {
  readonly workload: Workload;
  readonly profile: Profile;
  readonly protect: boolean | undefined;
  /** Name of its ScheduledBackup; undefined without backups. */
  readonly schedule: string | undefined;
  /** Image with bash and date. */
  readonly image: string;
}

const hour = 3600;
const longest = 366 * 24 * hour;

/** A time in hours or days: the CronJob looks once an hour. */
export function parseTimeToLive(text: string): Parsed<number> {
  const [, count = "", unit] = /^([1-9][0-9]{0,4})(h|d)$/.exec(text) ?? [];
  const seconds = Number(count) * (unit === "d" ? 24 * hour : hour);
  return seconds >= hour && seconds <= longest
    ? good(seconds)
    : bad('a time in hours or days, such as "72h" or "3d", from "1h" to "366d"');
}

/** Decides how a cluster ends by itself; undefined if it doesn't. */
export function decideTimeToLive(
  check: Check,
  text: string | undefined,
  basis: TimeToLiveBasis,
): TimeToLivePlan | undefined {
  if (text === undefined) return undefined;
  const inDev = check.require(
    basis.profile !== Profile.Prod,
    "timeToLive",
    text,
    "remove it with profile prod: nothing deletes a production cluster by itself",
  );
  check.require(
    basis.protect !== true,
    "protect",
    basis.protect,
    "false with timeToLive: a cluster is either protected or deleted",
  );
  const seconds = check.parse("timeToLive", text, parseTimeToLive);
  return !inDev || seconds === undefined ? undefined : { text, seconds, objects: objectsOf(basis, seconds) };
}

/** Port of kubectl's proxy, the only part of it that is used, which any version serves to any server. */
const proxyPort = 8001;

function objectsOf({ workload, schedule, image }: TimeToLiveBasis, seconds: number): PlannedObject[] {
  const { cluster, namespace } = workload;
  const name = derivedName([cluster, "time-to-live"], 52);
  const rule = (resource: string, only: string, verbs: readonly string[]) => ({
    apiGroups: ["postgresql.cnpg.io"],
    resources: [resource],
    resourceNames: [only],
    verbs,
  });
  const spec = jobSpec(
    {
      serviceAccountName: name,
      asksApiServer: true,
      labels: { "app.kubernetes.io/component": "time-to-live" },
      initContainers: [
        {
          name: "api",
          image: defaults.ApplicationCaArgs.image,
          args: ["proxy", `--port=${proxyPort}`, "--accept-paths=^/apis/postgresql.cnpg.io/v1/"],
          restartPolicy: "Always",
        },
      ],
      containers: [
        {
          name: "time-to-live",
          image,
          command: ["/bin/bash", "-ceu"],
          args: [script],
          env: [
            { name: "NAMESPACE", value: namespace },
            { name: "CLUSTER", value: cluster },
            { name: "SCHEDULED_BACKUP", value: schedule ?? "" },
            { name: "SECONDS_TO_LIVE", value: String(seconds) },
          ],
        },
      ],
    },
    { activeDeadlineSeconds: 300, ttlSecondsAfterFinished: "never" },
  );
  const key = "time-to-live";
  return [
    account({ key: `${key}/account`, name }),
    ...rights(
      key,
      { name },
      [
        rule("clusters", cluster, ["get", "delete"]),
        ...(schedule === undefined ? [] : [rule("scheduledbackups", schedule, ["delete"])]),
      ],
      { name, namespace },
      [`${key}/account`],
    ),
    {
      key,
      apiVersion: "batch/v1",
      kind: "CronJob",
      name,
      body: {
        spec: {
          schedule: "0 * * * *",
          concurrencyPolicy: "Forbid",
          successfulJobsHistoryLimit: 1,
          failedJobsHistoryLimit: 1,
          jobTemplate: { spec },
        },
      },
      after: ["cluster", `${key}/binding`],
    },
  ];
}

/**
 * Asks the API server for the Cluster's age, and deletes it by its uid: one that was made anew in between stays. The API
 * server is reached through a kubectl proxy in the same pod, because no image of CNPG has an HTTP client, and that
 * of kubectl need not have a shell. Of the Cluster only its metadata are asked for.
 */
const script = `ask() {
  exec 3<>/dev/tcp/127.0.0.1/${proxyPort} || return 1
  printf '%s /apis/postgresql.cnpg.io/v1/namespaces/%s/%s HTTP/1.0\\r\\nHost: localhost\\r\\n' "$1" "$NAMESPACE" "$2" >&3
  printf 'Accept: %s\\r\\nContent-Type: application/json\\r\\n' 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json' >&3
  printf 'Content-Length: %s\\r\\n\\r\\n%s' "\${#3}" "$3" >&3
  cat <&3
  exec 3>&-
}
of() { printf '%s' "$answer" | grep -o "\\"$1\\": *\\"[^\\"]*\\"" | head -n 1 | cut -d '"' -f 4; }
until answer=$(ask GET "clusters/$CLUSTER" '' 2>/dev/null) && [ -n "$answer" ]; do sleep 1; done
case "$answer" in
  "HTTP/1.0 404 "* | "HTTP/1.1 404 "*) echo "there is no Cluster $CLUSTER"; exit 0 ;;
  "HTTP/1.0 200 "* | "HTTP/1.1 200 "*) ;;
  *) printf '%s\\n' "$answer" | head -n 1; exit 1 ;;
esac
created=$(of creationTimestamp)
uid=$(of uid)
left=$(($(date -d "$created" +%s) + SECONDS_TO_LIVE - $(date +%s)))
if [ "$left" -gt 0 ]; then echo "$CLUSTER, created $created, is deleted in $left s or up to an hour later"; exit 0; fi
remove() {
  answer=$(ask DELETE "$1" "$2")
  printf '%s: %s\\n' "$1" "$(printf '%s' "$answer" | head -n 1)"
  case "$answer" in "HTTP/1."?" 200 "* | "HTTP/1."?" 202 "* | "HTTP/1."?" 404 "*) ;; *) exit 1 ;; esac
}
if [ -n "$SCHEDULED_BACKUP" ]; then remove "scheduledbackups/$SCHEDULED_BACKUP" '{"kind":"DeleteOptions","apiVersion":"v1"}'; fi
remove "clusters/$CLUSTER" "{\\"kind\\":\\"DeleteOptions\\",\\"apiVersion\\":\\"v1\\",\\"preconditions\\":{\\"uid\\":\\"$uid\\"}}"`;
