import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { metadataOf } from "./kubernetes";
import type { Declared } from "./providers";
import { contentOf, isSecret, SPECIAL, UNKNOWN } from "./wire";

/** Where a run's results were written. */
export interface Rendered {
  readonly manifests: string;
  /** What may only be applied once data are masked; undefined where nothing is. */
  readonly afterMasking: string | undefined;
  /** What Prometheus and Grafana take as files too; undefined where there is none. */
  readonly monitoring: string | undefined;
  readonly cloud: string;
}

/** In which order `kubectl apply` has to meet them; it takes files by name. */
const order = [
  "Namespace",
  "Secret",
  "ObjectStore",
  "Cluster",
  "ScheduledBackup",
  "Database",
  "Publication",
  "Subscription",
];

/**
 * Writes the cluster half as manifests, one file an object, and the cloud half as a table. The folder is
 * replaced as a whole, so that it never holds half of one run and half of another.
 *
 * What may only be there once the data of a clone are masked has a folder of its own, since `kubectl apply` waits for no Job.
 *
 * Secrets' values are left out unless `showSecrets` is set; then the folder is readable by its owner only.
 */
export function render(
  folder: string,
  declared: Iterable<Declared>,
  showSecrets: boolean,
  later: ReadonlySet<Declared> = new Set(),
): Rendered {
  const fresh = `${folder}.new-${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  const mode = showSecrets ? 0o700 : 0o755;
  mkdirSync(join(fresh, "manifests"), { recursive: true, mode });
  if (later.size > 0) mkdirSync(join(fresh, "after-masking"), { mode });
  const cloud: Declared[] = [];
  const files = new Map<string, string>();
  for (const resource of declared) {
    if (resource.type.startsWith("kubernetes:")) {
      const { file, text } = manifest(resource, showSecrets);
      const place = later.has(resource) ? "after-masking" : "manifests";
      writeFileSync(join(fresh, place, file), text, { mode: showSecrets ? 0o600 : 0o644 });
      for (const [name, content] of monitoringFiles(resource)) files.set(name, content);
    } else if (resource.type.startsWith("gcp:")) cloud.push(resource);
  }
  writeFileSync(join(fresh, "cloud.md"), cloudTable(cloud));
  if (files.size > 0) mkdirSync(join(fresh, "monitoring"), { mode });
  for (const [name, content] of files) writeFileSync(join(fresh, "monitoring", name), content);

  const old = `${folder}.old-${process.pid}`;
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(fresh, folder);
  rmSync(old, { recursive: true, force: true });
  return {
    manifests: join(folder, "manifests"),
    afterMasking: later.size > 0 ? join(folder, "after-masking") : undefined,
    monitoring: files.size > 0 ? join(folder, "monitoring") : undefined,
    cloud: join(folder, "cloud.md"),
  };
}

/** Dashboards, and the scrape configuration and rules of a Prometheus without an operator: what ConfigMaps have as files. */
function monitoringFiles({ inputs }: Declared): [name: string, content: string][] {
  if (inputs.kind !== "ConfigMap") return [];
  return Object.entries(contentOf(inputs.data)).flatMap(([name, content]) =>
    /^(?:scrape\.yml|rules\.yml|.+\.json)$/.test(name) && typeof content === "string"
      ? [[name, content]]
      : [],
  );
}

function manifest(resource: Declared, showSecrets: boolean): { file: string; text: string } {
  const { __defaults: _, ...inputs } = resource.inputs;
  const kind = String(inputs.kind);
  const { name, namespace } = metadataOf(inputs);
  const known = order.indexOf(kind);
  // After the namespaces, and before any pod; before objects of their kinds.
  const early = kind === "CustomResourceDefinition" ? 0.3 : kind.endsWith("NetworkPolicy") ? 0.5 : undefined;
  const place = early ?? (known < 0 ? order.length : known);
  const file = `${String(place * 10).padStart(2, "0")}-${[namespace, name].filter((p) => p !== "").join("-")}.${kind.toLowerCase()}.yaml`;
  if (showSecrets || kind !== "Secret")
    return { file, text: dump(open(inputs, showSecrets), { lineWidth: -1 }) };

  const { data, stringData, ...rest } = inputs;
  const keys = [...Object.keys(contentOf(data)), ...Object.keys(contentOf(stringData))];
  const note =
    `# Offline: the values of ${keys.join(", ")} are left out, so the API server refuses this Secret as it is.\n` +
    "# `npm start -- --show-secrets` writes them; `pulumi up` on real infrastructure never writes them to a file.\n";
  return { file, text: note + dump(open(rest, false), { lineWidth: -1 }) };
}

/** Values as they are, with the engine's marks taken off. */
function open(value: unknown, showSecrets: boolean): unknown {
  if (value === UNKNOWN) return "(known after an update)";
  if (Array.isArray(value)) return value.map((inner) => open(inner, showSecrets));
  if (typeof value !== "object" || value === null) return value;
  if (SPECIAL in value)
    return isSecret(value) && showSecrets
      ? open((value as unknown as { value: unknown }).value, true)
      : "(secret)";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, open(inner, showSecrets)]));
}

function cloudTable(resources: readonly Declared[]): string {
  const rows = resources.map(({ urn, type, inputs }) => {
    const { __defaults: _, ...settings } = inputs;
    const shown = Object.entries(settings).map(([key, value]) => `${key}: ${inline(open(value, false))}`);
    return `| ${type.split(":").at(-1)} | ${urn.split("::").at(-1)} | ${shown.join("<br>")} |`;
  });
  return [
    "# The cloud half, offline",
    "",
    "Declared, and nowhere made: this run had no cloud.",
    "",
    "| resource | name | settings |",
    "|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function inline(value: unknown): string {
  return (typeof value === "string" ? value : JSON.stringify(value)).replaceAll("|", "\\|");
}
