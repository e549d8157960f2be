import * as pulumi from "@pulumi/pulumi";
import { clock } from "../clock";
import type { PlatformNeeds } from "../plan/platform";
import { type Judged, judgeInstalled } from "../platform/installed";
import { lookAtInstalled } from "../watch/installed";
import { installing } from "./installing";
import { perWatching } from "./perWatching";
import { reach, waitVariable } from "./reach";
import { kubeconfigOf, pause, type Watching } from "./settled";

/** Seconds that an operator, or a plugin, that is just starting is given. */
const patience = 90;

/** The look at what is installed, through one connection. */
interface InstalledLook {
  /** For what is made first; it rejects where nothing could be made that works. */
  readonly hook: pulumi.ResourceHook;
  /** Says what else is needed. */
  readonly add: (needs: PlatformNeeds) => void;
}

/**
 * Before anything is made, in a preview too: whether the operator and the plugin are there that the clusters are for, as far as
 * that can be seen. Without them, a namespace, a bucket and Secrets would be made first, and a database that archives nothing.
 */
export const installedLook = perWatching("pulumi-cnpg-installed", (hookName, watching): InstalledLook => {
  const all = new Set<PlatformNeeds>();
  const said = new Set<string>();
  let refused = false;
  /** By how much was needed: a program may declare more clusters later, that need more. */
  const looks = new Map<number, Promise<string | undefined>>();
  const once = () => {
    const look =
      looks.get(all.size) ??
      lookFor(watching, all, (text) => {
        if (!said.has(text)) void pulumi.log.warn(text);
        said.add(text);
      });
    looks.set(all.size, look);
    return look;
  };
  const hook = new pulumi.ResourceHook(
    hookName,
    async () => {
      if (process.env[waitVariable] === "off") return;
      // What this program installs is not there yet in a preview.
      if (pulumi.runtime.isDryRun() && installing().yes) return;
      const problem = await once();
      if (problem === undefined) return;
      const text = refused ? "refused, as an error above says" : `refused, ${problem}`;
      refused = true;
      throw new Error(text);
    },
    { onDryRun: true },
  );
  return { hook, add: (needs) => void all.add(needs) };
});

/** Looks until it is certain what is wrong, if anything is. */
async function lookFor(
  watching: Watching,
  wanted: ReadonlySet<PlatformNeeds>,
  warn: (text: string) => void,
): Promise<string | undefined> {
  // A cluster that can't be asked is the provider's to complain of.
  const reached = await reach(await kubeconfigOf(watching)).catch(() => undefined);
  if (reached === undefined) return undefined;
  const until = clock.now() + patience * 1000;
  for (;;) {
    const all = [...wanted];
    const installed = await lookAtInstalled(
      reached.http,
      all.some(({ plugin }) => plugin),
    );
    const today = new Date(clock.now()).toISOString().slice(0, 10);
    const judged = all.map((needs) => judgeInstalled(needs, installed, today));
    const of = (key: keyof Judged) => [...new Set(judged.flatMap((each) => each[key]))];
    const [problems, passing] = [of("problems"), of("passing")];
    if (problems.length > 0) return [...problems, ...passing].join("; ");
    if (passing.length === 0 || pulumi.runtime.isDryRun() || clock.now() > until) {
      for (const text of of("warnings")) warn(text);
      // What is not there in a preview may be there by the update.
      if (passing.length > 0 && pulumi.runtime.isDryRun()) warn(passing.join("; "));
      else if (passing.length > 0) return passing.join("; ");
      return undefined;
    }
    void pulumi.log.info(`waiting, as ${passing[0]}`, undefined, undefined, true);
    await pause(2000);
  }
}
