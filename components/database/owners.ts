import type { DatabaseArgs } from "../args/database";
import type { Check } from "../check";
import { checkOthersSecret, decideSource, loginSecretName } from "../credentials/decide";
import { own } from "../own";
import type { OwnerPlan } from "../plan/database";

export function ownerOf(name: string, all: Readonly<Record<string, DatabaseArgs>>): string {
  return own(all, name)?.owner ?? name;
}

/** The owners of databases, the first one's first. */
export function decideOwners(
  check: Check,
  cluster: string,
  first: string,
  names: readonly string[],
  all: Readonly<Record<string, DatabaseArgs>>,
): OwnerPlan[] {
  const owners = new Map<string, OwnerPlan>();
  const bySecret = new Map<string, string>();
  const told = new Map<string, string>();
  for (const name of [first, ...names.filter((n) => n !== first)]) {
    const role = ownerOf(name, all);
    const at = check.at("databases").at(name);
    const { ownerSecret, ownerCredentials, applications = [] } = own(all, name) ?? {};
    checkOthersSecret(at, "ownerSecret", ownerSecret, cluster, role);
    const { source, secretName: secret } =
      ownerSecret === undefined
        ? decideSource(at.at("ownerCredentials"), ownerCredentials, cluster, role)
        : ({ source: { kind: "secret" }, secretName: ownerSecret } as const);
    const key = ownerSecret === undefined ? "ownerCredentials" : "ownerSecret";
    const says = ownerSecret ?? ownerCredentials;
    const holder = secret === undefined ? undefined : bySecret.get(secret);
    at.require(
      holder === undefined || holder === role,
      key,
      says,
      `another Secret than that of role ${holder}: a Secret has one username`,
    );
    if (secret !== undefined) bySecret.set(secret, role);
    const known = owners.get(role);
    const here = applications.length === 0 ? [] : [{ database: name, applications }];
    if (known === undefined) {
      owners.set(role, {
        role,
        secretName: secret ?? loginSecretName(cluster, role),
        database: name,
        source,
        applications: here,
      });
      told.set(role, JSON.stringify(says));
    } else {
      owners.set(role, { ...known, applications: [...known.applications, ...here] });
      at.require(
        says === undefined || JSON.stringify(says) === told.get(role),
        key,
        says,
        `the one Secret of role ${role}, as databases.${known.database} has it`,
      );
    }
  }
  return [...owners.values()];
}
