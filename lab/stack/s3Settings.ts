import type { Source } from "../../stacks/sources";
import type { ObjectStores } from "../description";

type Settings = Readonly<Record<string, unknown>>;

/** The settings of a stack that archives to S3, or recovers from there, for a lab. */
export interface S3Changes {
  readonly backups: Settings;
  readonly clusters: Settings;
  readonly exports: Settings;
  /** Further settings by full key. */
  readonly keys: Settings;
  readonly notices: readonly string[];
}

/**
 * Puts the lab's S3 server, with its own key, in the place of every S3-compatible store that a stack's settings name: where
 * it is, how it is opened and who vouches for it. Buckets and folders stay.
 */
export function withS3Server(
  backups: Settings,
  clusters: Settings,
  exports: Settings,
  { endpoint, accessKeyId, secretAccessKey }: ObjectStores["s3"],
): S3Changes {
  const notices: string[] = [];
  const note = (path: string, keys: string) =>
    notices.push(
      `lab: ${path} is ${endpoint} for this run, the lab's S3 server, opened with the lab's key (${keys})`,
    );
  const own = backups.s3 !== undefined;
  if (own) note("backups.s3", "s3AccessKeyId");
  const exporting = Object.values(clusters).some((cluster) => within(cluster, "exports") !== undefined);
  const dumpsGo = exports.s3 !== undefined || (own && exporting);
  if (dumpsGo) note("exports.s3", "s3ExportAccessKeyId");
  let [imported, recovered] = [false, false];
  const changed = Object.entries(clusters).map(([name, before]): [string, unknown] => {
    const from = within(before, "importDump", "from") as Settings | undefined;
    const inS3 =
      from !== undefined && (from.s3 !== undefined || ((own || dumpsGo) && from.gcs === undefined));
    if (inS3) note(`clusters.${name}.importDump.from.s3`, "s3ImportAccessKeyId");
    imported ||= inS3;
    const cluster = inS3
      ? {
          ...(before as Settings),
          importDump: { ...(within(before, "importDump") as Settings), from: { ...from, s3: { endpoint } } },
        }
      : before;
    const recoverFrom = (cluster as Settings | null)?.recoverFrom as Settings | undefined;
    if (recoverFrom?.s3 === undefined) return [name, cluster];
    recovered = true;
    note(`clusters.${name}.recoverFrom.s3`, "s3SourceAccessKeyId");
    // Of another stack's cluster, that stack says the endpoint: see atS3Server.
    const s3 = recoverFrom.stack === undefined ? { endpoint } : {};
    return [name, { ...(cluster as Settings), recoverFrom: { ...recoverFrom, s3 } }];
  });
  return {
    backups: own ? { ...backups, s3: { endpoint } } : backups,
    clusters: Object.fromEntries(changed) as Settings,
    exports: dumpsGo ? { ...exports, s3: { endpoint } } : exports,
    keys: {
      ...(own && {
        "pulumi-cnpg:s3AccessKeyId": accessKeyId,
        "pulumi-cnpg:s3SecretAccessKey": secretAccessKey,
      }),
      ...(recovered && {
        "pulumi-cnpg:s3SourceAccessKeyId": accessKeyId,
        "pulumi-cnpg:s3SourceSecretAccessKey": secretAccessKey,
      }),
      ...(dumpsGo && {
        "pulumi-cnpg:s3ExportAccessKeyId": accessKeyId,
        "pulumi-cnpg:s3ExportSecretAccessKey": secretAccessKey,
      }),
      ...(imported && {
        "pulumi-cnpg:s3ImportAccessKeyId": accessKeyId,
        "pulumi-cnpg:s3ImportSecretAccessKey": secretAccessKey,
      }),
    },
    notices,
  };
}

function within(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Settings | null | undefined)?.[key], value);
}

/** What another stack says of itself, as if its own run had been in the lab too. */
export function atS3Server(source: Source, { endpoint }: ObjectStores["s3"]): Source {
  if (!("clusters" in source) || typeof source.clusters !== "object" || source.clusters === null)
    return source;
  const told = source.clusters as Readonly<Record<string, { readonly [key: string]: unknown }>>;
  const clusters = Object.entries(told).map(([key, summary]): [string, unknown] => {
    if (!String(summary.destinationPath).startsWith("s3://")) return [key, summary];
    const { region: _, ...rest } = summary;
    return [key, { ...rest, endpoint }];
  });
  return { clusters: Object.fromEntries(clusters) as unknown };
}
