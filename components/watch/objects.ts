import { ClusterError, type Http, isPassing } from "../apiServer";
import type { WatchedKind } from "../plan/object";
import type { Meta } from "./live";
import { changeOf, getObject, metadataOf, pathOf } from "./look";
import { judgePgBouncers, lookAtPgBouncers, type PgBouncers } from "./pgBouncers";
import { described, Lasting, oneLine, type Symptom } from "./symptom";
import { asNotSettled, fresh, type Means, NotSettled, patience, quiet } from "./watch";

/** Names of the kinds in paths of the API. */
const kinds: Readonly<Record<WatchedKind, string>> = {
  Database: "databases",
  DatabaseRole: "databaseroles",
  Publication: "publications",
  Subscription: "subscriptions",
  Pooler: "poolers",
  ScheduledBackup: "scheduledbackups",
};

/** Lists of a Database whose entries CNPG applies one by one. */
const lists = ["extensions", "schemas", "fdws", "servers"] as const;

interface Entry {
  readonly name?: string;
  readonly applied?: boolean;
  readonly message?: string;
}

type Entries = { readonly [List in (typeof lists)[number]]?: readonly Entry[] };

/** An object of CNPG beside the Cluster; its status as its kind has it. */
export interface LiveObject {
  readonly metadata: Meta;
  readonly spec?: Entries & {
    readonly instances?: number;
    readonly passwordSecret?: { readonly name?: string };
    readonly pgbouncer?: { readonly image?: string };
  };
  readonly status?: Entries & {
    readonly observedGeneration?: number;
    readonly applied?: boolean;
    readonly message?: string;
    readonly phase?: string;
    readonly phaseReason?: string;
    readonly error?: string;
    readonly instances?: number;
    readonly image?: string;
    /** Version of the Secret whose password a role has. */
    readonly secretResourceVersion?: string;
  };
}

/** What an object still lacks, and what keeps it from it. */
export interface Judgement {
  readonly missing: readonly string[];
  readonly symptoms: readonly Symptom[];
  /** Whether it does its work as declared, and only more of it is missing. */
  readonly serves?: boolean;
}

type JudgeObject = (object: LiveObject, pgBouncers?: PgBouncers) => Judgement;

/** How objects of a kind are judged. */
export function judgeOfKind(kind: WatchedKind): JudgeObject {
  if (kind === "Pooler") return judgePooler;
  return kind === "ScheduledBackup" ? judgeSchedule : judgeApplied;
}

/** CNPG notes what generation of the object it applied to Postgres, or could not, and why. */
function judgeApplied({ metadata, spec = {}, status = {} }: LiveObject): Judgement {
  const { observedGeneration, applied, message = "" } = status;
  const seen = (observedGeneration ?? 0) >= (metadata.generation ?? 1);
  // A failure is noted without a generation.
  if (applied === true) return { missing: seen ? [] : ["CNPG to apply this change"], symptoms: [] };
  if (applied !== false) return { missing: ["CNPG to apply it"], symptoms: [] };
  const failed = lists.flatMap((list) =>
    (status[list] ?? [])
      .filter((part) => part.applied === false)
      .map((part) => ({
        ...part,
        list,
        declared: spec[list]?.some(({ name }) => name === part.name) === true,
      })),
  );
  const left = failed.filter(({ declared }) => !declared);
  if (left.length > 0 && left.length === failed.length)
    return { missing: ["status.applied"], symptoms: [leftOver(metadata, left)] };
  const parts = failed.map((part) => `${part.name}: ${part.message ?? "not applied"}`);
  const text = oneLine([message, ...parts].filter((one) => one !== "").join("; ") || "not applied");
  return {
    missing: ["status.applied"],
    // A failure has no generation: this one may be of before the change, until CNPG tries again, every 30 seconds.
    symptoms: [{ key: `applied ${text}`, text, certainAfter: 50 }],
  };
}

/**
 * CNPG counts what its status says of an entry also when that is no longer declared, and never takes it out (seen with
 * operator 1.30): one that failed once keeps a Database from being applied for ever.
 */
function leftOver({ namespace, name }: Meta, left: readonly (Entry & { readonly list: string })[]): Symptom {
  const found = [...new Set(left.map(({ list }) => list))];
  const nothing = JSON.stringify({ status: Object.fromEntries(found.map((list) => [list, null])) });
  return {
    key: "left over",
    text: `CNPG still reports ${left.map((part) => `${part.name} (${oneLine(part.message ?? "not applied", 120)})`).join(", ")}, which is no longer declared, and does not forget it by itself`,
    todo: `kubectl patch database -n ${namespace} ${name} --subresource=status --type=merge -p '${nothing}'; CNPG applies the Database within 30 s. Then run pulumi up again`,
    // Until it tries again, every 30 seconds, it may be of before the change.
    certainAfter: 40,
  };
}

/** What is seen of an object; nothing if it is not there. */
interface Seen {
  readonly object?: LiveObject;
  /** Metadata of the Secret with a role's password; absent if it has none, or if that may not be read. */
  readonly secret?: Meta;
  /** What runs of a Pooler; absent if that may not be read. */
  readonly pgBouncers?: PgBouncers;
}

async function lookAt(http: Http, path: string, kind: WatchedKind, troubled: boolean): Promise<Seen> {
  const object = await getObject<LiveObject>(http, path);
  if (object === undefined) return {};
  if (kind === "Pooler") {
    const pgBouncers = await lookAtPgBouncers(http, object.metadata, troubled);
    return { object, ...(pgBouncers !== undefined && { pgBouncers }) };
  }
  const name = object.spec?.passwordSecret?.name;
  if (name === undefined) return { object };
  const secret = (await metadataOf(http, object.metadata.namespace ?? "", [name])).get(name);
  return { object, ...(secret !== undefined && { secret }) };
}

/** A Secret that changes leaves a role as it is: CNPG notes the version of the Secret whose password it has set. */
function judgeSeen({ object, secret, pgBouncers }: Seen, judge: JudgeObject): Judgement {
  if (object === undefined) return { missing: ["the object"], symptoms: [] };
  const judgement = judge(object, pgBouncers);
  if (secret === undefined || object.status?.secretResourceVersion === secret.resourceVersion)
    return judgement;
  return {
    ...judgement,
    missing: [...judgement.missing, `CNPG to set the password of Secret ${secret.name}`],
  };
}

function judgePooler(pooler: LiveObject, pgBouncers?: PgBouncers): Judgement {
  const { spec = {}, status = {} } = pooler;
  const { phase = "", phaseReason = "", error = "" } = status;
  const missing: string[] = [];
  if (error !== "") missing.push(error);
  if (phase !== "" && phase !== "active" && phase !== "paused") missing.push(`phase active (is ${phase})`);
  const reason = oneLine([error, phaseReason].filter((one) => one !== "").join("; "));
  const failed = error !== "" || phase === "failed";
  // What an inactive one lacks, such as a Secret, may be made a moment later.
  const symptoms =
    failed || (phase === "inactive" && reason !== "")
      ? [{ key: `pooler ${reason}`, text: reason || `phase ${phase}`, certainAfter: failed ? 30 : 60 }]
      : [];
  if (pgBouncers === undefined) {
    if ((status.instances ?? 0) < (spec.instances ?? 1)) missing.push(`${spec.instances ?? 1} pods`);
    return { missing, symptoms };
  }
  const runs = judgePgBouncers(pooler, pgBouncers);
  return {
    missing: [...missing, ...runs.missing],
    symptoms: [...symptoms, ...runs.symptoms],
    serves: missing.length === 0 && runs.serves === true,
  };
}

/** Its next time says nothing: it is not there as long as a first base backup, made at once, is under way. */
function judgeSchedule({ status = {} }: LiveObject): Judgement {
  const { error = "" } = status;
  if (error === "") return { missing: [], symptoms: [] };
  return { missing: ["a schedule"], symptoms: [{ key: "schedule", text: oneLine(error), certainAfter: 10 }] };
}

/** An object that has to become what is declared. */
export interface ObjectWatch {
  readonly kind: WatchedKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly timeout: number;
  readonly judge: JudgeObject;
}

/**
 * Waits until CNPG has applied an object.
 *
 * @throws NotSettled with CNPG's own reason
 */
export async function watchObject(watch: ObjectWatch, means: Means): Promise<void> {
  const { kind, namespace, name, uid, timeout, judge } = watch;
  const where = `${kind} ${namespace}/${name}`;
  const path = pathOf("postgresql.cnpg.io/v1", kinds[kind], namespace, name);
  const until = Date.now() + timeout * 1000;
  const lasting = new Lasting();
  const begun = Date.now();
  let good: number | undefined;
  let troubled = false;
  for (let said = ""; ; await means.pause(good === undefined ? 2000 : 1000)) {
    const seen = await lookAt(means.http, path, kind, troubled).catch((error: unknown) => {
      if (!isPassing(error)) throw asNotSettled(error);
      return error as ClusterError;
    });
    const now = Date.now();
    const object = seen instanceof ClusterError ? undefined : seen.object;
    if (!(seen instanceof ClusterError) && object?.metadata.uid !== uid)
      throw new NotSettled(
        `${where}: ${object === undefined ? "it is not there" : "it is another one than this stack's"}. To do: pulumi refresh, if somebody ` +
          "changed it by hand; else let kubectl see the same Kubernetes cluster as Pulumi's provider",
      );
    const { missing, symptoms, serves }: Judgement =
      seen instanceof ClusterError ? { missing: [seen.message], symptoms: [] } : judgeSeen(seen, judge);
    // A Pooler has no observed generation: just after a change its Deployment may still be that of before.
    const recent = kind === "Pooler" && now - changeOf(object?.metadata) < fresh * 1000;
    good = missing.length > 0 ? undefined : (good ?? now);
    if (good !== undefined && (!recent || now - good >= quiet * 1000)) return;
    if (good !== undefined) continue;
    troubled = true;
    if (serves === true && !recent && now - begun >= patience * 1000) {
      means.warn(
        `${where}: still missing: ${missing.join(", ")}${symptoms.map(({ text }) => `. Seen: ${text}`).join("")}. This update did not change it`,
      );
      return;
    }
    const [certain] = lasting.certain(symptoms, now);
    if (certain !== undefined && (recent || serves !== true))
      throw new NotSettled(`${where}: ${described([certain])}`);
    if (now >= until)
      throw new NotSettled(
        `${where}: not within ${timeout} s; still missing: ${missing.join(", ")}${symptoms.map(({ text }) => `. Seen: ${text}`).join("")}`,
      );
    const text = `waiting for ${missing.join(", ")}`;
    if (text !== said) means.progress(text);
    said = text;
  }
}
