import type { Check } from "../check";
import { bad, good, type Parsed } from "../units";

/** Registries by those that they stand in for. */
export type Mirrors = Readonly<Record<string, string>>;

const host = "[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]+)?";
const part = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const digest = "@sha256:[0-9a-f]{64}";
const image = new RegExp(`^${host}(?:/${part})+(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:${digest})?$`);

/**
 * An image with the registry that it is from.
 *
 * @param needed whether it needs a digest: a tag can be moved to another image
 */
export function platformImage(needed: boolean): (text: string) => Parsed<string> {
  return (text) =>
    image.test(text) && (!needed || new RegExp(`${digest}$`).test(text))
      ? good(text)
      : bad(
          `an image with its registry${needed ? " and its digest" : ""}, such as ghcr.io/cloudnative-pg/cloudnative-pg:1.30.1@sha256:…`,
        );
}

/** Checks where images are taken from instead. */
export function checkMirrors(check: Check, mirrors: Mirrors): void {
  for (const [registry, mirror] of Object.entries(mirrors)) {
    check.require(
      new RegExp(`^${host}$`).test(registry),
      `registryMirrors.${registry}`,
      registry,
      "the host of a registry, such as ghcr.io",
    );
    check.require(
      new RegExp(`^${host}(?:/${part})*$`).test(mirror),
      `registryMirrors.${registry}`,
      mirror,
      "a host, and a path on it, such as europe-docker.pkg.dev/acme/ghcr",
    );
  }
}

/** An image from where it is to be taken. */
export function mirrored(text: string, mirrors: Mirrors): string {
  const [registry = ""] = text.split("/");
  const mirror = Object.hasOwn(mirrors, registry) ? mirrors[registry] : undefined;
  return mirror === undefined ? text : `${mirror}${text.slice(registry.length)}`;
}
