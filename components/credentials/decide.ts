import {
  type CredentialsArgs,
  type ExternalSecretCredentials,
  type GeneratorCredentials,
  SecretStoreKind,
} from "../args/credentials";
import { defaults } from "../args/defaults";
import type { Check } from "../check";
import { pick } from "../pick";
import type { PasswordSource } from "../plan/logins";
import { bad, derivedName, good, objectName, objectNamePart, type Parsed } from "../units";
import { parseGoDuration } from "../units/goDuration";

/** A password that Pulumi makes, where nothing is said. */
export const generatedPassword: PasswordSource = { kind: "random", length: 32, rotation: 1 };

const sources = ["random", "secret", "sops", "externalSecret", "generator"] as const;

/** Where a password comes from, and under which name its Secret is known if somebody else makes it. */
export interface Source {
  readonly source: PasswordSource;
  readonly secretName?: string;
}

/** Name of the Secret that a role's password is in, where it is made here or by External Secrets Operator. */
export function loginSecretName(cluster: string, role: string): string {
  return derivedName([cluster, objectNamePart(role), "credentials"], 63);
}

/**
 * Checks the name of a Secret that somebody else makes. Under the name of the one that is made here, an update from the one
 * source to the other would end with the Secret deleted: it takes away what it no longer declares.
 */
export function checkOthersSecret(
  check: Check,
  key: string,
  name: string | undefined,
  cluster: string,
  role: string,
): void {
  check.parse(key, name, objectName);
  check.require(
    name !== loginSecretName(cluster, role),
    key,
    name,
    "another name: a Secret of this one is made for role " +
      `${role} where its password is not somebody else's, and is deleted when that changes`,
  );
}

/**
 * Decides where a password comes from.
 *
 * @param cluster name of the cluster, and the role whose password it is
 */
export function decideSource(
  check: Check,
  args: CredentialsArgs | undefined,
  cluster: string,
  role: string,
): Source {
  if (args === undefined) return { source: generatedPassword };
  const given = sources.filter((key) => args[key] !== undefined);
  for (const key of given.slice(1))
    check.fail(key, args[key], `remove it with ${given[0]}: a password comes from one place`);
  const [only] = given;
  switch (only) {
    case "secret":
    case "sops":
      checkOthersSecret(check, only, args[only], cluster, role);
      return { source: { kind: only }, secretName: args[only] ?? "" };
    case "externalSecret":
      return { source: decideExternal(check.at(only), args.externalSecret as ExternalSecretCredentials) };
    case "generator":
      return { source: decideGenerator(check.at(only), args.generator as GeneratorCredentials) };
    default: {
      const at = check.at("random");
      return {
        source: {
          kind: "random",
          length: passwordLength(at, args.random?.length ?? defaults.RandomCredentials.length),
          rotation:
            at.integer("rotation", args.random?.rotation ?? defaults.RandomCredentials.rotation, 1, 9999) ??
            1,
        },
      };
    }
  }
}

function passwordLength(at: Check, length: number): number {
  return at.integer("length", length, 20, 128) ?? 20;
}

function decideExternal(at: Check, args: ExternalSecretCredentials): PasswordSource {
  const { store, key, property, refreshInterval } = args;
  at.parse("store", store, objectName);
  const kind = at.oneOf("kind", args.kind, SecretStoreKind) ?? defaults.ExternalSecretCredentials.kind;
  at.require(key.trim() !== "", "key", key, "where in the store the password is, such as orders/reporting");
  at.require(
    property === undefined || property.trim() !== "",
    "property",
    property,
    "the part of what is there, such as password; or left out for all of it",
  );
  const interval = at.parse("refreshInterval", refreshInterval, duration);
  at.require(
    interval !== 0n,
    "refreshInterval",
    refreshInterval,
    "more than 0s, which is never: a password that was changed in the store would not arrive",
  );
  return {
    kind: "externalSecret",
    store: { name: store, kind },
    remoteRef: { key, ...(property !== undefined && { property }) },
    refreshInterval: refreshInterval ?? defaults.ExternalSecretCredentials.refreshInterval,
  };
}

function decideGenerator(at: Check, args: GeneratorCredentials): PasswordSource {
  const length = passwordLength(at, args.length ?? defaults.GeneratorCredentials.length);
  const digits = at.integer("digits", args.digits, 0, length) ?? Math.floor(length / 4);
  const symbols =
    at.integer("symbols", args.symbols ?? defaults.GeneratorCredentials.symbols, 0, length) ?? 0;
  // The generator makes nothing at all then, and says so only in a condition.
  at.require(
    digits + symbols <= length,
    "symbols",
    args.symbols,
    `with ${digits} digits, ${length - digits} at most: digits and symbols are part of the length ${length}`,
  );
  const { symbolCharacters } = args;
  if (symbolCharacters !== undefined) {
    at.require(symbols > 0, "symbolCharacters", symbolCharacters, "remove it without symbols");
    at.require(
      /^[!-/:-@[-`{-~]+$/.test(symbolCharacters),
      "symbolCharacters",
      symbolCharacters,
      "punctuation of ASCII, such as -_.: CNPG takes blanks off a password's ends",
    );
  }
  at.parse("refreshInterval", args.refreshInterval, duration);
  return {
    kind: "generator",
    spec: {
      length,
      digits,
      symbols,
      ...pick(args, ["symbolCharacters"]),
      noUpper: args.noUpper ?? false,
      // Without it a long password runs out of digits, and no character tells that another one is not there.
      allowRepeat: true,
    },
    refreshInterval: args.refreshInterval ?? defaults.GeneratorCredentials.refreshInterval,
  };
}

/** What `metav1.Duration` reads, in nanoseconds: not negative, and no days. */
function duration(text: string): Parsed<bigint> {
  const nanoseconds = parseGoDuration(text);
  return nanoseconds === undefined || nanoseconds < 0n
    ? bad("a duration in hours, minutes and seconds, such as 1h, 15m or 1h30m")
    : good(nanoseconds);
}
