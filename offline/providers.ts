import { readFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import providerProto from "@pulumi/pulumi/proto/provider_pb";
import statusProto from "@pulumi/pulumi/proto/status_pb";
import anyProto from "google-protobuf/google/protobuf/any_pb";
import emptyProto from "google-protobuf/google/protobuf/empty_pb";
import structProto from "google-protobuf/google/protobuf/struct_pb";
import type { Dependencies } from "./dependencies";
import { differenceOnWire } from "./differenceOnWire";
import { gcp } from "./gcp";
import { OfflineKubernetes } from "./kubernetes";
import { type Asked, NotReadyError, type Properties, type Provider } from "./provider";
import { random } from "./random";
import { replacedInState } from "./replaced";

/** A resource as the program declared it in this run. */
export interface Declared {
  readonly urn: string;
  /** Type token, such as `kubernetes:postgresql.cnpg.io/v1:Cluster`. */
  readonly type: string;
  readonly inputs: Properties;
}

/** What the providers saw and did in one run. */
export interface Recorder {
  /** Everything that the program declared, by URN. */
  readonly declared: Map<string, Declared>;
  /** What comes after what; empty for a program that runs in another process. */
  readonly dependencies: Dependencies;
  /** How many resources were created, updated or deleted. */
  changes: number;
}

/** What the stand-ins themselves note. */
type Seen = Pick<Recorder, "declared" | "changes">;

/** The running stand-ins: where the engine finds them, and how to end them. */
export interface RunningProviders {
  /** Value of PULUMI_DEBUG_PROVIDERS: the engine attaches to these instead of starting plugins of its own. */
  readonly attach: string;
  stop(): void;
}

/** The stand-ins of a run, by the plugin's name. */
export type Providers = Readonly<Record<"gcp" | "kubernetes" | "random", Provider>>;

/**
 * Stand-ins that reach neither cloud nor cluster: they validate what they are given and keep it in the stack's state. Those of
 * one run: the one for Kubernetes knows what it made.
 *
 * @param stateFile the state that the run begins with
 */
export function offlineProviders(stateFile?: string): Providers {
  const gone = stateFile === undefined ? undefined : replacedInState(stateFile);
  return { gcp, kubernetes: new OfflineKubernetes(gone), random };
}

/** Serves stand-ins for the GCP, Kubernetes and Random providers to the engine, in this process. */
export async function serveProviders(
  recorder: Seen,
  providers: Partial<Providers>,
): Promise<RunningProviders> {
  const servers: grpc.Server[] = [];
  const attach: string[] = [];
  for (const [name, provider] of Object.entries(providers)) {
    const server = new grpc.Server({
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
    });
    server.addService(providerGrpc.ResourceProviderService, service(provider, recorder));
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    servers.push(server);
    attach.push(`${name}:${port}`);
  }
  return { attach: attach.join(","), stop: () => servers.forEach((server) => void server.forceShutdown()) };
}

type Reply<T> = (error: Partial<grpc.ServiceError> | null, value?: T) => void;
type Call<T> = { readonly request: T };

/** Calls of the engine, by their name. */
type Calls = grpc.UntypedServiceImplementation;

function service(provider: Provider, recorder: Seen): Calls {
  return { ...aboutPlugin(provider), ...questions(provider, recorder), ...changes(provider, recorder) };
}

function aboutPlugin(provider: Provider): Calls {
  const version = (
    JSON.parse(readFileSync(require.resolve(`${provider.npmPackage}/package.json`), "utf8")) as {
      version: string;
    }
  ).version;
  return {
    getPluginInfo(_: unknown, reply: Reply<pluginProto.PluginInfo>) {
      const info = new pluginProto.PluginInfo();
      info.setVersion(version);
      reply(null, info);
    },
    attach(call: Call<pluginProto.PluginAttach>, reply: Reply<emptyProto.Empty>) {
      provider.attach?.(call.request.getAddress());
      reply(null, new emptyProto.Empty());
    },
    cancel(_: unknown, reply: Reply<emptyProto.Empty>) {
      provider.cancel?.();
      reply(null, new emptyProto.Empty());
    },
    checkConfig(call: Call<providerProto.CheckRequest>, reply: Reply<providerProto.CheckResponse>) {
      const response = new providerProto.CheckResponse();
      response.setInputs(call.request.getNews());
      reply(null, response);
    },
    diffConfig: (_: unknown, reply: Reply<providerProto.DiffResponse>) =>
      reply(null, new providerProto.DiffResponse()),
    configure(call: Call<providerProto.ConfigureRequest>, reply: Reply<providerProto.ConfigureResponse>) {
      provider.configure?.(settingsOf(call.request));
      const response = new providerProto.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setSupportspreview(true);
      reply(null, response);
    },
    invoke: (call: Call<providerProto.InvokeRequest>, reply: Reply<never>) =>
      reply({
        code: grpc.status.UNIMPLEMENTED,
        details: `offline: ${call.request.getTok()} would ask the real service, which an offline run has not`,
      }),
  };
}

/** What changes nothing. */
function questions(provider: Provider, recorder: Seen): Calls {
  return {
    check(call: Call<providerProto.CheckRequest>, reply: Reply<providerProto.CheckResponse>) {
      const urn = call.request.getUrn();
      const type = typeOf(urn);
      const inputs = plain(call.request.getNews());
      recorder.declared.set(urn, { urn, type, inputs });
      const response = new providerProto.CheckResponse();
      response.setInputs(
        provider.normalized === undefined
          ? call.request.getNews()
          : struct(provider.normalized(type, structuredClone(inputs))),
      );
      response.setFailuresList(
        provider.check(type, inputs).map((problem) => {
          const failure = new providerProto.CheckFailure();
          failure.setReason(`offline check: ${problem}`);
          return failure;
        }),
      );
      reply(null, response);
    },
    diff: answered(async (request: providerProto.DiffRequest) => {
      const { urn, type } = asked(request);
      return differenceOnWire(
        await provider.diff({
          urn,
          type,
          id: request.getId(),
          inputs: plain(request.getNews()),
          inputsBefore: plain(request.getOldInputs()),
          outputsBefore: plain(request.getOlds()),
        }),
      );
    }),
    read: answered(async (request: providerProto.ReadRequest) => {
      const id = request.getId();
      const response = new providerProto.ReadResponse();
      const found = await provider.read({
        ...asked(request),
        id,
        inputs: plain(request.getInputs()),
        before: plain(request.getProperties()),
      });
      // An empty id says that there is none.
      if (found === undefined) return response;
      response.setId(id);
      response.setProperties(struct(found.outputs));
      response.setInputs(struct(found.inputs));
      return response;
    }),
  };
}

function changes(provider: Provider, recorder: Seen): Calls {
  return {
    create: answered(async (request: providerProto.CreateRequest) => {
      const preview = request.getPreview();
      if (!preview) recorder.changes++;
      const made = await provider.create({
        ...asked(request),
        inputs: plain(request.getProperties()),
        preview,
        timeout: request.getTimeout(),
      });
      const response = new providerProto.CreateResponse();
      response.setId(made.id);
      response.setProperties(struct(made.outputs));
      return response;
    }),
    update: answered(async (request: providerProto.UpdateRequest) => {
      const preview = request.getPreview();
      if (!preview) recorder.changes++;
      const outputs = await provider.update({
        ...asked(request),
        id: request.getId(),
        inputs: plain(request.getNews()),
        before: plain(request.getOlds()),
        preview,
        timeout: request.getTimeout(),
      });
      const response = new providerProto.UpdateResponse();
      response.setProperties(struct(outputs));
      return response;
    }),
    delete: answered(async (request: providerProto.DeleteRequest) => {
      recorder.changes++;
      await provider.delete({
        ...asked(request),
        id: request.getId(),
        inputs: plain(request.getOldInputs()),
        before: plain(request.getProperties()),
        timeout: request.getTimeout(),
      });
      return new emptyProto.Empty();
    }),
  };
}

/** A handler that answers with what `work` returns, or with the error that it throws. */
function answered<Q, A>(work: (request: Q) => Promise<A>): (call: Call<Q>, reply: Reply<A>) => void {
  return (call, reply) => {
    work(call.request).then(
      (value) => reply(null, value),
      (error: unknown) => reply(refusal(error as Error)),
    );
  };
}

/** An error on the wire: one that leaves a resource behind has it packed into its details, as in Pulumi's own SDK. */
function refusal(error: Error): Partial<grpc.ServiceError> {
  const { message } = error;
  if (!(error instanceof NotReadyError)) return { code: grpc.status.UNKNOWN, details: message };
  const failed = new providerProto.ErrorResourceInitFailed();
  failed.setId(error.made.id);
  failed.setProperties(struct(error.made.outputs));
  if (error.made.inputs !== undefined) failed.setInputs(struct(error.made.inputs));
  failed.setReasonsList([message, ...error.reasons]);
  const packed = new anyProto.Any();
  packed.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusProto.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

/** A question about a resource, with what most questions leave open. */
function asked(request: { getUrn(): string }): Asked {
  const urn = request.getUrn();
  const none = { id: "", inputs: {}, before: undefined, preview: false, timeout: 0 };
  return { urn, type: typeOf(urn), ...none };
}

function struct(properties: Properties): structProto.Struct {
  return structProto.Struct.fromJavaScript(properties as never);
}

/** The type token in a URN: what stands after the last `$` of its third part. */
function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

function plain(struct: structProto.Struct | undefined): Properties {
  return (struct?.toJavaScript() ?? {}) as Properties;
}

/** `kubernetes:config:enableSecretMutable` on the wire is `enableSecretMutable`. */
function settingsOf(request: providerProto.ConfigureRequest): { [key: string]: string } {
  return Object.fromEntries(
    (request.getVariablesMap().toObject(false) as [string, string][]).map(([key, value]) => [
      key.slice(key.lastIndexOf(":") + 1),
      value,
    ]),
  );
}
