import { get, text } from "../properties";
import type { Properties } from "../provider";
import { type AgreementRow, type Found, nothing, objectRoles, type Store } from "./found";
import { sameWayIn, wayIn } from "./s3";

/** What both halves say of the archive that a cluster is recovered from, or follows; nothing where there is none. */
export function recoveryRows(
  cluster: Properties,
  namespace: string,
  own: Store,
  member: string,
  found: Found,
): AgreementRow[] {
  const recovery = get(cluster, "spec", "bootstrap", "recovery");
  const source = text(recovery ?? get(cluster, "spec", "replica"), "source");
  // Volume snapshots alone have no cloud half that they could disagree with.
  if (recovery !== undefined && source === "") return [];
  const { configuration, serverName } = sourceOf(cluster, source, namespace, found);
  const path = text(configuration, "destinationPath");
  // What only streams from a server has no archive to read.
  if (recovery === undefined && path === "" && serverName === "") return [];
  if (path.startsWith("s3://"))
    return s3Source(cluster, namespace, own, { configuration, path, serverName }, found);
  const [, bucket = "", prefix = ""] = /^gs:\/\/([^/]+)\/(.+)$/.exec(path) ?? [];
  const grants = found.grants.get(`${bucket} ${member}`) ?? [];
  const reaching = grants.filter((grant) => reaches(grant, bucket, prefix));
  const reader = reaching.find((grant) => text(grant, "role") === readerRole);
  const writer = reaching.find((grant) => objectRoles.includes(text(grant, "role")));
  const access = writer ?? reader;
  const inPlace = path === own.path;
  // Of a bucket that another stack manages, that stack may have granted it (backups.readers): nothing here can tell.
  const here = found.buckets.has(bucket);
  return [
    {
      what: "read grant ⇄ recovery source",
      cloud: access === undefined ? (here ? nothing : "not declared here") : scope(access),
      cluster: `${path || nothing} (server ${serverName || nothing})`,
      agrees: path !== "" && serverName !== "" && (access !== undefined || !here),
      open: access === undefined,
    },
    {
      what: inPlace ? "own archive ≠ former life" : "source can't be written to",
      cloud: writer === undefined ? "no role to write there" : text(writer, "role"),
      cluster: `archives as ${own.path} (server ${own.serverName})`,
      agrees: inPlace ? own.serverName !== serverName : writer === undefined,
      open: !inPlace && access === undefined,
    },
  ];
}

function sourceOf(cluster: Properties, name: string, namespace: string, found: Found) {
  const clusters = (get(cluster, "spec", "externalClusters") ?? []) as Properties[];
  const external = clusters.find((each) => text(each, "name") === name);
  const section = get(external, "barmanObjectStore");
  if (section !== undefined) return { configuration: section, serverName: text(section, "serverName") };
  const parameters = get(external, "plugin", "parameters");
  const store = found.stores.get(`${namespace}/${text(parameters, "barmanObjectName")}`);
  return { configuration: get(store, "spec", "configuration"), serverName: text(parameters, "serverName") };
}

/** Of a source in S3, what can be seen: with which keys it is read, and whether it lies apart from the own archive. */
function s3Source(
  cluster: Properties,
  namespace: string,
  own: Store,
  source: { readonly configuration: unknown; readonly path: string; readonly serverName: string },
  found: Found,
): AgreementRow[] {
  const { configuration, path, serverName } = source;
  const endpoint = (of: unknown) => text(of, "endpointURL") || "Amazon S3";
  const sameStore = own.path.startsWith("s3://") && endpoint(own.configuration) === endpoint(configuration);
  const inPlace = sameStore && path === own.path;
  const nested =
    sameStore && (`${own.path}/`.startsWith(`${path}/`) || `${path}/`.startsWith(`${own.path}/`));
  const keys = wayIn("keys ⇄ recovery source", cluster, namespace, configuration, found);
  return [
    {
      ...keys,
      cluster: `${path} at ${endpoint(configuration)} (server ${serverName || nothing})`,
      agrees: keys.agrees && serverName !== "",
    },
    {
      what: inPlace ? "own archive ≠ former life" : "source can't be written to",
      cloud: inPlace
        ? "the same keys"
        : sameWayIn(own.configuration, configuration)
          ? "the same keys or role: the store's policy decides"
          : "keys of its own: the store's policy decides",
      cluster: `archives as ${own.path} (server ${own.serverName})`,
      agrees: inPlace ? own.serverName !== serverName : !nested,
      open: !inPlace,
    },
  ];
}

const readerRole = "roles/storage.objectViewer";

function reaches(grant: Properties, bucket: string, prefix: string): boolean {
  const condition = text(grant, "condition", "expression");
  return condition === "" || condition.includes(`/buckets/${bucket}/objects/${prefix}/"`);
}

function scope(grant: Properties): string {
  const limited = text(grant, "condition", "expression") === "" ? "the whole bucket" : "this folder only";
  return `${text(grant, "role")}, ${limited}`;
}
