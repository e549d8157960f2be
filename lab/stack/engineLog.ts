import * as grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import engineProto from "@pulumi/pulumi/proto/engine_pb";

/** The engine's own log, whose lines it shows with the resource that they are about. */
export class EngineLog {
  private client: engineGrpc.EngineClient | undefined;
  private readonly said = new Set<string>();

  /** Where the engine listens. */
  attach(address: string): void {
    this.client ??= new engineGrpc.EngineClient(address, grpc.credentials.createInsecure());
  }

  /** What a resource is at; the next such text replaces it. */
  progress(urn: string, text: string): Promise<void> {
    return this.log(urn, engineProto.LogSeverity.INFO, text, true);
  }

  /** Something to know; the same text once a run. */
  info(urn: string, text: string): Promise<void> {
    return this.once(urn, engineProto.LogSeverity.INFO, text);
  }

  /** `warning: <text>`; the same text once a run. */
  warn(urn: string, text: string): Promise<void> {
    return this.once(urn, engineProto.LogSeverity.WARNING, text);
  }

  private async once(urn: string, severity: engineProto.LogSeverity, text: string): Promise<void> {
    if (this.said.has(text)) return;
    this.said.add(text);
    await this.log(urn, severity, text, false);
  }

  /** A line that the engine no longer takes is no reason to fail. */
  private log(urn: string, severity: engineProto.LogSeverity, text: string, passing: boolean): Promise<void> {
    const request = new engineProto.LogRequest();
    request.setUrn(urn);
    request.setSeverity(severity);
    request.setMessage(text);
    request.setEphemeral(passing);
    return new Promise((resolve) => {
      if (this.client === undefined) resolve();
      else this.client.log(request, () => resolve());
    });
  }
}
