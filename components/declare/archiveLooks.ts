import * as pulumi from "@pulumi/pulumi";
import type { ArchiveLook, LookMeans } from "../watch/archivePod";
import { checkEmptyArchive } from "../watch/emptyArchive";
import { NotSettled } from "../watch/watch";
import { hookName } from "./configurations";
import { perProgram } from "./perProgram";
import { reach, waitVariable } from "./reach";
import type { Watching } from "./settled";
import { kubeconfigOf, pause } from "./settled";

/** The looks of the running program, of one kind and through one connection. */
export interface ArchiveLooks<Look extends ArchiveLook> {
  /** For the resources before which something is looked at; it rejects where that is not as it has to be. */
  readonly hook: pulumi.ResourceHook;
  /** @param name of the resource in Kubernetes, in the cluster's namespace */
  readonly add: (name: string, look: Look) => void;
}

/**
 * The looks of one kind.
 *
 * @param known those that there are already
 * @param stem what the hooks' names begin with
 * @param what is looked at, for a warning where nobody does
 */
export function looksThrough<Look extends ArchiveLook>(
  known: Map<Watching, ArchiveLooks<Look>>,
  watching: Watching,
  { stem, what, check }: LookKind<Look>,
): ArchiveLooks<Look> {
  const there = known.get(watching);
  if (there !== undefined) return there;
  const looks = new Map<string, Look>();
  const hook = new pulumi.ResourceHook(hookName(stem, known.size), async ({ newInputs, name: resource }) => {
    if (process.env[waitVariable] === "off") return;
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
  const add = (name: string, look: Look) => void looks.set(`${look.namespace}/${name}`, look);
  known.set(watching, { hook, add });
  return { hook, add };
}

/** What tells one kind of look from another. */
export interface LookKind<Look extends ArchiveLook> {
  readonly stem: string;
  readonly what: (look: Look) => string;
  readonly check: (look: Look, means: LookMeans) => Promise<void>;
}

/** The looks at archives of new Clusters, through one connection. */
export function archiveLooks(watching: Watching): ArchiveLooks<ArchiveLook> {
  return looksThrough(all(), watching, {
    stem: "pulumi-cnpg-empty-archive",
    what: ({ url }) => `whether ${url} is empty`,
    check: checkEmptyArchive,
  });
}

export const all = perProgram(() => new Map<Watching, ArchiveLooks<ArchiveLook>>());
