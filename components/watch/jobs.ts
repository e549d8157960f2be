import { conditionOf, type LiveEvent, type LiveJob, type LivePod, type Snapshot } from "./live";
import { getObject, list, logsOf } from "./look";
import { podSymptoms } from "./podSymptoms";
import { Lasting, oneLine } from "./symptom";
import { lastWords } from "./symptoms";
import type { Means } from "./watch";

/** A Job of the project that is being made. */
export interface JobWatch {
  readonly namespace: string;
  readonly name: string;
  /** Seconds after which nobody waits any more. */
  readonly timeout: number;
  /** Whether its end is known already. */
  readonly over: () => boolean;
}

/**
 * Looks at a Job while Pulumi's provider waits for it, and tells why it fails or can't begin. The provider says of a Job that it
 * failed and no more; of one that its `podFailurePolicy` ended it doesn't even notice that, and waits on.
 *
 * @param tell told once what keeps it, in one line
 */
export async function watchJob(
  { namespace, name, timeout, over }: JobWatch,
  { http, pause }: Pick<Means, "http" | "pause">,
  tell: (text: string) => void,
): Promise<void> {
  const until = Date.now() + timeout * 1000;
  const core = `/api/v1/namespaces/${namespace}`;
  const lasting = new Lasting();
  const begun = Date.now();
  while (!over() && Date.now() < until) {
    await pause(3000);
    const job = await getObject<LiveJob>(http, `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`);
    if (job === undefined) continue;
    const ended = (type: string) => conditionOf(job.status?.conditions, type)?.status === "True";
    if (ended("Complete")) return;
    const pods = await list<LivePod>(
      http,
      `${core}/pods?labelSelector=${encodeURIComponent(`job-name=${name}`)}`,
    );
    const logs = await logsOf(http, namespace, pods, begun);
    const at = Date.now();
    const nothing = { cluster: undefined, jobs: [], claims: [], secrets: new Map(), instances: new Map() };
    const seen = { ...nothing, at, pods, logs };
    if (ended("Failed") || ended("FailureTarget")) {
      const { reason = "", message = "" } = conditionOf(job.status?.conditions, "Failed") ?? {};
      const words = lastWords(pods, { ...seen, events: [] }) ?? oneLine(message);
      tell(`Job ${namespace}/${name} failed${reason === "" ? "" : ` (${reason})`}: ${words}`);
      return;
    }
    const events = await list<LiveEvent>(http, `${core}/events?limit=500`).catch(() => []);
    const snapshot: Snapshot = { ...seen, events };
    const symptoms = podSymptoms(snapshot, begun, undefined).filter(({ key }) => !key.startsWith("ended "));
    const [stuck] = lasting.certain(symptoms, at);
    if (stuck !== undefined) {
      tell(`Job ${namespace}/${name} can't go on: ${stuck.text}`);
      return;
    }
  }
}
