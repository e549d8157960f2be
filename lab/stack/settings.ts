import { get } from "../../offline/properties";
import type { ObjectStores } from "../description";
import { withS3Server } from "./s3Settings";

type Settings = Readonly<Record<string, unknown>>;

/** A stack file for a lab, and what was changed in it, a line each. */
export interface LabSettings {
  readonly stackFile: Settings;
  readonly notices: readonly string[];
}

const variable = "STORAGE_EMULATOR_HOST";
const [backupsKey, clustersKey] = ["pulumi-cnpg:backups", "pulumi-cnpg:clusters"];
const exportsKey = "pulumi-cnpg:exports";

/**
 * Adds to a stack's settings where its backups and dumps find the GCS emulator, in memory: Google's library, which Barman
 * Cloud uses, takes the address from an environment variable. What the file says itself stays. S3-compatible stores are
 * replaced by the lab's own, whose address and key the file can't know.
 *
 * @param stackFile content of the file, whose settings have been checked
 * @param stores the lab's, as pods reach them
 */
export function withLabStores(stackFile: Settings, stores: Pick<ObjectStores, "gcs" | "s3">): LabSettings {
  const url = stores.gcs;
  const given = (stackFile.config ?? {}) as Settings;
  const s3 = withS3Server(
    structured(given[backupsKey]) ?? {},
    structured(given[clustersKey]) ?? {},
    structured(given[exportsKey]) ?? {},
    stores.s3,
  );
  const { backups, clusters } = s3;
  const notices = [...s3.notices];
  const backed = Object.values(clusters).filter((cluster) => get(cluster, "backup", "enabled") !== false);
  const dumped = Object.values(clusters).some(
    (cluster) => get(cluster, "exports") !== undefined || get(cluster, "importDump") !== undefined,
  );
  if (backed.length === 0 && !dumped) return { stackFile, notices: [] };
  const config =
    notices.length === 0
      ? given
      : {
          ...given,
          ...s3.keys,
          [backupsKey]: backups,
          [clustersKey]: clusters,
          ...(s3.exports.s3 !== undefined && { [exportsKey]: s3.exports }),
        };
  const ofGoogle = (cluster: unknown) =>
    (get(cluster, "recoverFrom") !== undefined && get(cluster, "recoverFrom", "s3") === undefined) ||
    get(cluster, "importDump", "from", "gcs") !== undefined;
  if (backups.s3 !== undefined && !Object.values(clusters).some(ofGoogle))
    return { stackFile: { ...stackFile, config }, notices };

  const exports = dumped ? withStore(structured(given[exportsKey]) ?? {}, url, notices) : undefined;
  const added = (settings: unknown, path: string): Settings => {
    const { env = {}, ...rest } = (settings ?? {}) as Settings;
    const own = get(env, variable);
    if (own === undefined) {
      notices.push(
        `lab: ${path}.env.${variable}=${url} is added for this run: the backups go to the lab's GCS emulator`,
      );
      return { ...rest, env: { ...(env as Settings), [variable]: url } };
    }
    notices.push(
      `lab: ${path}.env.${variable} stays ${JSON.stringify(own)}, as the stack file says; the emulator is ${url}`,
    );
    return { ...rest, env };
  };
  const changed = {
    ...config,
    ...(backed.length > 0 && { [backupsKey]: added(backups, "backups") }),
    ...(exports !== undefined && { [exportsKey]: exports }),
    // The variables of a cluster of its own come in the place of those of its environment.
    [clustersKey]: Object.fromEntries(
      Object.entries(clusters).map(([name, cluster]) => [
        name,
        get(cluster, "backup", "env") === undefined || !backed.includes(cluster)
          ? cluster
          : { ...(cluster as Settings), backup: added(get(cluster, "backup"), `clusters.${name}.backup`) },
      ]),
    ),
  };
  return { stackFile: { ...stackFile, config: changed }, notices };
}

/** The same for rclone, which has options for it: where the emulator's API is, and that it wants no token. */
function withStore(exports: Settings, url: string, notices: string[]): Settings {
  const options = {
    RCLONE_GCS_ENDPOINT: `${url}/storage/v1/`,
    RCLONE_GCS_ANONYMOUS: "true",
  };
  const env = (exports.env ?? {}) as Settings;
  const own = Object.keys(options).filter((name) => Object.hasOwn(env, name));
  for (const [name, value] of Object.entries(options))
    notices.push(
      own.includes(name)
        ? `lab: exports.env.${name} stays ${JSON.stringify(env[name])}, as the stack file says; the emulator is ${url}`
        : `lab: exports.env.${name}=${value} is added for this run: dumps go to the lab's GCS emulator`,
    );
  return { ...exports, env: { ...options, ...env } };
}

/** A structured setting, which may also be written as JSON. */
function structured(value: unknown): Settings | undefined {
  return (typeof value === "string" ? JSON.parse(value) : (value ?? undefined)) as Settings | undefined;
}
