import { locationIn } from "./cluster";
import { hasPlaceholder } from "./placeholder";
import type { View } from "./view";

/** The host of an S3-compatible store that is not Amazon's; undefined for any other store. */
export function foreignEndpoint(store: View): string | undefined {
  const endpoint = store.partial("endpointURL");
  if (endpoint === undefined || store.at("azureCredentials").exists) return undefined;
  if (locationIn(store)?.scheme !== "s3") return undefined;
  const [, host = ""] = /^https?:\/\/([^/:]*)/.exec(endpoint) ?? [];
  // `${REGION}.digitaloceanspaces.com` is not Amazon's, whichever region it is.
  if (hasPlaceholder(host) && (hasPlaceholder(host.slice(-1)) || /amazonaws\.com/.test(host)))
    throw store.at("endpointURL").undecided;
  if (hasPlaceholder(endpoint)) return hasPlaceholder(endpoint.slice(0, 8)) ? undefined : foreignHost(host);
  return URL.canParse(endpoint) ? foreignHost(new URL(endpoint).hostname) : undefined;
}

/** A host, unless it is one of Amazon S3's own; a machine of somebody's at Amazon is none. */
export function foreignHost(host: string): string | undefined {
  const isAmazons = /(^|\.)s3([.-][a-z0-9.-]*)?\.amazonaws\.com(\.cn)?$/.test(host);
  return isAmazons && !/\.(elb|compute[a-z0-9-]*)\.amazonaws\./.test(host) ? undefined : host;
}

/** Whether an address has a password in it. */
export function hasPassword(address: string): boolean {
  if (URL.canParse(address)) return new URL(address).password !== "";
  return /^\w+:\/\/[^\s:@/]+:\S+@/.test(address);
}
