import { type AgreementRow, type Found, nothing, objectRoles, type Store } from "./agreement";
import type { Properties } from "./offline/provider";
import { get, text } from "./properties";

/** What both halves say of where a cluster is recovered from; nothing of one that is not. */
export function recoveryRows(
  cluster: Properties,
  namespace: string,
  own: Store,
  member: string,
  found: Found,
): AgreementRow[] {
  const recovery = get(cluster, "spec", "bootstrap", "recovery");
  // Volume snapshots alone have no cloud half that they could disagree with.
  if (recovery === undefined || text(recovery, "source") === "") return [];
  const { path, serverName } = sourceOf(cluster, text(recovery, "source"), namespace, found);
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
    },
    {
      what: inPlace ? "own archive ≠ former life" : "source can't be written to",
      cloud: writer === undefined ? "no role to write there" : text(writer, "role"),
      cluster: `archives as ${own.path} (server ${own.serverName})`,
      agrees: inPlace ? own.serverName !== serverName : writer === undefined,
    },
  ];
}

function sourceOf(cluster: Properties, name: string, namespace: string, found: Found) {
  const clusters = (get(cluster, "spec", "externalClusters") ?? []) as Properties[];
  const external = clusters.find((each) => text(each, "name") === name);
  const section = get(external, "barmanObjectStore");
  if (section !== undefined)
    return { path: text(section, "destinationPath"), serverName: text(section, "serverName") };
  const parameters = get(external, "plugin", "parameters");
  const store = found.stores.get(`${namespace}/${text(parameters, "barmanObjectName")}`);
  return {
    path: text(store, "spec", "configuration", "destinationPath"),
    serverName: text(parameters, "serverName"),
  };
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
