import { ClusterError, type Http, isNotFound } from "../apiServer";
import type { ArchivePod } from "../plan/archivePod";
import { conditionOf, type LivePod } from "./live";
import { getObject } from "./look";
import { oneLine } from "./symptom";
import type { NotSettled } from "./watch";

/** A look into an archive before something is made. */
export interface ArchiveLook extends ArchivePod {
  /** Seconds after which nobody waits any more. */
  readonly timeout: number;
  /** Whether a Kubernetes cluster that can't be reached is an error, or only said. */
  readonly required: boolean;
}

/** How a look is done. */
export interface LookMeans {
  readonly http: Http;
  readonly progress: (text: string) => void;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** Seconds after which an image that can't be had is no matter of patience any more. */
const imagePatience = 120;

/** What a Cluster says of its archive. */
export interface Archiver {
  readonly spec?: {
    readonly plugins?: readonly { readonly parameters?: { readonly serverName?: string } }[];
    readonly backup?: { readonly barmanObjectStore?: { readonly serverName?: string } };
  };
}

/** Server names with which a Cluster archives, by either method; none where it does not say. */
export function serverNamesOf({ spec }: Archiver): readonly string[] {
  const plugins = (spec?.plugins ?? []).map(({ parameters }) => parameters?.serverName);
  return [...plugins, spec?.backup?.barmanObjectStore?.serverName].filter((name) => name !== undefined);
}

/** How a live Cluster archives; undefined if there is none. */
export async function archivesAs(
  http: Http,
  { namespace, cluster }: Pick<ArchivePod, "namespace" | "cluster">,
): Promise<readonly string[] | undefined> {
  const path = `/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/clusters/${cluster}`;
  const live = await getObject<Archiver>(http, path);
  return live && serverNamesOf(live);
}

/**
 * Has the pod look, and takes away again what was made for it.
 *
 * @returns what the pod says against the archive; undefined if it is as it has to be
 * @throws NotSettled with the words of `cannot` if that can't be seen
 */
export async function lookIntoArchive(
  look: ArchiveLook,
  { http, pause }: LookMeans,
  cannot: (why: string) => NotSettled,
): Promise<string | undefined> {
  const core = `/api/v1/namespaces/${look.namespace}`;
  const pod = `${core}/pods/${look.pod.metadata.name}`;
  const ownAccount = await made(http, `${core}/serviceaccounts`, look.account);
  try {
    await removed(http, pod, pause);
    await http.ask({ method: "POST", path: `${core}/pods`, body: look.pod });
    const { exitCode, said } = await ended(look, pod, { http, pause }, cannot);
    if (exitCode === 0) return undefined;
    if (exitCode === look.refused) return said;
    throw cannot(said);
  } finally {
    await removed(http, pod, pause);
    if (ownAccount)
      await http.ask({ method: "DELETE", path: `${core}/serviceaccounts/${look.account.metadata.name}` });
  }
}

/** Makes an object; returns false where there is one already. */
async function made(http: Http, path: string, body: unknown): Promise<boolean> {
  try {
    await http.ask({ method: "POST", path, body });
    return true;
  } catch (error) {
    if (error instanceof ClusterError && error.reason === "AlreadyExists") return false;
    throw error;
  }
}

/** Takes a pod away, also one that a killed update left, and waits until it is gone. */
async function removed(http: Http, path: string, pause: LookMeans["pause"]): Promise<void> {
  try {
    await http.ask({ method: "DELETE", path: `${path}?gracePeriodSeconds=0` });
    while ((await getObject(http, path)) !== undefined) await pause(500);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** How the pod ended. */
async function ended(
  look: ArchiveLook,
  path: string,
  { http, pause }: Pick<LookMeans, "http" | "pause">,
  cannot: (why: string) => NotSettled,
): Promise<{ readonly exitCode: number; readonly said: string }> {
  const begun = Date.now();
  for (;;) {
    const { status } = (await getObject<LivePod>(http, path)) ?? {};
    const state = status?.containerStatuses?.[0]?.state;
    if (state?.terminated !== undefined) {
      const { exitCode = -1, message = "", reason = "" } = state.terminated;
      return { exitCode, said: oneLine(message.trim() || reason) };
    }
    const waiting = state?.waiting;
    const scheduled = conditionOf(status?.conditions, "PodScheduled");
    const why =
      waiting === undefined
        ? (scheduled?.message ?? status?.message ?? "it does not begin")
        : [waiting.reason, waiting.message].filter(Boolean).join(": ");
    const seconds = (Date.now() - begun) / 1000;
    const hopeless = seconds > imagePatience && /Image|CreateContainer/.test(waiting?.reason ?? "");
    if (status?.phase === "Failed" || hopeless || seconds > look.timeout) throw cannot(oneLine(why));
    await pause(1000);
  }
}
