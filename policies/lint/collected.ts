import type { Origin, Resource } from "../core/resource";
import { LeftOut } from "./leftOut";

/** A document, or a part of it, that can't be read. */
export interface UnreadableDocument {
  readonly origin: Origin;
  readonly message: string;
  /** How many resources were read before it. */
  readonly after: number;
  /** Whether it is an object of CloudNativePG for certain; it may have nothing to do with it otherwise. */
  readonly certain: boolean;
}

/** A template that only another tool can read. */
export interface Template {
  readonly file: string;
  readonly line: number;
  /** Whether it makes objects of CloudNativePG. */
  readonly cnpg: boolean;
  readonly after: number;
}

/** What was read so far. */
export interface Collected {
  readonly resources: Resource[];
  readonly unreadable: UnreadableDocument[];
  readonly templates: Template[];
  readonly left: LeftOut;
  /** Documents that were looked at, of whatever kind. */
  documents: number;
}

export function nothingYet(): Collected {
  return { resources: [], unreadable: [], templates: [], left: new LeftOut(), documents: 0 };
}
