import { CLUSTER } from "./cluster";
import { EXTERNAL_SECRET } from "./passwordSecrets";
import type { Resource } from "./resource";
import type { Stack } from "./stack";
import type { View } from "./view";

/** A connection string, without its password. */
export interface ConnectionUri {
  readonly user: string;
  readonly host: string;
  /** Value of `sslmode`, if it has one. */
  readonly sslMode: string | undefined;
}

/** Reads a Postgres URI; in a template, the password may be an expression in braces. */
export function connectionUri(text: string): ConnectionUri | undefined {
  const found =
    /^\s*postgres(?:ql)?:\/\/([^:@/]*)(?::[^@]*)?@([^:/?\s]+)(?::\d+)?(?:\/[^?]*)?(?:\?(.*))?$/s.exec(text);
  if (found === null) return undefined;
  const [, user = "", host = "", query = ""] = found;
  return { user: decoded(user), host, sslMode: /(?:^|&)sslmode=([^&\s]*)/.exec(query)?.[1] };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The texts of a Secret, or of the template of an ExternalSecret, by where they stand. */
export function secretTexts({ type, view }: Resource): { readonly at: View; readonly text: string }[] {
  const plain = (at: View) =>
    at.knownKeys().flatMap((key) => {
      const text = at.at(key).text();
      return text === undefined ? [] : [{ at: at.at(key), text }];
    });
  if (type === EXTERNAL_SECRET) return plain(view.at("spec", "target", "template", "data"));
  const encoded = plain(view.at("data")).map(({ at, text }) => ({
    at,
    text: Buffer.from(text, "base64").toString("utf8"),
  }));
  return [...plain(view.at("stringData")), ...encoded];
}

/** The Cluster whose Service a host is, as a Secret in a namespace names it. */
export function clusterOfHost(
  stack: Stack,
  host: string,
  namespace: string | undefined,
): Resource | undefined {
  const [service = "", own] = host.split(".");
  const [, name] = /^(.+)-(?:rw|ro|r)$/.exec(service) ?? [];
  return name === undefined ? undefined : stack.find(CLUSTER, own ?? namespace, name);
}
