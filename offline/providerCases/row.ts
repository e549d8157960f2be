/** One case. */
export interface ProviderCase {
  /** Name of the row and of how it is played. */
  readonly id: string;
  /** When. */
  readonly when: string;
  /** What the real provider does. */
  readonly then: string;
  /** Where its source says so. */
  readonly source: string;
  /** Whether the real provider was played by the row and did so; false: read only. */
  readonly seen: boolean;
  /** Why a stand-in can't or doesn't do it; left out: it does. */
  readonly not?: { readonly offline?: string; readonly lab?: string };
}

/** Cases that belong together. */
export interface ProviderCases {
  readonly title: string;
  readonly cases: readonly ProviderCase[];
}

export const noCluster = "no cluster: objects are there at once";
const noServer = "no API server that could say so";

/** Why some waits are of no use here. */
export const notDeclared = "this project declares none";

/** Of rows that need the API server. */
export const lab = { offline: noServer };

/** Of rows that wait. */
export const waits = { offline: noCluster };

/** Of rows that are not played. */
export const unplayed = (why: string) => ({ offline: why, lab: why });

/** One row, played by the real provider. */
export const row = (
  id: string,
  when: string,
  then: string,
  source: string,
  not?: ProviderCase["not"],
): ProviderCase => ({ id, when, then, source, seen: true, ...(not !== undefined && { not }) });

/** One that was read only. */
export const unseen = (...of: Parameters<typeof row>): ProviderCase => ({ ...row(...of), seen: false });
