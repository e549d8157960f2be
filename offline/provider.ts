/*
 * What a stand-in for a provider has to do. The engine's protocol around it, which is the same for all of them, is in
 * providers.ts.
 */
import type { Difference } from "./difference";

/** Inputs or outputs of a resource, secrets and unknowns marked as the engine marks them on the wire. */
export type Properties = { [key: string]: unknown };

/** A resource that the engine wants something to be done with. */
export interface Asked {
  readonly urn: string;
  /** Type token, such as `kubernetes:postgresql.cnpg.io/v1:Cluster`. */
  readonly type: string;
  /** Its id; empty before its creation. */
  readonly id: string;
  /** What the program wants; for a read or a removal, what it wanted last. */
  readonly inputs: Properties;
  /** Its outputs so far; undefined before its creation. */
  readonly before: Properties | undefined;
  /** Whether to say what would come of it, and do nothing. */
  readonly preview: boolean;
  /** Seconds of `customTimeouts`; 0 if there are none. */
  readonly timeout: number;
}

/** A resource that may have to be changed. */
export interface Compared extends Pick<Asked, "urn" | "type" | "id" | "inputs"> {
  /** What the program wanted last. */
  readonly inputsBefore: Properties;
  readonly outputsBefore: Properties;
}

/** A resource that is there. */
export interface Made {
  readonly id: string;
  readonly outputs: Properties;
  /** Its inputs, where a read finds others than the state has. */
  readonly inputs?: Properties;
}

/** A resource that was made but didn't become what it should be: the state keeps it, and the next update tries again. */
export class NotReadyError extends Error {
  constructor(
    message: string,
    readonly made: Made,
    /** What is wrong in detail. */
    readonly reasons: readonly string[] = [],
  ) {
    super(message);
  }
}

/** A stand-in for a provider. What its methods throw is the message that the engine shows. */
export interface Provider {
  /** Name of the npm package whose resources it stands in for; its version is the plugin's. */
  readonly npmPackage: string;
  /** Told the provider's settings: those of the stack with the provider's name before them, as text. */
  configure?(settings: { readonly [key: string]: string }): void;
  /** Problems of the inputs, each as `<path>: <what is wrong>`. */
  check(type: string, inputs: Properties): string[];
  /** The inputs as the state keeps them. Default: as they are. */
  normalized?(type: string, inputs: Properties): Properties;
  /** What an update would change. */
  diff(compared: Compared): Promise<Difference>;
  /** May throw {@link NotReadyError}, as may `update`, `read` and `delete`. */
  create(asked: Asked): Promise<Made>;
  /** Returns the outputs after it. */
  update(asked: Asked): Promise<Properties>;
  /** The resource as it is now; undefined if it is gone. */
  read(asked: Asked): Promise<{ readonly inputs: Properties; readonly outputs: Properties } | undefined>;
  delete(asked: Asked): Promise<void>;
  /** Told where the engine listens, before anything else. */
  attach?(address: string): void;
  /** Told that the user wants the run to end: whatever waits has to stop, with an error. */
  cancel?(): void;
}
