import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Root of the project. */
export const root = resolve(__dirname, "../..");

/** Name of the stack in every benchmark. */
export const stack = "bench";

/** What a stack file says, as `npm start` reads it; JSON is YAML too. */
export type StackContent = { readonly config: Readonly<Record<string, unknown>> };

const gcp = { "gcp:project": "acme-bench", "gcp:region": "europe-west1" };

/**
 * A dev environment with so many clusters, each with a namespace and a database of its own, and one identity for all.
 *
 * @param monitored whether it has monitors, alerts and dashboards
 */
export function stackOf(clusters: number, monitored = false): StackContent {
  const names = Array.from({ length: clusters }, (_, i) => String(i + 1).padStart(4, "0"));
  return {
    config: {
      ...gcp,
      "pulumi-cnpg:profile": "dev",
      ...(monitored && { "pulumi-cnpg:monitoring": { backend: "prometheusOperator" } }),
      "pulumi-cnpg:clusters": Object.fromEntries(
        names.map((name) => [
          `db-${name}`,
          {
            namespace: `team-${name}`,
            image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
            databases: { app: { owner: "app" } },
          },
        ]),
      ),
    },
  };
}

/** The stack file of a program written by hand: everything else is in the program. */
export const stackByHand: StackContent = { config: gcp };

/** Where the engine keeps the state of a run in `folder`. */
export function stateFile(folder: string, project: string): string {
  return join(folder, "state", ".pulumi", "stacks", project, `${stack}.json`);
}

/** What `npm start` tells node before the name of its script: both arms run under the same. */
export const hostFlags: readonly string[] = (() => {
  const { scripts } = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8")) as {
    scripts: { start: string };
  };
  return scripts.start.split(" ").slice(1, -1);
})();
