import { cloudTypes } from "../core/cloud";
import { kubernetesType, Resource } from "../core/resource";
import { UNKNOWN } from "../core/view";

/** What the SDK's server hands a policy of a resource: the part that is used here. */
export interface PolicyResource {
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly urn: string;
  readonly opts?: { readonly protect?: boolean };
}

/** What the policy SDK puts in the place of a value that is not known yet, one for each type. */
const sentinels = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/**
 * A resource of Pulumi as rules read it; undefined for types that no rule knows.
 *
 * The SDK wraps properties so that touching an unknown one ends the whole policy. Here they are taken out of that
 * wrapping, and the unknown ones are marked, so that the known ones can be judged all the same.
 */
export function toResource({ type, props, urn, opts }: PolicyResource): Resource | undefined {
  const named = typeOf(type);
  if (named === undefined) return undefined;
  return new Resource({
    type: named,
    value: marked(rawOf({ props })),
    origin: { urn },
    place: urn.split("::")[0]?.replace(/^urn:pulumi:/, "") ?? "",
    ...(opts?.protect !== undefined && { protect: opts.protect }),
  });
}

/** What is in the SDK's wrapping of properties: the same object for every policy that is asked in one call. */
export function rawOf({ props }: Pick<PolicyResource, "props">): object {
  return (props as { __getSpecialProxyTarget?: object }).__getSpecialProxyTarget ?? props;
}

/** The type as rules call it, from Pulumi's token. */
export function typeOf(token: string): string | undefined {
  if (token.startsWith("gcp:")) return cloudTypes[token];
  const [, version, kind] = /^kubernetes:([^:]+):(\w+)$/.exec(token) ?? [];
  if (version === undefined || kind === undefined) return undefined;
  // `core/v1` is Pulumi's name for the group without a name.
  return kubernetesType(version.replace(/^core\//, ""), kind);
}

/** Pulumi's token of a type of Kubernetes with this version. */
export function tokenOf(type: string, version: string): string | undefined {
  if (type.startsWith("gcp:")) return Object.entries(cloudTypes).find(([, named]) => named === type)?.[0];
  const [kind = "", ...group] = type.split(".");
  return `kubernetes:${group.length === 0 ? "core" : group.join(".")}/${version}:${kind}`;
}

/** Groups of which there has been one version ever. */
const oneVersion = ["postgresql.cnpg.io", "barmancloud.cnpg.io", ""];

/** Pulumi's only token of the only one of these types; undefined where there may be several. */
export function tokenOfAll([type, ...others]: readonly string[]): string | undefined {
  if (type === undefined || others.length > 0) return undefined;
  const group = type.split(".").slice(1).join(".");
  return type.startsWith("gcp:") || oneVersion.includes(group) ? tokenOf(type, "v1") : undefined;
}

function marked(value: unknown): unknown {
  if (typeof value === "string") return sentinels.has(value) ? UNKNOWN : value;
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, marked(inner)]));
}
