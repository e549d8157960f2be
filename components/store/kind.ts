import type { EnvironmentBackups } from "../args/backup";
import type { Profile } from "../args/profiles";
import type { Check } from "../check";
import type { ProgramKeys, Store, StoreKind, StoreSettings } from "../plan/store";

/** What the checks of a store have to know besides its settings. */
export interface StoreBasis {
  readonly profile: Profile;
  /** Name of the bucket in it. */
  readonly bucket: string | undefined;
  /** The store that clusters archive to. */
  readonly archive: Store;
}

/** A store as its settings say it. Each check takes that of the settings around `gcs` or `s3`. */
export interface WrittenStore extends Store {
  /** Where clusters archive to it. */
  check(around: Check, basis: Omit<StoreBasis, "archive">): void;
  /** Where a cluster is recovered from it. */
  checkSource(around: Check, basis: StoreBasis): void;
  /**
   * Where dumps go or come from.
   *
   * @param known the store that dumps come from unless said otherwise; undefined for the one that they go to
   */
  checkDumps(around: Check, basis: StoreBasis, known?: Store): void;
  /** Settings of backups that have no meaning with it, and why. */
  readonly meaningless: { readonly [K in keyof EnvironmentBackups]?: string };
}

/** A kind of store: what is said where it, or another in its place, is written. */
export interface Kind<K extends StoreKind> {
  /** What its addresses begin with. */
  readonly scheme: string;
  /**
   * @param args undefined where only `like` says which it is
   * @param like the store from which is taken what is left out of where it is, if it is of the same kind
   */
  of(args: StoreSettings[K], keys: ProgramKeys, like: Store | undefined): WrittenStore;
  /** What a recovery has to say of its store where clusters archive to one of this kind. Default: nothing, it is of this kind too. */
  readonly unsaidSource?: string;
  /** Why access to a source of this kind can't be granted, */
  readonly noGrant?: string;
  /** and why none can where clusters archive to one of this kind. */
  readonly noIdentity?: string;
}
