import * as pulumi from "@pulumi/pulumi";
import { watchJob } from "../watch/jobs";
import { perWatching } from "./perWatching";
import { reach, waitVariable } from "./reach";
import { kubeconfigOf, type Watching } from "./settled";

/** Begins to look at Jobs when they are made. */
interface JobWatches {
  /** For a Job, before it is made. */
  readonly begin: pulumi.ResourceHook;
  /** Ends the look when the provider has said how the Job went. */
  readonly endWith: (job: pulumi.CustomResource, namespace: string, name: string) => void;
}

/** The looks at Jobs of the running program. */
export const jobWatches = perWatching("pulumi-cnpg-watch-job", create);

function create(hook: string, watching: Watching): JobWatches {
  const over = new Set<string>();
  return {
    begin: new pulumi.ResourceHook(hook, async ({ newInputs, name: resource }) => {
      const { namespace = "", name = "" } = (newInputs?.metadata ?? {}) as {
        namespace?: string;
        name?: string;
      };
      const key = `${namespace}/${name}`;
      if (process.env[waitVariable] === "off") return;
      over.delete(key);
      const kubeconfig = await kubeconfigOf(watching);
      const tell = (text: string) => void pulumi.log.error(`${resource}: ${text}`);
      const warn = (text: string) => void pulumi.log.warn(`${resource}: ${text}`);
      const look = async () => {
        const { http } = await reach(kubeconfig);
        await watchJob(
          { namespace, name, timeout: 7200, over: () => over.has(key) },
          { http, pause },
          tell,
          warn,
        );
      };
      // Nobody waits for it: where it can't look, the provider's own words have to do.
      void look().catch(() => {});
    }),
    endWith: (job, namespace, name) => {
      job.id.apply(() => over.add(`${namespace}/${name}`));
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  // Unlike the provider's wait, this one is no reason to go on.
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
