import { known, type Resource } from "./resource";
import type { Settings } from "./settings";

/** Where a resource is. `unknown`: nothing says it, so that what production needs is advice. */
export type Environment = "production" | "development" | "unknown";

/** Words that say in any name, label or path that nobody would miss what is there. */
const fleeting = ["dev", "develop", "development", "preview", "sandbox", "demo", "ephemeral"];

/** Words that say it in a name or a label, and not in a path: files of all kinds lie in folders that are called test. */
const trials = ["test", "testing", "ci", "e2e", "tmp", "temp", "local"];

/** The words of `development` where nobody sets others. */
export const developmentWords: readonly string[] = [...fleeting, ...trials];

const environmentLabels = ["environment", "env", "app.kubernetes.io/environment", "profile"];

/** Where a resource is under the settings. */
export function environmentOf(settings: Settings, resource: Resource): Environment {
  if (settings.production === true) return "production";
  if (settings.production === false) return "development";
  const labels = environmentLabels.map((name) => known(() => resource.label(name)));
  const { place, namespace, name } = resource;
  const around = wordsOf([place, namespace, ...labels]);
  if (settings.production.some((word) => around.has(word.toLowerCase()))) return "production";
  const said = wordsOf([namespace, name, ...labels]);
  const path = wordsOf([place]);
  const passing = settings.development.some((word) => {
    const small = word.toLowerCase();
    return said.has(small) || (!trials.includes(small) && path.has(small));
  });
  return passing ? "development" : "unknown";
}

/** Whether a resource is in production for certain. */
export const isProduction = (settings: Settings, resource: Resource): boolean =>
  environmentOf(settings, resource) === "production";

const wordsOf = (texts: readonly (string | undefined)[]): ReadonlySet<string> =>
  new Set(
    texts
      .join("/")
      .toLowerCase()
      .split(/[^a-z0-9]+/),
  );
