import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import type engineProto from "@pulumi/pulumi/proto/engine_pb";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import providerProto from "@pulumi/pulumi/proto/provider_pb";
import emptyProto from "google-protobuf/google/protobuf/empty_pb";
import structProto from "google-protobuf/google/protobuf/struct_pb";
import type { Properties, Provider } from "../../offline/provider";
import { serveProviders } from "../../offline/providers";

/** A provider that runs, and the little of an engine that it needs. */
export class Served {
  /** Everything that it told the engine while something was done. */
  readonly said: string[] = [];

  private constructor(
    private readonly client: providerGrpc.ResourceProviderClient,
    private readonly end: () => void,
  ) {}

  /** Serves a stand-in in this process. */
  static async standIn(
    provider: Provider,
    settings: { readonly [key: string]: string } = {},
  ): Promise<Served> {
    const recorder = { declared: new Map(), changes: 0 };
    const running = await serveProviders(recorder, { kubernetes: provider });
    const engine = await Engine.start();
    const served = new Served(clientAt(running.attach.split(":")[1] ?? ""), () => {
      running.stop();
      engine.stop();
    });
    engine.onLog = (text) => served.said.push(text);
    provider.attach?.(engine.address);
    await served.configure(settings);
    return served;
  }

  /** Starts the real provider from its executable, for the cluster of a kubeconfig. */
  static async real(
    executable: string,
    kubeconfig: string,
    settings: { readonly [key: string]: string } = {},
  ): Promise<Served> {
    const engine = await Engine.start();
    const child = spawn(executable, [engine.address], {
      env: { ...process.env, KUBECONFIG: kubeconfig },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const served = new Served(clientAt(await firstLine(child)), () => {
      child.kill();
      engine.stop();
    });
    engine.onLog = (text) => served.said.push(text);
    await served.configure(settings);
    return served;
  }

  stop(): void {
    this.client.close();
    this.end();
  }

  /** Tells it that the user wants the run to end. */
  cancel(): Promise<unknown> {
    return this.call("cancel", new emptyProto.Empty());
  }

  call(method: string, request: unknown): Promise<never> {
    const client = this.client as unknown as Record<
      string,
      (request: unknown, reply: (error: grpc.ServiceError | null, answer: never) => void) => void
    >;
    return new Promise((done, failed) =>
      client[method]?.(request, (error, answer) => (error === null ? done(answer) : failed(error))),
    );
  }

  private async configure(settings: { readonly [key: string]: string }): Promise<void> {
    const request = new providerProto.ConfigureRequest();
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    for (const [key, value] of Object.entries(settings))
      request.getVariablesMap().set(`kubernetes:config:${key}`, value);
    request.setArgs(struct(settings));
    await this.call("configure", request);
  }
}

/** What a provider may ask of the engine. */
class Engine {
  onLog: (text: string) => void = () => {};
  private constructor(
    private readonly server: grpc.Server,
    readonly address: string,
  ) {}

  static async start(): Promise<Engine> {
    const server = new grpc.Server();
    let engine: Engine | undefined;
    server.addService(engineGrpc.EngineService, {
      log(call: { request: engineProto.LogRequest }, reply: (error: null, answer: emptyProto.Empty) => void) {
        const text = call.request.getMessage();
        if (text !== "") engine?.onLog(text);
        reply(null, new emptyProto.Empty());
      },
    });
    const port = await new Promise<number>((done, failed) =>
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? failed(error) : done(bound),
      ),
    );
    engine = new Engine(server, `127.0.0.1:${port}`);
    return engine;
  }

  stop(): void {
    this.server.forceShutdown();
  }
}

function clientAt(port: string): providerGrpc.ResourceProviderClient {
  return new providerGrpc.ResourceProviderClient(
    `127.0.0.1:${port}`,
    grpc.credentials.createInsecure() as never,
    { "grpc.max_receive_message_length": -1 } as never,
  );
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((done, failed) => {
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`the provider ended with ${code}`)));
    if (child.stdout !== null) createInterface(child.stdout).once("line", (line) => done(line.trim()));
  });
}

/** Properties as they are on the wire. */
export function struct(properties: Properties): structProto.Struct {
  return structProto.Struct.fromJavaScript(properties as never);
}

/** Properties from the wire. */
export function plain(value: structProto.Struct | undefined): Properties {
  return (value?.toJavaScript() ?? {}) as Properties;
}
