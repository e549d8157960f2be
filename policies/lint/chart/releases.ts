import { type Path, UNKNOWN } from "../../core/view";
import { isMap } from "../maps";
import { parse } from "../yaml";
import type { Release } from "./objects";
import { over } from "./values";

/** Values of the chart `cluster` within a document. */
export interface Installation {
  readonly release: Release;
  readonly values: unknown;
  /** Where the values stand in the document. */
  readonly path: Path;
  /** The values as a text, where they stand in one. */
  readonly text?: string;
  /** What it is installed by, and where other values come from that nobody can see here. */
  readonly elsewhere?: string;
}

/** What `helm template` calls a release that has no name. */
const NAMELESS = "release-name";

/** Keys of the chart's values. */
const known: ReadonlySet<string> = new Set(
  "nameOverride fullnameOverride namespaceOverride type version mode recovery cluster backups replica databases imageCatalog poolers global".split(
    " ",
  ),
);

const clusterKeys: readonly string[] =
  "instances storage walStorage imageName imageCatalogRef initdb postgresql roles plugins monitoring enableSuperuserAccess superuserSecret primaryUpdateStrategy affinity services resources".split(
    " ",
  );

const backupKeys: readonly string[] =
  "enabled provider scheduledBackups retentionPolicy method destinationPath endpointURL s3 google azure secret wal data".split(
    " ",
  );

function count(value: unknown, keys: readonly string[]): number {
  return isMap(value) ? keys.filter((key) => key in value).length : 0;
}

/** Whether some values are those of the chart `cluster`, and of no other. */
export function areOfChart(values: unknown): boolean {
  if (!isMap(values) || "apiVersion" in values || "kind" in values) return false;
  const { type, mode, version, cluster, backups, poolers, databases } = values;
  const ofCluster = count(cluster, clusterKeys);
  const ofBackups = count(backups, backupKeys);
  const signs = [
    ["postgresql", "postgis", "timescaledb"].includes(String(type)),
    ["standalone", "recovery", "replica"].includes(String(mode)),
    isMap(version) && "postgresql" in version,
    ofBackups >= 1,
    Array.isArray(poolers),
    Array.isArray(databases),
    isMap(cluster) && (ofCluster >= 1 || Object.keys(cluster).length === 0),
  ].filter(Boolean).length;
  const alone = Object.keys(values).every((key) => known.has(key));
  if (ofCluster >= 1 && signs >= 2) return true;
  return alone && (ofCluster >= 2 || (ofBackups >= 3 && ofCluster === 0 && signs >= 1));
}

/** Values of the chart within a document of values, of Flux, Argo CD, Kustomize or Helmfile. */
export function installationsIn(document: Readonly<Record<string, unknown>>): Installation[] {
  const { apiVersion, kind } = document;
  const group = typeof apiVersion === "string" ? apiVersion.split("/")[0] : undefined;
  if (kind === "HelmRelease" && group === "helm.toolkit.fluxcd.io") return ofFlux(document);
  if (group === "argoproj.io" && kind === "Application") return ofArgo(document, document.spec, ["spec"]);
  if (group === "argoproj.io" && kind === "ApplicationSet") {
    const template = mapOf(mapOf(document.spec).template);
    return ofArgo(template, template.spec, ["spec", "template", "spec"]);
  }
  if (Array.isArray(document.helmCharts)) return ofKustomize(document.helmCharts);
  if (kind !== undefined || apiVersion !== undefined) return [];
  if (Array.isArray(document.releases)) return ofHelmfile(document.releases);
  return ofValues(document);
}

function ofValues(document: Readonly<Record<string, unknown>>): Installation[] {
  const release = { name: NAMELESS };
  if (areOfChart(document)) return [{ release, values: document, path: [] }];
  // Of a chart that has this one among its own.
  return Object.entries(document).flatMap(([key, values]) =>
    areOfChart(values) && isMap(values) && isMap(values.cluster) ? [{ release, values, path: [key] }] : [],
  );
}

function ofFlux(document: Readonly<Record<string, unknown>>): Installation[] {
  const metadata = mapOf(document.metadata);
  const { chart, chartRef, values = {}, valuesFrom, releaseName, targetNamespace } = mapOf(document.spec);
  const name = mapOf(mapOf(chart).spec).chart;
  const isChart =
    name === "cluster" ||
    (chart === undefined && chartRef !== undefined && areOfChart(values)) ||
    isPath(name);
  if (!isChart || !(name === "cluster" || areOfChart(values))) return [];
  const from = (Array.isArray(valuesFrom) ? valuesFrom : []).filter(isMap);
  const set = from.filter(({ targetPath }) => typeof targetPath === "string");
  const filledIn = set.reduce<unknown>(
    (all, { targetPath }) => over(all, nestedAt(String(targetPath), UNKNOWN)),
    values,
  );
  const whole = from.find(({ targetPath }) => targetPath === undefined);
  const prefix = targetNamespace === undefined ? "" : `${String(targetNamespace)}-`;
  return [
    {
      release: {
        name: String(releaseName ?? `${prefix}${String(metadata.name)}`),
        namespace: textOf(targetNamespace ?? metadata.namespace),
      },
      values: filledIn,
      path: ["spec", "values"],
      ...(whole !== undefined && { elsewhere: `${String(whole.kind)} ${String(whole.name)}` }),
    },
  ];
}

/** Whether a chart is given by its folder in a repository: it may be any. */
function isPath(name: unknown): boolean {
  return typeof name === "string" && /(?:^|\/)cluster\/?$/.test(name);
}

function ofArgo(application: Readonly<Record<string, unknown>>, spec: unknown, path: Path): Installation[] {
  const { source, sources, destination } = mapOf(spec);
  const all: [unknown, Path][] = [
    [source, [...path, "source"]],
    ...(Array.isArray(sources) ? sources : []).map((one, i): [unknown, Path] => [
      one,
      [...path, "sources", i],
    ]),
  ];
  return all.flatMap(([one, at]) => {
    const { chart, repoURL, path: folder, helm } = mapOf(one);
    const { values, valuesObject, parameters, valueFiles, releaseName } = mapOf(helm);
    const text = isMap(valuesObject) ? undefined : textOf(values);
    const read = isMap(valuesObject) ? valuesObject : text === undefined ? (values ?? {}) : parsed(text);
    const given = read ?? {};
    const named = (chart ?? folder) === "cluster" || /(?:^|\/)cluster\/?$/.test(`${chart ?? folder ?? ""}`);
    const isChart = named && (/cloudnative-pg/.test(String(repoURL)) || areOfChart(given));
    if (!isChart) return [];
    const set = (Array.isArray(parameters) ? parameters : []).filter(isMap);
    const filledIn = set.reduce<unknown>(
      (below, { name, value }) => over(below, nestedAt(String(name), plain(value))),
      given,
    );
    const files = [
      ...(Array.isArray(valueFiles) ? valueFiles.map(String) : []),
      ...(read === undefined ? ["helm.values, which are a template,"] : []),
    ];
    const namespace = textOf(mapOf(destination).namespace);
    return [
      {
        release: { name: String(releaseName ?? mapOf(application.metadata).name), namespace },
        values: filledIn,
        path: [...at, "helm", text === undefined ? "valuesObject" : "values"],
        ...(text !== undefined && { text }),
        ...(files.length > 0 && { elsewhere: files.join(", ") }),
      },
    ];
  });
}

function ofKustomize(charts: readonly unknown[]): Installation[] {
  return charts.flatMap((one, i) => {
    const {
      name,
      repo,
      releaseName,
      namespace,
      valuesInline = {},
      valuesFile,
      additionalValuesFiles,
    } = mapOf(one);
    if (name !== "cluster" || !(/cloudnative-pg/.test(String(repo)) || areOfChart(valuesInline))) return [];
    const elsewhere =
      textOf(valuesFile) ?? (Array.isArray(additionalValuesFiles) ? "additionalValuesFiles" : undefined);
    return [
      {
        release: { name: String(releaseName ?? NAMELESS), namespace: textOf(namespace) },
        values: valuesInline,
        path: ["helmCharts", i, "valuesInline"],
        ...(elsewhere !== undefined && { elsewhere }),
      },
    ];
  });
}

function ofHelmfile(releases: readonly unknown[]): Installation[] {
  return releases.flatMap((one, i) => {
    const { name, namespace, chart, values } = mapOf(one);
    if (!/^[\w.-]+\/cluster$|charts\/cluster$/.test(String(chart))) return [];
    const all = Array.isArray(values) ? values : [];
    const inline = all.findIndex(isMap);
    const given = all.filter(isMap).reduce<unknown>((below, above) => over(below, above), {});
    const files = all.filter((value) => typeof value === "string");
    if (!/cnpg|cloudnative/.test(String(chart)) && !areOfChart(given)) return [];
    return [
      {
        release: { name: String(name), namespace: textOf(namespace) },
        values: given,
        path: ["releases", i, "values", Math.max(inline, 0)],
        ...(files.length > 0 && { elsewhere: files.join(", ") }),
      },
    ];
  });
}

function parsed(text: string): unknown {
  try {
    return parse(text).documents[0] ?? {};
  } catch {
    // A template, as an ApplicationSet has them.
    return undefined;
  }
}

/** A value at a path as `--set` takes it: `a.b[0].c`. */
function nestedAt(path: string, value: unknown): unknown {
  return path
    .split(/(?<!\\)\./)
    .reverse()
    .reduce<unknown>((inner, key) => ({ [key.replaceAll("\\.", ".")]: inner }), value);
}

function plain(value: unknown): unknown {
  if (value === "true" || value === "false") return value === "true";
  return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
