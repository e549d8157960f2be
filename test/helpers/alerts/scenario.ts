import { DAY, type Edit, HOUR, type Labels, MINUTE, type Value } from "./series";
import type { EnvironmentName } from "./world";

/** Something that happens, and which alerts fire when. */
export interface Scenario {
  readonly name: string;
  /** Default: `main`. */
  readonly environment?: EnvironmentName;
  /** Clusters of the environment that it needs. Default: `pg`. */
  readonly clusters?: readonly string[];
  /** Whether it is about the operator, which clusters share. Default: no. */
  readonly apart?: boolean;
  /** Seconds between samples and between evaluations. Default: a minute; more where it takes long. */
  readonly step?: number;
  /** When it begins, in seconds. Default: after 20 minutes. */
  readonly from?: number;
  /** When it is over. Default: never. */
  readonly until?: number;
  readonly edits?: readonly Edit[];
  /** Times, in seconds, to what fires then and nothing else does: `<namespace>/<cluster> <alert>`, and how many where not one. */
  readonly expect: ReadonlyMap<number, readonly string[]>;
  /** Alerts for which it shows that they are silent. */
  readonly silent?: readonly string[];
}

/** Minutes to what fires then. */
export const minutes = (expect: Readonly<Record<number, readonly string[]>>) => times(expect, MINUTE);
/** Hours to what fires then. */
export const hours = (expect: Readonly<Record<number, readonly string[]>>) => times(expect, HOUR);

const times = (expect: Readonly<Record<number, readonly string[]>>, unit: number) =>
  new Map(Object.entries(expect).map(([time, fires]) => [Number(time) * unit, fires] as const));

/** Five minutes, for what takes an hour. */
export const COARSE = 5 * MINUTE;
/** A quarter of an hour, for what takes a day or two. */
export const QUARTER = 15 * MINUTE;
/** Half a day, for what takes weeks. */
export const DAILY = DAY / 2;

/** The cluster that has trouble, where nothing else is said. */
export const pg: Labels = { namespace: "shop", cnpg_cluster: "pg" };

/** A fault: metrics of a cluster, or of some of its series, with another value; null takes them away. */
export const set = (metric: string, value: Value, of: Labels = pg): Edit => ({ metric, of, value });

/** A cluster of the same namespace. */
export const cluster = (name: string): Labels => ({ ...pg, cnpg_cluster: name });
/** One of a cluster's instances. */
export const pod = (name: string, of: Labels = pg): Labels => ({ ...of, pod: name });
/** A volume. */
export const claim = (name: string): Labels => ({ namespace: "shop", persistentvolumeclaim: name });
/** What a primary tells of a standby. */
export const standby = (name: string, of: Labels = pg): Labels => ({ ...of, application_name: name });
/** A standby that does not stream. */
export const cut = (name: string, of: Labels = pg): Edit[] => [
  set("cnpg_pg_stat_replication_flush_diff_bytes", null, standby(name, of)),
  set("cnpg_pg_stat_replication_replay_diff_bytes", null, standby(name, of)),
];
/** Grows by so many an hour until `from`, and by as many as asked then. */
export const faster =
  (before: number, after: number, from = 20 * MINUTE) =>
  (time: number): number =>
    (before * Math.min(time, from) + after * Math.max(0, time - from)) / HOUR;
