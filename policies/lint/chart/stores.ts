import { UNKNOWN } from "../../core/view";
import { fields, joined, type Values } from "./values";

/** What the chart refuses to render, for want of a value. */
export type Refuse = (path: string, expected: string) => void;

/** An object store as a Cluster and an ObjectStore have it, without what they say of WAL and data. */
export function storeOf(
  scope: Values,
  where: string,
  secretPrefix: string,
  refuse: Refuse,
): Record<string, unknown> {
  const provider = scope.get("provider");
  const authority = scope.has("endpointCA", "create") || scope.has("endpointCA", "name");
  const own =
    provider === "s3"
      ? s3(scope, where, secretPrefix, refuse)
      : provider === "azure"
        ? azure(scope, where, secretPrefix, refuse)
        : provider === "google"
          ? google(scope, where, secretPrefix, refuse)
          : {};
  return fields({
    ...own,
    ...(scope.has("endpointURL") && { endpointURL: scope.text("endpointURL") }),
    ...(scope.has("destinationPath") && { destinationPath: scope.plain("destinationPath") }),
    ...(authority && {
      endpointCA: fields({ name: scope.plain("endpointCA", "name"), key: scope.plain("endpointCA", "key") }),
    }),
  });
}

function needed(scope: Values, path: readonly string[], where: string, refuse: Refuse) {
  if (scope.has(...path)) return scope.text(...path);
  refuse(`${where}.${path.join(".")}`, `a value, or ${where}.destinationPath`);
  return UNKNOWN;
}

function secretOf(scope: Values, secretPrefix: string, provider: string): unknown {
  return scope.has("secret", "name") ? scope.get("secret", "name") : `${secretPrefix}-${provider}-creds`;
}

function s3(scope: Values, where: string, secretPrefix: string, refuse: Refuse): Record<string, unknown> {
  const name = secretOf(scope, secretPrefix, "s3");
  const result: Record<string, unknown> = {
    s3Credentials: scope.has("s3", "inheritFromIAMRole")
      ? { inheritFromIAMRole: true }
      : {
          accessKeyId: { name, key: "ACCESS_KEY_ID" },
          secretAccessKey: { name, key: "ACCESS_SECRET_KEY" },
        },
  };
  if (!scope.has("endpointURL")) {
    if (!scope.has("s3", "region")) refuse(`${where}.s3.region`, `a region, or ${where}.endpointURL`);
    const region = scope.has("s3", "region") ? scope.text("s3", "region") : UNKNOWN;
    result.endpointURL = joined("https://s3.", region, ".amazonaws.com");
  }
  if (!scope.has("destinationPath"))
    result.destinationPath = joined(
      "s3://",
      needed(scope, ["s3", "bucket"], where, refuse),
      scope.text("s3", "path"),
    );
  return result;
}

function azure(scope: Values, where: string, secretPrefix: string, refuse: Refuse): Record<string, unknown> {
  const name = secretOf(scope, secretPrefix, "azure");
  const account = { name, key: "AZURE_STORAGE_ACCOUNT" };
  const credentials = scope.has("azure", "inheritFromAzureAD")
    ? { inheritFromAzureAD: true }
    : scope.has("azure", "connectionString")
      ? { connectionString: { name, key: "AZURE_CONNECTION_STRING" } }
      : scope.has("azure", "storageKey")
        ? { storageAccount: account, storageKey: { name, key: "AZURE_STORAGE_KEY" } }
        : { storageAccount: account, storageSasToken: { name, key: "AZURE_STORAGE_SAS_TOKEN" } };
  if (scope.has("destinationPath")) return { azureCredentials: credentials };
  const path = joined(
    "https://",
    needed(scope, ["azure", "storageAccount"], where, refuse),
    ".",
    scope.text("azure", "serviceName"),
    ".core.windows.net/",
    scope.text("azure", "containerName"),
    scope.text("azure", "path"),
  );
  return { azureCredentials: credentials, destinationPath: path };
}

function google(scope: Values, where: string, secretPrefix: string, refuse: Refuse): Record<string, unknown> {
  const inside = scope.has("google", "gkeEnvironment");
  const name = secretOf(scope, secretPrefix, "google");
  const result: Record<string, unknown> = {
    googleCredentials: fields({
      gkeEnvironment: scope.plain("google", "gkeEnvironment"),
      ...(!inside && { applicationCredentials: { name, key: "APPLICATION_CREDENTIALS" } }),
    }),
  };
  if (!scope.has("destinationPath"))
    result.destinationPath = joined(
      "gs://",
      needed(scope, ["google", "bucket"], where, refuse),
      scope.text("google", "path"),
    );
  return result;
}

/** How WAL and data are written. */
export function transfersOf(backups: Values): Record<string, unknown> {
  const transfer = (of: Values, count: string) =>
    fields({
      compression: of.plain("compression"),
      ...(of.has("encryption") && { encryption: of.plain("encryption") }),
      [count]: of.plain(count),
    });
  return { wal: transfer(backups.at("wal"), "maxParallel"), data: transfer(backups.at("data"), "jobs") };
}
