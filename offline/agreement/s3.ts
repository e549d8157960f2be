import { get, text } from "../properties";
import type { Properties } from "../provider";
import { contentOf } from "../wire";
import { type AgreementRow, type Found, nothing, type Store } from "./found";

/** A reference of S3 credentials to a Secret. */
interface KeyOf {
  readonly name: string;
  readonly key: string;
}

/**
 * What both halves say of an archive in an S3-compatible store. The store, its bucket and what its keys may do are another's:
 * of that half there is nothing here to compare with, and the table says so instead of ticking it off.
 */
export function s3Rows(cluster: Properties, namespace: string, store: Store, found: Found): AgreementRow[] {
  const { bucket, path, serverName, configuration, env } = store;
  const endpoint = text(configuration, "endpointURL");
  const place = `${bucket || nothing} at ${endpoint || "Amazon S3"}, made by whoever runs it`;
  return [
    {
      what: "bucket ⇄ destinationPath",
      cloud: place,
      cluster: `${path} (server ${serverName})`,
      agrees: bucket !== "" && serverName !== "" && !path.endsWith(`/${serverName}`),
    },
    wayIn("keys ⇄ s3Credentials", cluster, namespace, configuration, found),
    {
      what: "what the store takes ⇄ checksums",
      cloud: endpoint === "" ? "Amazon takes them" : "perhaps none",
      cluster: checksums.map((name) => env.get(name)).every((value) => value === "when_required")
        ? "sent when required"
        : "sent always",
      agrees: endpoint === "" || checksums.every((name) => env.has(name)),
      open: endpoint !== "" && checksums.some((name) => env.get(name) !== "when_required"),
    },
  ];
}

const checksums = ["AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"];

/** How a store is opened, and whether what it takes is there, as far as that is declared here. */
export function wayIn(
  what: string,
  cluster: Properties,
  namespace: string,
  configuration: unknown,
  found: Found,
): AgreementRow {
  const credentials = get(configuration, "s3Credentials");
  if (get(credentials, "inheritFromIAMRole") === true) {
    const role = text(
      cluster,
      "spec",
      "serviceAccountTemplate",
      "metadata",
      "annotations",
      "eks.amazonaws.com/role-arn",
    );
    return {
      what,
      cloud: role === "" ? "the pods' or nodes' role" : role,
      cluster: "inherits it",
      agrees: true,
      open: true,
    };
  }
  const keys = keysOf(credentials);
  const { whose, missing, elsewhere } = keysAt(namespace, keys, found);
  return {
    what,
    cloud: missing.length > 0 ? `no ${missing.join(", ")}` : whose || nothing,
    cluster: keys.map(({ key }) => key).join(", ") || nothing,
    agrees: keys.length >= 2 && missing.length === 0,
    open: elsewhere,
  };
}

/** The Secrets that references lead to, and which of their keys are not in those that are declared here. */
export function keysAt(namespace: string, keys: readonly KeyOf[], found: Found) {
  const names = [...new Set(keys.map(({ name }) => name))];
  const missing = keys.filter(({ name, key }) => {
    const secret = found.secrets.get(`${namespace}/${name}`);
    return (
      secret !== undefined &&
      !Object.hasOwn(contentOf(secret.stringData), key) &&
      !Object.hasOwn(contentOf(secret.data), key)
    );
  });
  return {
    whose: names
      .map((name) => `Secret ${name}${found.secrets.has(`${namespace}/${name}`) ? "" : " (made elsewhere)"}`)
      .join(", "),
    missing: missing.map(({ key }) => key),
    elsewhere: names.some((name) => !found.secrets.has(`${namespace}/${name}`)),
  };
}

/** The references of credentials to Secrets. */
function keysOf(credentials: unknown): KeyOf[] {
  return ["accessKeyId", "secretAccessKey", "sessionToken", "region"].flatMap((field) => {
    const name = text(credentials, field, "name");
    return name === "" ? [] : [{ name, key: text(credentials, field, "key") }];
  });
}

/** Whether two stores are opened with the same keys, or as the same role. */
export function sameWayIn(one: unknown, other: unknown): boolean {
  const [a, b] = [one, other].map((configuration) => get(configuration, "s3Credentials"));
  if (get(a, "inheritFromIAMRole") === true) return get(b, "inheritFromIAMRole") === true;
  const [first] = keysOf(a);
  return first !== undefined && keysOf(b)[0]?.name === first.name && keysOf(b)[0]?.key === first.key;
}
