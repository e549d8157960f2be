import { isIP } from "node:net";
import { GoogleApis } from "../args/network";
import type { Allowance, Peer, Port } from "../plan/network";
import { namespaceName } from "../units";
import type { StorePlace } from "../units/storePlace";
import { addresses, internet, pods, tcp } from "./peers";

/** How stores are reached, as an environment says it. */
export interface StoreWays {
  readonly googleApis: GoogleApis;
  /** What the stack file says of where the S3-compatible store of the backups is; its endpoint says the rest. */
  readonly store:
    | { readonly id: string; readonly peer: Peer | undefined; readonly port: number | undefined }
    | undefined;
}

const ranges: Readonly<Record<GoogleApis, readonly Peer[]>> = {
  [GoogleApis.Internet]: internet,
  [GoogleApis.Private]: addresses("199.36.153.8/30", "2600:2d00:2:2000::/64"),
  [GoogleApis.Restricted]: addresses("199.36.153.4/30", "2600:2d00:2:1000::/64"),
};

/**
 * GKE's metadata server, which has a pod's token: with Dataplane V2 a policy sees its own address, else that of the node's agent.
 */
const metadata = (why: string): Allowance[] => [
  { direction: "egress", peers: addresses("169.254.169.254/32"), ports: tcp(80), why },
  { direction: "egress", peers: addresses("169.254.169.252/32"), ports: tcp(987, 988), why },
];

/**
 * What pods need for a store.
 *
 * @param what what they do there, for a person
 */
export function toStore(place: StorePlace, what: string, ways: StoreWays): Allowance[] {
  if (place.scheme === "gs")
    return [
      {
        direction: "egress",
        peers: ranges[ways.googleApis],
        ports: tcp(443),
        why: `${what}, in Cloud Storage`,
      },
      ...metadata("the token with which Google knows the pod"),
    ];
  const { peers, ports } = s3(place, ways);
  return [{ direction: "egress", peers, ports, why: `${what}, in the S3-compatible store` }];
}

function s3(
  { id, endpoint }: StorePlace,
  { store: said }: StoreWays,
): { peers: readonly Peer[]; ports: readonly Port[] } {
  const url = endpoint === undefined ? undefined : new URL(endpoint);
  const store = said?.id === id ? said : undefined;
  const port = store?.port ?? (Number(url?.port) || (url?.protocol === "http:" ? 80 : 443));
  return { peers: store?.peer === undefined ? hostPeers(url?.hostname) : [store.peer], ports: tcp(port) };
}

/**
 * Who answers to the name of a host: a Service's namespace, an address, or anybody whose address is not private. `minio.storage` may
 * be either.
 *
 * @param namespace where the name is looked up; without a dot it is a Service there
 */
export function hostPeers(host: string | undefined, namespace?: string): Peer[] {
  if (host === undefined) return [...internet];
  const bare = host.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (isIP(bare) !== 0) return addresses(`${bare}/${isIP(bare) === 4 ? 32 : 128}`);
  const [, ofService] = /\.([^.]+)\.svc(\.|$)/.exec(bare) ?? [];
  if (ofService !== undefined) return [pods(ofService)];
  const [, second, third] = bare.split(".");
  if (second === undefined) return namespace === undefined ? [...internet] : [pods(namespace)];
  return third === undefined && namespaceName(second).ok ? [...internet, pods(second)] : [...internet];
}

/** Whether a name has no dot: it may be a Service of the same namespace, or anything. */
const isShort = (host: string): boolean => isIP(host) === 0 && !host.includes(".");

/** Whether a name is of a private zone, which leads to a private address that no policy can tell from it. */
export const isPrivateName = (host: string): boolean =>
  /\.(?:internal|local|localdomain|lan|corp|home|private|intranet|home\.arpa)\.?$/i.test(host) &&
  !/\.svc\./.test(host);

/** Whether no policy can tell from a store's name where it is. */
export const isHidden = (host: string): boolean => isShort(host) || isPrivateName(host);
