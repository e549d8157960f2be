import { readFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import providerProto from "@pulumi/pulumi/proto/provider_pb";
import emptyProto from "google-protobuf/google/protobuf/empty_pb";
import structProto from "google-protobuf/google/protobuf/struct_pb";
import { gcp } from "./gcp";
import { kubernetes } from "./kubernetes";
import { random } from "./random";

/** Inputs or outputs of a resource, secrets and unknowns marked as the engine marks them on the wire. */
export type Properties = { [key: string]: unknown };

/** A resource as the program declared it in this run. */
export interface Declared {
  readonly urn: string;
  /** Type token, such as `kubernetes:postgresql.cnpg.io/v1:Cluster`. */
  readonly type: string;
  readonly inputs: Properties;
}

/** What an offline provider says about its resources; everything else is the same for all three. */
export interface OfflineProvider {
  /** Name of the npm package whose resources it stands in for; its version is the plugin's. */
  readonly npmPackage: string;
  /** Problems of the inputs, each as `<path>: <what is wrong>`. */
  check(type: string, inputs: Properties): string[];
  id(type: string, inputs: Properties): string;
  /** The state after creation: the inputs, and what the real service would compute. */
  outputs(type: string, inputs: Properties, preview: boolean, before: Properties | undefined): Properties;
  /** Paths of inputs that can't be updated in place. */
  replaceOn(type: string): readonly string[];
}

/** What the three providers saw and did in one run. */
export interface Recorder {
  /** Everything that the program declared, by URN. */
  readonly declared: Map<string, Declared>;
  /** How many resources were created, updated or deleted. */
  changes: number;
}

/** The running stand-ins: where the engine finds them, and how to end them. */
export interface RunningProviders {
  /** Value of PULUMI_DEBUG_PROVIDERS: the engine attaches to these instead of starting plugins of its own. */
  readonly attach: string;
  stop(): void;
}

const providers: Readonly<Record<string, OfflineProvider>> = { gcp, kubernetes, random };

/**
 * Serves offline stand-ins for the GCP, Kubernetes and Random providers to the engine, in this process. They reach
 * neither cloud nor cluster: they validate what they are given and keep it in the stack's state.
 */
export async function serveProviders(recorder: Recorder): Promise<RunningProviders> {
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

function service(provider: OfflineProvider, recorder: Recorder): grpc.UntypedServiceImplementation {
  const version = (
    JSON.parse(readFileSync(require.resolve(`${provider.npmPackage}/package.json`), "utf8")) as {
      version: string;
    }
  ).version;
  const empty = (_: unknown, reply: Reply<emptyProto.Empty>) => reply(null, new emptyProto.Empty());
  return {
    getPluginInfo(_: unknown, reply: Reply<pluginProto.PluginInfo>) {
      const info = new pluginProto.PluginInfo();
      info.setVersion(version);
      reply(null, info);
    },
    attach: empty,
    cancel: empty,
    checkConfig(call: Call<providerProto.CheckRequest>, reply: Reply<providerProto.CheckResponse>) {
      const response = new providerProto.CheckResponse();
      response.setInputs(call.request.getNews());
      reply(null, response);
    },
    diffConfig: (_: unknown, reply: Reply<providerProto.DiffResponse>) =>
      reply(null, new providerProto.DiffResponse()),
    configure(_: unknown, reply: Reply<providerProto.ConfigureResponse>) {
      const response = new providerProto.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setSupportspreview(true);
      reply(null, response);
    },
    check(call: Call<providerProto.CheckRequest>, reply: Reply<providerProto.CheckResponse>) {
      const urn = call.request.getUrn();
      const type = typeOf(urn);
      const inputs = plain(call.request.getNews());
      recorder.declared.set(urn, { urn, type, inputs });
      const response = new providerProto.CheckResponse();
      response.setInputs(call.request.getNews());
      response.setFailuresList(
        provider.check(type, inputs).map((problem) => {
          const failure = new providerProto.CheckFailure();
          failure.setReason(`offline check: ${problem}`);
          return failure;
        }),
      );
      reply(null, response);
    },
    diff(call: Call<providerProto.DiffRequest>, reply: Reply<providerProto.DiffResponse>) {
      const before = plain(call.request.getOldInputs());
      const after = plain(call.request.getNews());
      const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
        (key) => canonical(before[key]) !== canonical(after[key]),
      );
      const replaces = provider
        .replaceOn(typeOf(call.request.getUrn()))
        .filter((path) => canonical(at(before, path)) !== canonical(at(after, path)));
      const response = new providerProto.DiffResponse();
      const { DIFF_SOME, DIFF_NONE } = providerProto.DiffResponse.DiffChanges;
      response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
      response.setDiffsList(changed);
      response.setReplacesList(replaces);
      // All three name their objects themselves, so the old one has to go before the new one can come.
      response.setDeletebeforereplace(replaces.length > 0);
      reply(null, response);
    },
    create(call: Call<providerProto.CreateRequest>, reply: Reply<providerProto.CreateResponse>) {
      const type = typeOf(call.request.getUrn());
      const preview = call.request.getPreview();
      const inputs = plain(call.request.getProperties());
      if (!preview) recorder.changes++;
      const response = new providerProto.CreateResponse();
      response.setId(preview ? "" : provider.id(type, inputs));
      response.setProperties(
        structProto.Struct.fromJavaScript(provider.outputs(type, inputs, preview, undefined) as never),
      );
      reply(null, response);
    },
    update(call: Call<providerProto.UpdateRequest>, reply: Reply<providerProto.UpdateResponse>) {
      const { request } = call;
      const type = typeOf(request.getUrn());
      if (!request.getPreview()) recorder.changes++;
      const response = new providerProto.UpdateResponse();
      const outputs = provider.outputs(
        type,
        plain(request.getNews()),
        request.getPreview(),
        plain(request.getOlds()),
      );
      response.setProperties(structProto.Struct.fromJavaScript(outputs as never));
      reply(null, response);
    },
    read(call: Call<providerProto.ReadRequest>, reply: Reply<providerProto.ReadResponse>) {
      const response = new providerProto.ReadResponse();
      response.setId(call.request.getId());
      response.setProperties(call.request.getProperties());
      response.setInputs(call.request.getInputs());
      reply(null, response);
    },
    delete(_: unknown, reply: Reply<emptyProto.Empty>) {
      recorder.changes++;
      reply(null, new emptyProto.Empty());
    },
    invoke: (call: Call<providerProto.InvokeRequest>, reply: Reply<never>) =>
      reply({
        code: grpc.status.UNIMPLEMENTED,
        details: `offline: ${call.request.getTok()} would ask the real service, which an offline run has not`,
      }),
  };
}

/** The type token in a URN: what stands after the last `$` of its third part. */
function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

function plain(struct: structProto.Struct | undefined): Properties {
  return (struct?.toJavaScript() ?? {}) as Properties;
}

/** JSON with sorted keys: the order of a map's keys says nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Properties)[key] : undefined),
      value,
    );
}
