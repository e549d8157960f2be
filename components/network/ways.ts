import type { Allowance } from "../plan/network";
import { addresses, tcp } from "./peers";
import { hostPeers } from "./stores";

/** A proxy that pods are told of. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
}

type Fields = { readonly [field: string]: unknown };

/** Every map within a value, itself too. */
function mapsIn(value: unknown): Fields[] {
  if (Array.isArray(value)) return value.flatMap(mapsIn);
  if (typeof value !== "object" || value === null) return [];
  return [value as Fields, ...Object.values(value).flatMap(mapsIn)];
}

/** The proxies that variables within an object name: `HTTPS_PROXY`, as Barman and rclone read it. */
export function proxiesIn(object: unknown): Proxy[] {
  const found = mapsIn(object).flatMap(({ name, value }): Proxy[] => {
    if (typeof name !== "string" || typeof value !== "string" || !/^(https?|all)_proxy$/i.test(name))
      return [];
    const text = value.includes("://") ? value : `http://${value}`;
    if (!URL.canParse(text)) return [];
    const { hostname, port, protocol } = new URL(text);
    return hostname === ""
      ? []
      : [{ host: hostname, port: Number(port) || (protocol === "https:" ? 443 : 80) }];
  });
  return [...new Map(found.map((proxy) => [`${proxy.host}:${proxy.port}`, proxy])).values()];
}

/** Whether pods of an object, or that read it, get in to Amazon's S3 by a role of theirs. */
export const assumesRole = (object: unknown): boolean =>
  mapsIn(object).some(
    ({ inheritFromIAMRole, name, value }) =>
      inheritFromIAMRole === true || (/_ENV_AUTH$/.test(String(name)) && value === "true"),
  );

/** What pods need for the proxies that they are told of. */
export const toProxies = (proxies: readonly Proxy[], namespace: string): Allowance[] =>
  proxies.map(({ host, port }) => ({
    direction: "egress",
    peers: hostPeers(host, namespace),
    ports: tcp(port),
    why: `stores are reached by the proxy ${host}`,
  }));

/**
 * Where Amazon's SDKs get the keys of a role: EKS' Pod Identity agent, and the metadata service of a node's role. A role by IRSA is
 * asked for at sts.amazonaws.com, which the store's own rule lets through.
 */
export const toRole = (): Allowance[] => [
  {
    direction: "egress",
    peers: addresses("169.254.170.23/32", "fd00:ec2::23/128", "169.254.169.254/32"),
    ports: tcp(80),
    why: "the keys of its role, from the Pod Identity agent or the node",
  },
];
