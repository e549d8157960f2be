import * as pulumi from "@pulumi/pulumi";
import { Refused } from "../problems";
import { parseWait } from "../units";
import { perProgram } from "./perProgram";

/**
 * Gives new IAM grants the time they need before a Cluster is created.
 *
 * IAM is eventually consistent: Google names two minutes as typical for a change to take effect, and seven or more
 * as possible. A Cluster that starts sooner archives nothing at first, and a recovery whose job failed too often
 * stays failed. A Pulumi dependency orders the calls but does not wait. So a hook on every grant notes when
 * it was created, and a hook on every Cluster waits out the rest. Both run only in an update that
 * creates something: there is no resource for it, nothing in the state, and nothing in a preview.
 */
export interface PropagationHooks {
  /** For an IAM grant: notes the time of its creation. */
  readonly noteGrant: pulumi.ResourceHook;
  /** For a Cluster: waits until the newest grant is old enough. */
  readonly awaitGrants: (seconds: number) => pulumi.ResourceHook;
}

/** Overrides every wait; `0s` where there is no IAM to wait for, as in an offline run. */
export const propagationWaitVariable = "PULUMI_CNPG_IAM_PROPAGATION_WAIT";

const reportEverySeconds = 30;

/** The hooks of the running program: grants are shared by all its clusters. */
export const propagationHooks = perProgram(createHooks);

function createHooks(): PropagationHooks {
  let newestGrant: number | undefined;
  const waits = new Map<number, pulumi.ResourceHook>();
  return {
    noteGrant: new pulumi.ResourceHook("pulumi-cnpg-note-iam-grant", () => {
      newestGrant = Date.now();
    }),
    awaitGrants(seconds) {
      const known = waits.get(seconds);
      if (known !== undefined) return known;
      const hook = new pulumi.ResourceHook(`pulumi-cnpg-await-iam-grants-${seconds}s`, async ({ name }) => {
        await waitForGrants(name, newestGrant, overriddenWait() ?? seconds);
      });
      waits.set(seconds, hook);
      return hook;
    },
  };
}

function overriddenWait(): number | undefined {
  const text = process.env[propagationWaitVariable];
  if (text === undefined) return undefined;
  const parsed = parseWait(text);
  if (!parsed.ok)
    throw new Refused(`${propagationWaitVariable}: got ${JSON.stringify(text)}, expected ${parsed.allowed}`);
  return parsed.value;
}

async function waitForGrants(
  cluster: string,
  newestGrant: number | undefined,
  seconds: number,
): Promise<void> {
  if (newestGrant === undefined) return;
  const until = newestGrant + seconds * 1000;
  for (let left = until - Date.now(); left > 0; left = until - Date.now()) {
    await pulumi.log.info(
      `${cluster}: waiting ${Math.ceil(left / 1000)} s more for new IAM grants to take effect before the Cluster starts to archive ` +
        "(backups.iamPropagationWait)",
      undefined,
      undefined,
      true,
    );
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, reportEverySeconds * 1000)));
  }
}
