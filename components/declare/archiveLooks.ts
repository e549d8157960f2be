import * as pulumi from "@pulumi/pulumi";
import type { ArchiveLook, LookMeans } from "../watch/archivePod";
import { checkEmptyArchive } from "../watch/emptyArchive";
import { NotSettled } from "../watch/watch";
import { hookName } from "./configurations";
import { perProgram } from "./perProgram";
import { reach, waitVariable } from "./reach";
import { kubeconfigOf, pause, type Watching } from "./settled";

/** The looks of the running program, of one kind and through one connection. */
export interface ArchiveLooks {
  /** For the resources before which something is looked at; it rejects where that is not as it has to be. */
  readonly hook: pulumi.ResourceHook;
  /** @param name of the resource in Kubernetes, in the cluster's namespace */
  readonly add: (name: string, look: ArchiveLook) => void;
}

/**
 * The looks of one kind.
 *
 * @param known those that there are already
 */
export function looksThrough(
  known: Map<Watching, ArchiveLooks>,
  watching: Watching,
  { stem, what, check, needless }: LookKind,
): ArchiveLooks {
  const there = known.get(watching);
  if (there !== undefined) return there;
  const looks = new Map<string, ArchiveLook>();
  const hook = new pulumi.ResourceHook(hookName(stem, known.size), async (change) => {
    const { oldInputs, newInputs, name: resource } = change;
    if (process.env[waitVariable] === "off") return;
    if (oldInputs !== undefined && needless?.(oldInputs, newInputs)) return;
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
  const add = (name: string, look: ArchiveLook) => void looks.set(`${look.namespace}/${name}`, look);
  known.set(watching, { hook, add });
  return { hook, add };
}

/** What tells one kind of look from another. */
interface LookKind {
  /** What the hooks' names begin with. */
  readonly stem: string;
  /** What is looked at, for a warning where nobody does. */
  readonly what: (look: ArchiveLook) => string;
  readonly check: (look: ArchiveLook, means: LookMeans) => Promise<void>;
  /** Whether an update from these inputs to those needs no look. Default: each one does. */
  readonly needless?: (before: unknown, after: unknown) => boolean;
}

/** The looks at archives of new Clusters, through one connection. */
export function archiveLooks(watching: Watching): ArchiveLooks {
  return looksThrough(all(), watching, {
    stem: "pulumi-cnpg-empty-archive",
    what: ({ url }) => `whether ${url} is empty`,
    check: checkEmptyArchive,
    needless: (before, after) => JSON.stringify(archiverOf(before)) === JSON.stringify(archiverOf(after)),
  });
}

const all = perProgram(() => new Map<Watching, ArchiveLooks>());

/** What a Cluster says of its archive, by either method. */
function archiverOf(inputs: unknown): unknown {
  const { spec } = inputs as { spec?: { plugins?: unknown; backup?: { barmanObjectStore?: unknown } } };
  return [spec?.plugins, spec?.backup?.barmanObjectStore];
}
