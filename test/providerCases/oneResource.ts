/*
 * What the engine does with one resource, by its own protocol, against any provider: a stand-in or the real one. Rows of
 * the table of cases are played with it.
 */
import type * as grpc from "@grpc/grpc-js";
import providerProto from "@pulumi/pulumi/proto/provider_pb";
import statusProto from "@pulumi/pulumi/proto/status_pb";
import type { Properties } from "../../offline/provider";
import { plain, type Served, struct } from "./served";

/** What the engine would remember of a resource. */
export interface State {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** Why it isn't what it should be; none: it is. */
  readonly initErrors: readonly string[];
}

/** What became of a step. */
export interface Step {
  readonly did: "create" | "update" | "replace" | "same";
  /** The provider's own words if it failed. */
  readonly error?: string;
  /** What the state has of the resource afterwards; undefined: nothing. */
  readonly state: State | undefined;
  /** Changed fields, each after `+`, `~` or `-`, sorted. */
  readonly changes: readonly string[];
  /** Whether a replaced resource goes first. */
  readonly deletedFirst: boolean;
  readonly seconds: number;
}

/** How a step is asked for. */
export interface StepOptions {
  readonly preview?: boolean;
  /** Seconds of `customTimeouts`. */
  readonly timeout?: number;
}

/** One resource of a stack, with what the engine knows of it. */
export class OneResource {
  state: State | undefined;
  private readonly urn: string;

  constructor(
    private readonly provider: Served,
    readonly type: string,
    name = "x",
  ) {
    this.urn = `urn:pulumi:cases::pulumi-cnpg::${type}::${name}`;
  }

  /** The inputs as the state would keep them, and what is wrong with them. */
  async check(inputs: Properties): Promise<{ inputs: Properties; failures: string[] }> {
    const request = new providerProto.CheckRequest();
    request.setUrn(this.urn);
    request.setNews(struct(inputs));
    if (this.state !== undefined) request.setOlds(struct(this.state.inputs));
    request.setRandomseed("c29tZSBzZWVkIG9mIGEgcm93IG9mIHRoZSB0YWJsZQ==");
    const answer: providerProto.CheckResponse = await this.provider.call("check", request);
    return {
      inputs: plain(answer.getInputs()),
      failures: answer.getFailuresList().map((failure) => failure.getReason()),
    };
  }

  /** Brings it to what the program wants. A replacement that is asked for is not done, only told of. */
  async up(wanted: Properties, options: StepOptions = {}): Promise<Step> {
    const start = Date.now();
    const { inputs } = await this.check(wanted);
    const known = this.state;
    const difference =
      known === undefined
        ? { changes: [], replaces: false, deletedFirst: false }
        : await this.diff(known, inputs);
    const { changes, replaces, deletedFirst } = difference;
    const ended = (did: Step["did"], error?: string): Step => ({
      did,
      ...(error !== undefined && { error }),
      state: this.state,
      changes,
      deletedFirst,
      seconds: (Date.now() - start) / 1000,
    });
    if (known !== undefined && replaces) return ended("replace");
    if (known !== undefined && changes.length === 0 && known.initErrors.length === 0) return ended("same");
    const did = known === undefined ? "create" : "update";
    try {
      const state =
        known === undefined ? await this.create(inputs, options) : await this.update(known, inputs, options);
      if (options.preview !== true) this.state = state;
      return ended(did);
    } catch (error) {
      const { partial, message } = partialOf(error as grpc.ServiceError, known?.id ?? "");
      if (options.preview !== true && partial !== undefined) this.state = { inputs, ...partial };
      return ended(did, message);
    }
  }

  /** Looks at how it is. */
  async refresh(): Promise<{ readonly error?: string; readonly state: State | undefined }> {
    const known = this.state;
    if (known === undefined) throw new Error("there is nothing to refresh");
    const request = new providerProto.ReadRequest();
    request.setId(known.id);
    request.setUrn(this.urn);
    request.setInputs(struct(known.inputs));
    request.setProperties(struct(known.outputs));
    try {
      const answer: providerProto.ReadResponse = await this.provider.call("read", request);
      this.state =
        answer.getId() === ""
          ? undefined
          : {
              id: answer.getId(),
              inputs: answer.getInputs() === undefined ? known.inputs : plain(answer.getInputs()),
              outputs: plain(answer.getProperties()),
              initErrors: [],
            };
      return { state: this.state };
    } catch (error) {
      const { partial, message } = partialOf(error as grpc.ServiceError, known.id);
      if (partial !== undefined) this.state = { inputs: known.inputs, ...partial };
      return { error: message, state: this.state };
    }
  }

  /** Reads it by its id alone, as an import does. */
  async import(id: string): Promise<State | undefined> {
    this.state = { id, inputs: {}, outputs: {}, initErrors: [] };
    return (await this.refresh()).state;
  }

  /** Removes it; returns the provider's words if it failed. */
  async destroy(timeout = 0): Promise<string | undefined> {
    const known = this.state;
    if (known === undefined) return undefined;
    const request = new providerProto.DeleteRequest();
    request.setId(known.id);
    request.setUrn(this.urn);
    request.setProperties(struct(known.outputs));
    request.setOldInputs(struct(known.inputs));
    request.setTimeout(timeout);
    try {
      await this.provider.call("delete", request);
      this.state = undefined;
      return undefined;
    } catch (error) {
      return partialOf(error as grpc.ServiceError, known.id).message;
    }
  }

  private async diff({ id, inputs, outputs }: State, wanted: Properties) {
    const request = new providerProto.DiffRequest();
    request.setId(id);
    request.setUrn(this.urn);
    request.setOlds(struct(outputs));
    request.setOldInputs(struct(inputs));
    request.setNews(struct(wanted));
    const answer: providerProto.DiffResponse = await this.provider.call("diff", request);
    const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE } = providerProto.PropertyDiff.Kind;
    const fields = answer.getDetaileddiffMap().toArray() as unknown as [string, [number?]][];
    const marks = new Map([
      ...[ADD, ADD_REPLACE].map((kind) => [kind as number, "+"] as const),
      ...[DELETE, DELETE_REPLACE].map((kind) => [kind as number, "-"] as const),
    ]);
    const changed = answer.getChanges() === providerProto.DiffResponse.DiffChanges.DIFF_SOME;
    const changes = fields.map(([path, [kind = 0]]) => `${marks.get(kind) ?? "~"}${path}`).sort();
    return {
      changes: changed && changes.length === 0 ? answer.getReplacesList() : changes,
      replaces: answer.getReplacesList().length > 0,
      deletedFirst: answer.getDeletebeforereplace(),
    };
  }

  private async create(inputs: Properties, { preview = false, timeout = 0 }: StepOptions): Promise<State> {
    const request = new providerProto.CreateRequest();
    request.setUrn(this.urn);
    request.setProperties(struct(inputs));
    request.setPreview(preview);
    request.setTimeout(timeout);
    const answer: providerProto.CreateResponse = await this.provider.call("create", request);
    return { id: answer.getId(), inputs, outputs: plain(answer.getProperties()), initErrors: [] };
  }

  private async update(known: State, inputs: Properties, options: StepOptions): Promise<State> {
    const request = new providerProto.UpdateRequest();
    request.setId(known.id);
    request.setUrn(this.urn);
    request.setOlds(struct(known.outputs));
    request.setOldInputs(struct(known.inputs));
    request.setNews(struct(inputs));
    request.setPreview(options.preview ?? false);
    request.setTimeout(options.timeout ?? 0);
    const answer: providerProto.UpdateResponse = await this.provider.call("update", request);
    return { id: known.id, inputs, outputs: plain(answer.getProperties()), initErrors: [] };
  }
}

/** What an error leaves in the state, as the engine reads it from the error's details. */
function partialOf(
  error: grpc.ServiceError,
  id: string,
): {
  message: string;
  partial?: { id: string; outputs: Properties; initErrors: string[]; inputs?: Properties };
} {
  const [packed] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (packed === undefined) return { message: error.details };
  const status = statusProto.Status.deserializeBinary(packed as Buffer);
  const [detail] = status.getDetailsList();
  if (detail === undefined || !detail.getTypeName().endsWith("ErrorResourceInitFailed"))
    return { message: error.details };
  const failed = providerProto.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  const inputs = failed.getInputs();
  return {
    message: error.details,
    partial: {
      id: failed.getId() || id,
      outputs: plain(failed.getProperties()),
      initErrors: failed.getReasonsList(),
      ...(inputs !== undefined && { inputs: plain(inputs) }),
    },
  };
}
