import { ClusterError, type Http, isPassing } from "../apiServer";
import { archivingSymptoms, failsToArchive, primaryOf } from "./archiving";
import type { LiveCluster, Snapshot } from "./live";
import { changeOf, logsOf, look, lookAtStore, type Target } from "./look";
import { missingOf, type SidecarWanted, type Wanted } from "./missing";
import { described, Lasting, type Symptom } from "./symptom";
import { refusedReloads, symptomsOf } from "./symptoms";
import { reaches } from "./wal";

/** A cluster that has to become what is declared. */
export interface ClusterWatch extends Target {
  /** UID of the Cluster that Pulumi's provider made or changed. */
  readonly uid: string;
  /** Whether WAL has to arrive: that of a cluster which follows another one comes when that writes. */
  readonly archives: boolean;
  /** Name of its ObjectStore, if it has one. */
  readonly objectStore: string | undefined;
  /** Seconds after which the wait is given up. */
  readonly timeout: number;
  /** Whether this update changed something that its archive depends on and that does not show at the Cluster. */
  readonly archiveChanged?: () => Promise<boolean>;
  /** Hash of each instance's configuration before this update changed parameters. */
  readonly formerConfiguration?: () => ReadonlyMap<string, string> | undefined;
}

/** How a watch reaches the world. */
export interface Means {
  readonly http: Http;
  /** Makes Postgres begin a new WAL file; rejects where that is not allowed. */
  readonly switchWal: (namespace: string, pod: string) => Promise<void>;
  /** Told what is still missing, when that changes. */
  readonly progress: (text: string) => void;
  /** Told what a person should know. */
  readonly warn: (text: string) => void;
  /** Waits. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** A change did not take effect: says why, to the person who made it. */
export class NotSettled extends Error {}

/** Seconds for which all has to hold: the operator and its instance managers act within one or two after a change. */
export const quiet = 8;

/** Seconds in which a change is new, so that what holds may still be from before it. */
export const fresh = 120;

/** Seconds after a change in which the logs still tell what Postgres said to it. */
const remembered = 24 * 3600;

/** Seconds that a cluster which serves, and which this update did not change, is waited for: what it lacks is no effect of it. */
export const patience = 60;

/** Seconds after which an idle Postgres that may not be told to switch would have done so by itself (`archive_timeout`). */
const archiveTimeout = 360;

/**
 * Waits until a cluster runs as declared and, where it changed, until Postgres has archived WAL that it wrote since. It
 * ends early where it is certain that it never will.
 *
 * @throws NotSettled with the reason, and with what was missing when the time was over
 */
export async function watchCluster(target: ClusterWatch, means: Means): Promise<void> {
  const watch = new Watch(target, means);
  const changed = await watch.settle();
  if (target.archives && changed) await watch.archive();
}

class Watch {
  private readonly begun = Date.now();
  private readonly until: number;
  private readonly lasting = new Lasting();
  private said = "";
  /** When it was last changed, and when last a password of one of its roles, in milliseconds. */
  private changedAt = 0;
  private passwordsChangedAt = 0;
  /** Whether it was changed just before, or is while this waits; and whether it was that or one of those passwords. */
  private isNew = false;
  private anythingIsNew = false;
  /** Whether grants or keys were just made or changed: they may take minutes to count. */
  private newRights = false;
  private sidecar: SidecarWanted | undefined;
  private troubled = false;
  private last: readonly Symptom[] = [];

  constructor(
    private readonly target: ClusterWatch,
    private readonly means: Means,
  ) {
    this.until = Date.now() + target.timeout * 1000;
  }

  /** Waits until all that is declared runs; returns whether it was changed just now, which a password is not. */
  async settle(): Promise<boolean> {
    this.newRights = (await this.target.archiveChanged?.()) === true;
    let good: number | undefined;
    for (;;) {
      const snapshot = await this.look();
      if (snapshot !== undefined) {
        const held = heldByHand(snapshot.cluster);
        if (held !== undefined) {
          this.means.warn(`${this.name()}: ${held}, so nobody looks whether it runs as declared`);
          return false;
        }
        const missing = missingOf(snapshot, this.wanted());
        this.isNew ||= snapshot.at - this.changedAt < fresh * 1000;
        this.anythingIsNew ||= this.isNew || snapshot.at - this.passwordsChangedAt < fresh * 1000;
        const recent = this.anythingIsNew;
        if (missing.length === 0) {
          good ??= snapshot.at;
          if (!recent || snapshot.at - good >= quiet * 1000) {
            if (snapshot.at - this.changedAt < remembered * 1000) await this.checkReload(snapshot);
            return this.isNew;
          }
        } else good = undefined;
        try {
          this.judge(snapshot, missing);
          if (!recent && snapshot.at - this.begun >= patience * 1000 && serves(snapshot, missing))
            this.giveUp(snapshot, missing);
        } catch (error) {
          // What was declared is there, and something else is amiss: no reason to stop all other changes.
          if (!(error instanceof NotSettled) || recent || !serves(snapshot, missing)) throw error;
          this.means.warn(`${error.message}. This update did not change it`);
          return false;
        }
        this.troubled = missing.length > 0;
      }
      await this.means.pause(good === undefined ? 2000 : 1000);
    }
  }

  /**
   * Waits until Postgres took its configuration. One that refuses it goes on with the former one, and tells that to its log alone: the
   * instance manager's hash is that of the files.
   */
  private async checkReload(snapshot: Snapshot): Promise<void> {
    const { namespace } = this.target;
    const logs = await logsOf(this.means.http, namespace, snapshot.pods, this.changedAt);
    const refused = refusedReloads({ ...snapshot, logs });
    if (refused.length > 0) throw new NotSettled(`${this.name()}: ${described(refused)}`);
  }

  /** Waits until a WAL file that was begun after the change is archived. */
  async archive(): Promise<void> {
    const { namespace } = this.target;
    let needed: string | undefined;
    let asked = false;
    let refused: string | undefined;
    const begun = Date.now();
    for (;;) {
      const snapshot = await this.look();
      const primary = snapshot === undefined ? undefined : primaryOf(snapshot);
      if (snapshot !== undefined && primary !== undefined) {
        needed ??= primary.said.currentWAL;
        if (needed !== undefined && reaches(primary.said.lastArchivedWAL, needed)) return;
        if (!asked) {
          asked = true;
          refused = await this.means.switchWal(namespace, primary.pod).then(
            () => undefined,
            (error: Error) => error.message,
          );
        }
        const idle = primary.said.currentWAL === needed && !failsToArchive(primary.said);
        if (refused !== undefined && idle && Date.now() - begun > archiveTimeout * 1000) {
          this.means.warn(
            `${this.name()}: Postgres wrote nothing since the change, so that no WAL file shows that it arrives. An update that may ` +
              `run psql in its pods asks for one (${refused})`,
          );
          return;
        }
        this.judge(snapshot, [`the archiving of WAL file ${needed ?? ""}`]);
      }
      this.troubled = true;
      await this.means.pause(1500);
    }
  }

  private wanted(): Wanted {
    const former = this.target.formerConfiguration?.();
    return {
      archives: this.target.archives,
      ...(this.sidecar !== undefined && { sidecar: this.sidecar }),
      ...(former !== undefined && { formerConfiguration: former }),
    };
  }

  /** Undefined where the API server was away for a moment. */
  private async look(): Promise<Snapshot | undefined> {
    const { namespace, objectStore } = this.target;
    try {
      const snapshot = await look(this.means.http, this.target, this.troubled, this.changedAt);
      const store = await lookAtStore(this.means.http, namespace, objectStore);
      this.sidecar = store?.sidecar;
      this.identify(snapshot.cluster);
      this.changedAt = Math.max(
        changeOf(snapshot.cluster?.metadata),
        store?.changedAt ?? 0,
        this.newRights ? this.begun : 0,
      );
      this.passwordsChangedAt = Math.max(0, ...[...snapshot.secrets.values()].map(changeOf));
      return snapshot;
    } catch (error) {
      if (!isPassing(error)) throw asNotSettled(error);
      this.tell(`${this.name()}: no answer from the API server (${(error as Error).message})`);
      if (Date.now() >= this.until) throw new NotSettled(`${this.name()}: ${(error as Error).message}`);
      return undefined;
    }
  }

  private identify(cluster: LiveCluster | undefined): void {
    if (cluster?.metadata.uid === this.target.uid) return;
    throw new NotSettled(
      cluster === undefined
        ? `${this.name()}: it is not there. To do: if it was deleted by hand, pulumi refresh; else kubectl looks at another ` +
            "Kubernetes cluster than Pulumi's provider: see kubernetes:kubeconfig, kubernetes:context and KUBECONFIG"
        : `${this.name()}: kubectl sees another one under this name than this stack's. To do: let both look at the same Kubernetes ` +
            "cluster (kubernetes:kubeconfig, kubernetes:context, KUBECONFIG); if it was made anew by hand, pulumi refresh",
    );
  }

  /** Ends the wait where it is certain that it can't end well, or where its time is over. */
  private judge(snapshot: Snapshot, missing: readonly string[]): void {
    const { cluster } = snapshot;
    const wantedImage = cluster?.spec?.imageName ?? cluster?.status?.image;
    const created = Date.parse(cluster?.metadata.creationTimestamp ?? "");
    // What the pod of before does not archive is no effect of a change that is about to end it.
    const onlyArchive = missing.every((text) => /ContinuousArchiving|the archiving of/.test(text));
    const young = this.newRights || snapshot.at - created < 10 * 60_000;
    const symptoms = [
      ...symptomsOf(snapshot, this.changedAt, wantedImage),
      ...(this.target.archives && onlyArchive ? archivingSymptoms(snapshot, this.changedAt, young) : []),
    ];
    if (this.troubled) this.last = symptoms;
    const certain = this.lasting.certain(symptoms, snapshot.at);
    // The first look tells that something is amiss; the next one reads the logs that say what.
    if (this.troubled && certain.length > 0) throw new NotSettled(`${this.name()}: ${described(certain)}`);
    if (snapshot.at >= this.until) this.giveUp(snapshot, missing);
    if (missing.length === 0) return;
    const why = symptoms[0]?.text;
    this.tell(`waiting for ${list(missing)}${why === undefined ? "" : ` (${why})`}`);
  }

  private giveUp({ at }: Snapshot, missing: readonly string[]): never {
    const waited = at >= this.until ? `${this.target.timeout} s (wait.timeout)` : `${patience} s`;
    throw new NotSettled(
      `${this.name()}: not within ${waited}; still missing: ${list(missing)}` +
        (this.last.length === 0 ? "" : `. Seen: ${described(this.last)}`),
    );
  }

  private tell(text: string): void {
    if (text === this.said) return;
    this.said = text;
    this.means.progress(text);
  }

  private name(): string {
    return `Cluster ${this.target.namespace}/${this.target.cluster}`;
  }
}

/** What somebody does to a cluster by hand, and means; undefined if nobody does. */
function heldByHand(cluster: LiveCluster | undefined): string | undefined {
  const annotations = cluster?.metadata.annotations ?? {};
  if (annotations["cnpg.io/hibernation"] === "on") return "it is hibernated (annotation cnpg.io/hibernation)";
  const fenced = annotations["cnpg.io/fencedInstances"];
  if (fenced !== undefined && fenced !== "" && fenced !== "[]")
    return `instances are fenced (annotation cnpg.io/fencedInstances: ${fenced})`;
  if (annotations["cnpg.io/reconciliationLoop"] === "disabled")
    return "the operator is told to leave it alone (annotation cnpg.io/reconciliationLoop)";
  return undefined;
}

/** Whether a primary runs with what is declared and archives, and only others are missing or late. */
function serves(snapshot: Snapshot, missing: readonly string[]): boolean {
  const primary = primaryOf(snapshot);
  if (primary === undefined || failsToArchive(primary.said)) return false;
  return !missing.some(
    (text) => text.includes(primary.pod) || text.startsWith("image ") || text.includes("ContinuousArchiving"),
  );
}

function list(missing: readonly string[]): string {
  const shown = missing.slice(0, 4);
  return `${shown.join(", ")}${missing.length > shown.length ? `, and ${missing.length - shown.length} more` : ""}`;
}

/** Why nothing could be seen at all. */
export function asNotSettled(error: unknown): unknown {
  return error instanceof ClusterError ? new NotSettled(error.message) : error;
}
