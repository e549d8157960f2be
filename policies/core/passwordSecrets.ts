import { CLUSTER, DATABASE_ROLE } from "./cluster";
import { addTo } from "./grouped";
import type { Resource } from "./resource";
import type { Judging } from "./rule";
import type { Stack } from "./stack";
import type { View } from "./view";

export const EXTERNAL_SECRET = "ExternalSecret.external-secrets.io";
export const SEALED_SECRET = "SealedSecret.bitnami.com";

/** CNPG reloads what has this label as soon as it changes; its value does not matter. */
export const RELOAD_LABEL = "cnpg.io/reload";

/** A Secret that CNPG reads a role's password from. */
export interface PasswordUse {
  /** The Cluster or DatabaseRole. */
  readonly resource: Resource;
  /** Where it names the Secret. */
  readonly at: View;
  readonly secret: string;
  /** The role. */
  readonly role: string;
  /** Whether CNPG takes blanks off both names before it compares them. */
  readonly trims: boolean;
}

/** Every Secret that CNPG reads a role's password from. */
export function passwordUses(stack: Stack, part: Judging["part"]): PasswordUse[] {
  const uses: PasswordUse[] = [];
  const add = (resource: Resource, at: View, role: string | undefined, trims: boolean) => {
    const secret = at.text();
    if (secret !== undefined && secret !== "" && role !== undefined)
      uses.push({ resource, at, secret, role, trims });
  };
  for (const cluster of stack.ofType(CLUSTER)) {
    const spec = cluster.view.at("spec");
    part(() => {
      for (const role of spec.list("managed", "roles"))
        part(() => {
          if (role.text("ensure") === "absent" || role.flag("disablePassword") === true) return;
          add(cluster, role.at("passwordSecret", "name"), role.text("name"), true);
        });
    });
    for (const method of ["initdb", "recovery", "pg_basebackup"])
      part(() => {
        const bootstrap = spec.at("bootstrap", method);
        const secret = bootstrap.at("secret", "name");
        // A monolithic import makes no database of the application's, and nobody sets that password.
        if (!secret.exists || bootstrap.text("import", "type") === "monolith") return;
        add(cluster, secret, bootstrap.text("owner") ?? bootstrap.text("database") ?? "app", false);
      });
    part(() => {
      if (spec.flag("enableSuperuserAccess") === true)
        add(cluster, spec.at("superuserSecret", "name"), "postgres", false);
    });
  }
  for (const role of stack.ofType(DATABASE_ROLE))
    part(() => {
      const spec = role.view.at("spec");
      if (spec.text("ensure") === "absent" || spec.flag("disablePassword") === true) return;
      add(role, spec.at("passwordSecret", "name"), spec.text("name"), true);
    });
  return uses;
}

/** Finds what makes a Secret: itself, a SealedSecret, or an ExternalSecret whose target it is. */
export function secretSources(stack: Stack): (namespace: string | undefined, name: string) => Resource[] {
  const byTarget = new Map<string, Resource[]>();
  for (const type of [EXTERNAL_SECRET, SEALED_SECRET, "Secret"])
    for (const resource of stack.ofType(type)) {
      const name = madeBy(resource);
      if (name === undefined) continue;
      addTo(byTarget, name, resource);
    }
  return (namespace, name) => {
    const all = byTarget.get(name) ?? [];
    const same = all.filter((one) => one.namespace === namespace);
    return same.length > 0
      ? same
      : all.filter((one) => one.namespace === undefined || namespace === undefined);
  };
}

function madeBy(resource: Resource): string | undefined {
  const at =
    resource.type === EXTERNAL_SECRET
      ? resource.view.at("spec").unknown
        ? undefined
        : resource.view.at("spec", "target")
      : undefined;
  if (at === undefined || at.unknown || !at.exists) return resource.name;
  const name = at.at("name");
  return name.unknown ? undefined : (name.text() ?? resource.name);
}

/** What of a Secret is known without its values. */
export interface SecretContent {
  /** Its keys; undefined if somebody else fills it. */
  readonly keys: ReadonlySet<string> | undefined;
  /** Where the keys are, or would be. */
  readonly at: View;
  /** The user's name and where it is written; undefined if it can't be read. */
  readonly username: { readonly value: string; readonly at: View } | undefined;
}

/** Reads keys and user name. Throws `Undecided` if that is not known yet; a hidden user name does not hide the keys. */
export function contentOf(source: Resource): SecretContent {
  if (source.type === EXTERNAL_SECRET) return externalContent(source);
  if (source.type === SEALED_SECRET) {
    const at = source.view.at("spec", "encryptedData");
    const more = source.view.at("spec", "template", "data");
    return { keys: new Set([...at.keys(), ...more.keys()]), at, username: plainText(more.at("username")) };
  }
  const { view } = source;
  const [data, plain] = [view.at("data"), view.at("stringData")];
  const at = plain.exists || !data.exists ? plain : data;
  // Pulumi hides all of a Secret until its last value is there: a password that is still to be made says nothing of the keys.
  if (data.unknown || plain.unknown) return { keys: undefined, at, username: undefined };
  const keys = new Set([...data.keys(), ...plain.keys()]);
  if (keys.size === 0 || filledByOthers(source)) return { keys: undefined, at, username: undefined };
  const encoded = data.at("username");
  const username = plain.at("username").exists
    ? plainText(plain.at("username"))
    : encoded.exists && !encoded.unknown
      ? decoded(encoded)
      : undefined;
  return { keys, at, username };
}

function externalContent({ view }: Resource): SecretContent {
  const target = view.at("spec", "target");
  const template = target.at("template");
  const policy = target.text("creationPolicy");
  const at = template.at("data").exists ? template.at("data") : view.at("spec", "data");
  const unclear = { keys: undefined, at, username: undefined };
  // With these the Secret has keys of others too.
  if (policy !== undefined && policy !== "Owner" && policy !== "Orphan") return unclear;
  if (template.at("templateFrom").exists) return unclear;
  const username = plainText(template.at("data", "username"));
  const templated = template.keys("data");
  if (templated.length > 0 && template.text("mergePolicy") !== "Merge")
    return { keys: new Set(templated), at, username };
  if (view.list("spec", "dataFrom").length > 0) return { ...unclear, username };
  const keys = view.list("spec", "data").flatMap((entry) => entry.text("secretKey") ?? []);
  return { keys: keys.length === 0 ? undefined : new Set([...keys, ...templated]), at, username };
}

/** Operators that fill a Secret, or copy another one into it, are told so by annotations. */
function filledByOthers(source: Resource): boolean {
  return source.view
    .keys("metadata", "annotations")
    .some((key) => /generat|replicat|reflect|vault|avp\.|inject|onepassword|doppler|infisical/i.test(key));
}

/** A text, unless it is encrypted or will be replaced by another one. */
function plainText(at: View): SecretContent["username"] {
  if (!at.exists || at.unknown) return undefined;
  const value = at.text();
  return value === undefined || isPlaceholder(value) ? undefined : { value, at };
}

function decoded(at: View): SecretContent["username"] {
  const text = at.text();
  if (text === undefined || isPlaceholder(text) || !/^[A-Za-z0-9+/\s]+=*\s*$/.test(text)) return undefined;
  const value = Buffer.from(text, "base64").toString("utf8");
  // What is no text was not a name: a placeholder that happens to look like base64.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a name with control characters is what this looks for
  if (!/^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]+$/.test(value) || isPlaceholder(value)) return undefined;
  return { value, at };
}

function isPlaceholder(text: string): boolean {
  return (
    /^ENC\[|[<>${}%]|^ref\+|__/.test(text) || /^(changeme|todo|replace|your|xxx|\.\.\.)/i.test(text.trim())
  );
}
