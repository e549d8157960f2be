import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { Source, Sources } from "../../../stacks/sources";

/** A bad stack file, as what it changes of a good one, and what is said of it. */
export interface BadStack {
  /** What is wrong with it. */
  readonly it: string;
  /** Default: `dev`. */
  readonly profile?: string;
  /** Settings by their full keys; null takes one out. */
  readonly config?: Settings;
  readonly backups?: Settings;
  readonly monitoring?: Settings;
  /** Over what the good file has of orders-db; null takes a setting out. */
  readonly cluster?: Settings;
  /** More clusters, each with the image of orders-db unless it says otherwise. */
  readonly clusters?: Record<string, Settings>;
  /** What other stacks answer, by `<organization>/<project>/<stack>`: their output `clusters`, or why there is none. */
  readonly sources?: Readonly<Record<string, Source>>;
  /** The lines of the message, each `<path>: <what stands there>: <what is allowed>`. */
  readonly says: readonly string[];
}

export type Settings = Record<string, unknown>;

const folder = join(__dirname, "../../fixtures/bad-stacks");
const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";

/** The tables of bad stack files by name. */
export function badStacks(): [name: string, cases: readonly BadStack[]][] {
  return readdirSync(folder)
    .sort()
    .map((file) => [file.replace(".yaml", ""), load(readFileSync(join(folder, file), "utf8")) as BadStack[]]);
}

/** All settings of a bad stack file, as they would stand in it. */
export function settingsOf({
  profile = "dev",
  config = {},
  backups,
  monitoring,
  cluster = {},
  clusters = {},
}: BadStack): Settings {
  const good = { namespace: "orders", image, databases: { orders: {} } };
  const others = Object.entries(clusters).map(([name, settings]) => [name, { image, ...settings }]);
  return merge(
    {
      "gcp:project": "acme-dev",
      "gcp:region": "europe-west1",
      "pulumi-cnpg:profile": profile,
      "pulumi-cnpg:clusters": { "orders-db": merge(good, cluster), ...Object.fromEntries(others) },
      ...(backups !== undefined && { "pulumi-cnpg:backups": backups }),
      ...(monitoring !== undefined && { "pulumi-cnpg:monitoring": monitoring }),
    },
    config,
  );
}

/** What the stacks that a case names say of themselves. */
export function sourcesOf({ sources = {} }: Pick<BadStack, "sources">): Sources {
  return new Map(Object.entries(sources));
}

/** One level of settings over another; null takes out. */
function merge(base: Settings, over: Settings): Settings {
  const merged = { ...base, ...over };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

/** Settings as the engine hands them over: by full key, text as it is, all else as JSON. */
export function asEngine(settings: Settings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** Settings of a small stack that nothing is wrong with. */
export const good = {
  "gcp:project": "acme-dev",
  "gcp:region": "europe-west1",
  "pulumi-cnpg:profile": "dev",
  "pulumi-cnpg:clusters": {
    "orders-db": { namespace: "orders", image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie" },
  },
};
