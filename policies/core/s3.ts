import type { View } from "./view";

/** The host of an S3-compatible store that is not Amazon's; undefined for any other store. */
export function foreignEndpoint(store: View): string | undefined {
  const endpoint = store.text("endpointURL");
  if (endpoint === undefined || store.at("azureCredentials").exists) return undefined;
  if (store.text("destinationPath")?.startsWith("s3://") !== true) return undefined;
  const host = /^https?:\/\/([^/:]+)/i.exec(endpoint)?.[1]?.toLowerCase();
  return host === undefined || /(^|\.)amazonaws\.com(\.cn)?$/.test(host) ? undefined : host;
}
