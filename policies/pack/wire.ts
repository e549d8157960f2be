import type {
  AnalyzeRequest,
  AnalyzerResource,
  AnalyzeStackRequest,
  ConfigureAnalyzerRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";
import type { Path } from "../core/view";
import type { PolicyResource } from "./pulumi";

// What the policy SDK tells nobody is read off the engine's calls before the SDK reads them, as Pulumi's protocol has them.

/** What of a resource is secret. */
export interface Secrets {
  /** Secret texts and numbers. */
  readonly values: readonly string[];
  /** Whether what is at a path is secret, as a whole or as a part of something that is. */
  covers(path: Path): boolean;
}

/** Tells what of a resource is secret: the SDK hands policies everything in plain text. */
export type SecretsOf = (resource: PolicyResource) => Secrets;

/** Where nothing is secret. */
export const noSecrets: SecretsOf = () => ({ values: [], covers: () => false });

/** What is secret in a resource's properties, as they are on the wire. */
export const secretsIn = (properties: unknown): Secrets => ({
  values: secretValues(properties, false),
  covers: (path) => isSecret(properties, path),
});

/** Notes the properties of every resource that the engine asks about, by its URN; each is read when something is wrong with it. */
export function secretsByUrn(): SecretsOf {
  const sent = new Map<string, AnalyzerResource | AnalyzeRequest>();
  before<AnalyzeRequest>("analyze", (request) => sent.set(request.getUrn(), request));
  before<AnalyzeStackRequest>("analyzeStack", (request) => {
    for (const resource of request.getResourcesList()) sent.set(resource.getUrn(), resource);
  });
  return ({ urn }) => secretsIn(sent.get(urn)?.getProperties()?.toJavaScript());
}

/** By this key a secret differs from other values on the wire. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

function isSecret(value: unknown, [key, ...rest]: Path): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (SIGNATURE in value) return true;
  return key !== undefined && isSecret((value as Record<string | number, unknown>)[key], rest);
}

function secretValues(value: unknown, inside: boolean): string[] {
  if (typeof value !== "object" || value === null)
    return inside && (typeof value === "string" || typeof value === "number") ? [String(value)] : [];
  if (SIGNATURE in value) return secretValues((value as { value?: unknown }).value, true);
  return Object.values(value).flatMap((inner) => secretValues(inner, inside));
}

/**
 * Calls `settle` with the configuration of all policies, when the engine sends it and before the SDK keeps it. The SDK
 * itself tells a policy neither its level nor anything of other policies.
 */
export function beforeConfiguring(settle: (request: ConfigureAnalyzerRequest) => void): void {
  before<ConfigureAnalyzerRequest>("configure", settle);
}

/** Calls `look` with each request of a call, before the SDK gets it. */
export function before<Request>(call: string, look: (request: Request) => unknown): void {
  const { AnalyzerService } = require("@pulumi/pulumi/proto/analyzer_grpc_pb") as {
    AnalyzerService: Record<string, { requestDeserialize: (bytes: Buffer) => Request }>;
  };
  const service = AnalyzerService[call];
  if (service === undefined) throw new Error(`the policy SDK has no call ${call}`);
  const original = service.requestDeserialize;
  service.requestDeserialize = (bytes) => {
    const request = original(bytes);
    look(request);
    return request;
  };
}
