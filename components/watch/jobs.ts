import type { Http } from "../apiServer";
import { conditionOf, type LiveEvent, type LiveJob, type LivePod, type Snapshot } from "./live";
import { getObject, list, logsOf } from "./look";
import { podSymptoms } from "./podSymptoms";
import { Lasting, oneLine } from "./symptom";
import { lastWords } from "./symptoms";
import type { Means } from "./watch";

/** Seconds after which a Job that waits for one and the same thing is worth a word. */
const patience = 45;

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
 * @param warn told what it waits for, if that does not come
 */
export async function watchJob(
  { namespace, name, timeout, over }: JobWatch,
  { http, pause }: Pick<Means, "http" | "pause">,
  tell: (text: string) => void,
  warn: (text: string) => void,
): Promise<void> {
  const until = Date.now() + timeout * 1000;
  const core = `/api/v1/namespaces/${namespace}`;
  const lasting = new Lasting();
  const begun = Date.now();
  let last: Saying | undefined;
  let warned: string | undefined;
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
      const conditions = job.status?.conditions;
      const { reason = "", message = "" } =
        conditionOf(conditions, "Failed") ?? conditionOf(conditions, "FailureTarget") ?? {};
      // A pod that its deadline ends is gone, and its log with it.
      const before = last === undefined ? "" : `; its last words were: ${last.text}`;
      const words = lastWords(pods, { ...seen, events: [] }) ?? `${oneLine(message)}${before}`;
      // The provider knows two reasons for which a Job fails, and waits on after this one.
      const todo =
        reason === "PodFailurePolicy"
          ? ". To do: end this update with Ctrl-C, since Pulumi's provider does not notice the end of this Job"
          : "";
      tell(`Job ${namespace}/${name} failed${reason === "" ? "" : ` (${reason})`}: ${words}${todo}`);
      return;
    }
    const saying = await lastSaying(http, core, pods);
    last = saying === undefined || saying === last?.text ? last : { text: saying, since: at };
    if (
      last !== undefined &&
      waits.test(last.text) &&
      at - last.since >= patience * 1000 &&
      warned !== last.text
    ) {
      warned = last.text;
      warn(`Job ${namespace}/${name}: ${last.text}`);
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

/** What a pod of a Job said last, and since when. */
interface Saying {
  readonly text: string;
  readonly since: number;
}

/** What the scripts of Jobs say as long as something is missing. */
const waits = /: waiting for /;

/** The last line of a running container, with its pod and its name; undefined where none runs, or none may be read. */
async function lastSaying(http: Http, core: string, pods: readonly LivePod[]): Promise<string | undefined> {
  for (const { metadata, status } of pods)
    for (const { name, state } of [
      ...(status?.containerStatuses ?? []),
      ...(status?.initContainerStatuses ?? []),
    ]) {
      if (state?.running === undefined) continue;
      const path = `${core}/pods/${metadata.name}/log?container=${name}&tailLines=1`;
      const line = await http.ask({ method: "GET", path, timeout: 15 }).then(
        ({ body }) => (typeof body === "string" ? oneLine(body) : ""),
        () => "",
      );
      if (line !== "") return `pod ${metadata.name}, container ${name}: ${line}`;
    }
  return undefined;
}
