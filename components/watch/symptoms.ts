import {
  conditionOf,
  type LiveCluster,
  type LiveEvent,
  type LiveJob,
  type LivePod,
  type Snapshot,
} from "./live";
import { badSetting, reasonInLog } from "./logs";
import { roleSymptoms } from "./managedRoles";
import { podSymptoms } from "./podSymptoms";
import { refusedVolume } from "./quotas";
import { oneLine, type Symptom } from "./symptom";

/** Phases in which the operator stands still until somebody does something, with what that is. */
const standstill: readonly { readonly phase: string; readonly after: number; readonly todo?: string }[] = [
  {
    phase: "Cluster cannot proceed to reconciliation due to an unknown plugin being required",
    after: 20,
    todo: "install the Barman Cloud plugin in the operator's namespace, and wait until its Deployment is available",
  },
  {
    phase: "Cluster cannot proceed to reconciliation due to an error while interacting with plugins",
    // A busy plugin answers later, and then the operator goes on.
    after: 150,
    todo: "look at the log of the plugin (Deployment barman-cloud in the operator's namespace)",
  },
  { phase: "Cluster has incomplete or invalid image catalog", after: 10 },
  { phase: "Cluster is unrecoverable and needs manual intervention", after: 10 },
  { phase: "Cluster cannot execute instance online upgrade due to missing architecture binary", after: 20 },
  { phase: "Unable to create required cluster objects", after: 30 },
  { phase: "Invalid cluster definition", after: 10 },
  {
    phase: "Not enough disk space",
    after: 10,
    todo: "docs/troubleshooting.md has what to do when a volume is full",
  },
  {
    phase: "Instance Status Extraction Error: HTTP communication issue",
    after: 60,
    todo: "let the operator reach the instances on port 8000 (NetworkPolicy)",
  },
  {
    phase: "Waiting for user action",
    after: 10,
    todo: "primaryUpdateStrategy is supervised: promote a replica (kubectl cnpg promote), or restart the primary",
  },
];

/** Seconds after which an operator that said nothing at all is taken for one that is not there. */
const silence = 60;

/** Everything that keeps a cluster from becoming what it should be; `changed` in milliseconds. */
export function symptomsOf(snapshot: Snapshot, changed: number, wanted: string | undefined): Symptom[] {
  const { cluster } = snapshot;
  if (cluster === undefined) return [];
  return [
    ...ofOperator(cluster, snapshot),
    ...podSymptoms(snapshot, changed, wanted),
    ...snapshot.jobs.flatMap((job) => ofJob(job, snapshot)),
    ...snapshot.claims.flatMap((claim) => ofClaim(claim, snapshot.events)),
    ...refusedReloads(snapshot),
    ...ofStopped(snapshot),
    ...roleSymptoms(cluster),
  ];
}

function ofOperator(cluster: LiveCluster, { jobs, pods, silent }: Snapshot): Symptom[] {
  const { phase = "", phaseReason = "" } = cluster.status ?? {};
  if (phase === "" && jobs.length === 0 && pods.length === 0 && silent?.begun === true)
    return [refusedVolume(cluster, silent.quotas)];
  if (phase === "" && jobs.length === 0 && pods.length === 0)
    return [
      {
        key: "silent operator",
        text: "the operator says nothing of it",
        todo: "is the CNPG operator running, and does it watch this namespace (WATCH_NAMESPACE)?",
        certainAfter: silence,
      },
    ];
  const found = standstill.find((each) => each.phase === phase);
  if (found === undefined) return [];
  const reason = phaseReason === "" ? "" : `: ${oneLine(phaseReason)}`;
  return [
    {
      key: `phase ${phase}`,
      text: `${phase}${reason}`,
      ...(found.todo !== undefined && { todo: found.todo }),
      certainAfter: found.after,
    },
  ];
}

/** A Job that has failed for good, one whose pods fail one after the other, and one that can't make any. */
function ofJob(job: LiveJob, snapshot: Snapshot): Symptom[] {
  const { metadata, status } = job;
  if (conditionOf(status?.conditions, "Complete")?.status === "True") return [];
  const where = `job ${metadata.namespace}/${metadata.name}`;
  const own = snapshot.pods.filter(({ metadata: { labels } }) => labels?.["job-name"] === metadata.name);
  const failed = own.filter((pod) => pod.status?.phase === "Failed");
  const given = conditionOf(status?.conditions, "Failed");
  if (given?.status === "True")
    return [
      {
        key: `job failed ${metadata.name}`,
        text: `${where}: ${given.reason ?? "failed"}: ${lastWords(own, snapshot) ?? oneLine(given.message ?? "")}`,
        certainAfter: 0,
      },
    ];
  const failures = Math.max(failed.length, status?.failed ?? 0);
  const words = lastWords(failed, snapshot);
  const refused = snapshot.events.filter(
    ({ type, reason, involvedObject }) =>
      type === "Warning" && reason === "FailedCreate" && involvedObject?.name === metadata.name,
  );
  return [
    ...(failures >= 2 && words !== undefined
      ? [
          {
            key: `job fails ${metadata.name}`,
            text: `${where}, ${failures} pods failed: ${words}`,
            // Rights that were just given may take minutes to count.
            certainAfter: /\b40[13]\b|denied|forbidden/i.test(words) ? 60 : 5,
          },
        ]
      : []),
    ...(refused.length > 0 && own.length === 0
      ? [
          {
            key: `job refused ${metadata.name}`,
            text: `${where}: FailedCreate: ${oneLine(refused.at(-1)?.message ?? "")}`,
            certainAfter: 20,
          },
        ]
      : []),
  ];
}

/** What the last pod said that failed. */
export function lastWords(pods: readonly LivePod[], { logs }: Snapshot): string | undefined {
  for (const { metadata, spec } of [...pods].reverse())
    for (const { name } of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) {
      const log = logs.get(`${metadata.name}/${name}`);
      const reason = log === undefined ? undefined : reasonInLog(log);
      if (reason !== undefined) return `pod ${metadata.name}, container ${name}: ${reason}`;
    }
  return undefined;
}

function ofClaim(
  { metadata, spec, status }: Snapshot["claims"][number],
  events: readonly LiveEvent[],
): Symptom[] {
  const where = `volume claim ${metadata.namespace}/${metadata.name}`;
  const own = events.filter(
    ({ type, involvedObject }) => type === "Warning" && involvedObject?.name === metadata.name,
  );
  const last = own.at(-1);
  if (status?.phase === "Pending" && last !== undefined)
    return [
      {
        key: `claim ${metadata.name}`,
        text: `${where}: Pending: ${last.reason}: ${oneLine(last.message ?? "")} (storage class ${spec?.storageClassName ?? "none"})`,
        certainAfter: /not found|invalid|exceeded quota|forbidden/i.test(last.message ?? "") ? 20 : 60,
      },
    ];
  const infeasible = Object.values(status?.allocatedResourceStatuses ?? {}).find((text) =>
    text.endsWith("Infeasible"),
  );
  const resize = own.find(({ reason = "" }) => /Resize.*Failed|FailedResize/.test(reason));
  if (infeasible === undefined && resize === undefined) return [];
  return [
    {
      key: `resize ${metadata.name}`,
      text: `${where}: ${infeasible ?? resize?.reason}: ${oneLine(resize?.message ?? "it can't grow")}`,
      certainAfter: infeasible === undefined ? 60 : 10,
    },
  ];
}

/** After a restart in place that failed, the pod goes on without a Postgres, and nothing starts it again. */
function ofStopped({ pods, logs }: Snapshot): Symptom[] {
  return pods.flatMap(({ metadata: { namespace, name } }) => {
    const log = logs.get(`${name}/postgres stopped`) ?? "";
    const end = log.lastIndexOf("PostgreSQL process exited with errors");
    if (end < 0 || end < log.lastIndexOf("database system is ready to accept connections")) return [];
    const reason = reasonInLog(log.slice(Math.max(0, log.lastIndexOf("starting the postmaster"))));
    return [
      {
        key: `stopped ${name}`,
        text: `pod ${namespace}/${name}, container postgres: Postgres ended and nothing starts it again: ${reason ?? "see its log"}`,
        todo: `correct what it names, if this change brought it; then kubectl delete pod -n ${namespace} ${name} starts it with what is declared, and pulumi up goes on`,
        certainAfter: 30,
      },
    ];
  });
}

/** A configuration that Postgres read and refused: it goes on with the former one. */
export function refusedReloads({ pods, logs }: Snapshot): Symptom[] {
  return pods.flatMap(({ metadata: { namespace, name } }) => {
    const log = logs.get(`${name}/postgres reload`);
    const reason = log === undefined ? undefined : refusedReload(log);
    if (reason === undefined) return [];
    return [
      {
        key: `reload ${name}`,
        text: `pod ${namespace}/${name}, container postgres: Postgres goes on with its former configuration: ${reason}`,
        certainAfter: 0,
      },
    ];
  });
}

/** Why the last reload was refused; undefined if it was taken, be it for a restart. */
export function refusedReload(log: string): string | undefined {
  let refused: string[] = [];
  let later = false;
  let reason: string | undefined;
  for (const line of log.split("\n")) {
    const message = messageOf(line);
    if (message === undefined) continue;
    if (/received SIGHUP, reloading configuration files/.test(message))
      [refused, later, reason] = [[], false, undefined];
    else if (/cannot be changed without restarting the server/.test(message)) later = true;
    else if (badSetting.test(message) || badRule.test(message)) refused.push(message);
    // Said too where all that was wrong is that it has to wait for a restart.
    else if (badFile.test(message) && (refused.length > 0 || !later))
      reason = oneLine((refused.length > 0 ? refused : [message]).join("; "));
  }
  return reason;
}

/** What is wrong with a line of pg_hba.conf. */
const badRule = /invalid (authentication method|connection type)|could not parse|end-of-line before/;
const badFile = /configuration file .* contains errors|pg_hba\.conf was not reloaded/;

function messageOf(line: string): string | undefined {
  if (!line.startsWith("{")) return line === "" ? undefined : line;
  try {
    return (JSON.parse(line) as { record?: { message?: string } }).record?.message;
  } catch {
    return undefined;
  }
}
