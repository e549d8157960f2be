import * as pulumi from "@pulumi/pulumi";
import { type ArchiveLook, type Archiver, type LookMeans, serverNamesOf } from "../watch/archivePod";
import { checkEmptyArchive } from "../watch/emptyArchive";
import { checkRestorable } from "../watch/restorable";
import { NotSettled } from "../watch/watch";
import { perWatching } from "./perWatching";
import { reach, waitVariable } from "./reach";
import { kubeconfigOf, pause, type Watching } from "./settled";

/** The looks of the running program, of one kind and through one connection. */
export interface ArchiveLooks {
  /** For the resources before which something is looked at; it rejects where that is not as it has to be. */
  readonly hook: pulumi.ResourceHook;
  /** @param name of the resource in Kubernetes, in the cluster's namespace */
  readonly add: (name: string, look: ArchiveLook) => void;
}

/** The looks of one kind, through one connection. */
const looksOf = (kind: LookKind): ((watching: Watching) => ArchiveLooks) =>
  perWatching(kind.stem, (hookName, watching) => create(kind, hookName, watching));

function create({ what, check, needless }: LookKind, hookName: string, watching: Watching): ArchiveLooks {
  const looks = new Map<string, ArchiveLook>();
  const hook = new pulumi.ResourceHook(hookName, async ({ oldInputs, newInputs, name: resource }) => {
    if (process.env[waitVariable] === "off") return;
    if (oldInputs !== undefined && needless?.(oldInputs, newInputs ?? {})) return;
    const { namespace, name } = (newInputs?.metadata ?? {}) as { namespace?: string; name?: string };
    const look = looks.get(`${namespace}/${name}`);
    if (look === undefined) return;
    const reached = await reach(await kubeconfigOf(watching)).catch((error: unknown) => {
      if (look.required || !(error instanceof NotSettled)) throw error;
      void pulumi.log.warn(`${resource}: nobody looks ${what(look)}: ${error.message}`);
    });
    if (reached === undefined) return;
    await check(look, {
      http: reached.http,
      progress: (text) => void pulumi.log.info(`${resource}: ${text}`, undefined, undefined, true),
      pause,
    });
  });
  return { hook, add: (name, look) => void looks.set(`${look.namespace}/${name}`, look) };
}

/** What tells one kind of look from another. */
interface LookKind {
  /** What the hooks' names begin with. */
  readonly stem: string;
  /** What is looked at, for a warning where nobody does. */
  readonly what: (look: ArchiveLook) => string;
  readonly check: (look: ArchiveLook, means: LookMeans) => Promise<void>;
  /** Whether an update from these inputs to those needs no look. Default: each one does. */
  readonly needless?: (before: Archiver, after: Archiver) => boolean;
}

/** The looks at archives of Clusters that are new, or that get an archive of another name. */
export const archiveLooks = looksOf({
  stem: "pulumi-cnpg-empty-archive",
  what: ({ url }) => `whether ${url} is empty`,
  check: checkEmptyArchive,
  needless: (before, after) => `${serverNamesOf(before)}` === `${serverNamesOf(after)}`,
});

/** The looks at archives of former generations. */
export const restoreLooks = looksOf({
  stem: "pulumi-cnpg-restorable",
  what: ({ url }) => `whether ${url} has what recoverFrom asks for`,
  check: checkRestorable,
});
