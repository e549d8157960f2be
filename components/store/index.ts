import type { Check } from "../check";
import type { ProgramKeys, Store, StoreKind, StoreSettings } from "../plan/store";
import type { StorePlace } from "../units/storePlace";
import { gcs } from "./gcs";
import type { Kind, WrittenStore } from "./kind";
import { s3 } from "./s3";

/** Every kind of store. Where settings have two, the first of them counts. */
export const kinds: { readonly [K in StoreKind]: Kind<K> } = { s3, gcs };

const names = Object.keys(kinds) as StoreKind[];

/** The kind that settings name. */
export function writtenKind(settings: StoreSettings): StoreKind | undefined {
  return names.find((kind) => settings[kind] !== undefined);
}

/** The kind of store that settings mean: the one they name, or that of the store that is known. */
export function kindOf(settings: StoreSettings, known?: Store): StoreKind {
  return writtenKind(settings) ?? known?.kind ?? "gcs";
}

/** The kind of store that an address is of, such as `gs://<bucket>/<folder>`. */
export function kindAt(address: string): StoreKind | undefined {
  return names.find((kind) => address.startsWith(`${kinds[kind].scheme}://`));
}

/** Settings for a store that is known by its address: Cloud Storage needs none where clusters archive there too. */
export function settingsAt(
  address: string,
  said: StoreSettings,
  server: Pick<StorePlace, "endpoint" | "region">,
  archive: StoreKind,
): StoreSettings {
  const kind = kindAt(address) ?? "gcs";
  if (kind === "gcs" && archive === "gcs") return {};
  return { [kind]: { ...said[kind], ...server } };
}

/** The store that settings mean: what they leave out of where it is, is as with the one that is known. */
export function storeOf(settings: StoreSettings, keys: ProgramKeys, known?: Store): WrittenStore {
  return made(kindOf(settings, known), settings, keys, known);
}

function made<K extends StoreKind>(
  kind: K,
  settings: StoreSettings,
  keys: ProgramKeys,
  known: Store | undefined,
): WrittenStore {
  return kinds[kind].of(settings[kind], keys, known);
}

/** Settings name one store. */
export function checkOneKind(check: Check, settings: StoreSettings, what: string): void {
  const written = writtenKind(settings);
  for (const kind of names)
    check.require(
      kind === written || settings[kind] === undefined,
      kind,
      settings[kind],
      `remove it with ${written}: one of both has the ${what}`,
    );
}
