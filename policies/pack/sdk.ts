import type {
  AnalyzerResource,
  AnalyzeStackRequest,
  ConfigureAnalyzerRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";
import type { Path } from "../core/view";
import type { PolicyResource } from "./pulumi";

// What the policy SDK does not offer, here and in server.ts: both reach into it, so its version is pinned. Tests of the rules
// ask through the SDK's own functions, without any of this; those with the engine ask through all of it.

/** The SDK's reading of a message: what it hands policies, unwrapped of secrets. */
type Deserialize = (struct: object, keepSecrets: boolean) => Record<string, unknown>;

/** What is secret in something that the SDK has read. */
export interface Secrets {
  /** Secret texts and numbers. */
  readonly values: readonly string[];
  /** Whether what is at a path is secret, as a whole or as a part of something that is. */
  covers(path: Path): boolean;
}

/** Tells what is secret in what the SDK has read. */
export type SecretsOf = (raw: object) => Secrets;

interface Struct {
  toJavaScript(): unknown;
}

const reader = (): { deserializeProperties: Deserialize } => require("@pulumi/policy/deserialize");

/**
 * Makes the SDK read each resource once, and not once for each of a hundred policies.
 * Policies of this pack change nothing of what they are given, so they can share it.
 *
 * @returns what tells the secrets in something that was read
 */
export function readOnce(): SecretsOf {
  const sdk = reader();
  const original = sdk.deserializeProperties;
  const read = new WeakMap<object, Record<string, unknown>>();
  const written = new WeakMap<object, Struct>();
  sdk.deserializeProperties = (struct, keepSecrets) => {
    if (keepSecrets) return original(struct, keepSecrets);
    let found = read.get(struct);
    if (found === undefined) {
      found = original(struct, keepSecrets);
      read.set(struct, found);
      written.set(found, struct as Struct);
    }
    return found;
  };
  const secrets = new WeakMap<object, Secrets>();
  return (raw) => {
    let found = secrets.get(raw);
    if (found === undefined) {
      const value = written.get(raw)?.toJavaScript();
      found = { values: secretsIn(value, false), covers: (path) => isSecret(value, path) };
      secrets.set(raw, found);
    }
    return found;
  };
}

/** Where there is no telling what is secret. */
export const noSecrets: SecretsOf = () => ({ values: [], covers: () => false });

/** By this key a secret differs from other values on the wire. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

function isSecret(value: unknown, [key, ...rest]: Path): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (SIGNATURE in value) return true;
  return key !== undefined && isSecret((value as Record<string | number, unknown>)[key], rest);
}

function secretsIn(value: unknown, inside: boolean): string[] {
  if (typeof value !== "object" || value === null)
    return inside && (typeof value === "string" || typeof value === "number") ? [String(value)] : [];
  if (SIGNATURE in value) return secretsIn((value as { value?: unknown }).value, true);
  return Object.values(value).flatMap((inner) => secretsIn(inner, inside));
}

/**
 * Calls `settle` with the configuration of all policies, when the engine sends it and before the SDK keeps it. The SDK
 * itself tells a policy neither its level nor anything of other policies.
 */
export function beforeConfiguring(settle: (request: ConfigureAnalyzerRequest) => void): void {
  before<ConfigureAnalyzerRequest>("configure", settle);
}

/**
 * Keeps the SDK from preparing every resource for every policy that compares resources: it is left one resource of each
 * type, by which it sees what a policy has to do with, and `take` gets them all.
 */
export function beforeComparing(take: (resources: readonly PolicyResource[]) => void): void {
  before<AnalyzeStackRequest>("analyzeStack", (request) => {
    const all = request.getResourcesList();
    take(all.map(readResource));
    request.setResourcesList([...new Map(all.map((resource) => [resource.getType(), resource])).values()]);
  });
}

function readResource(resource: AnalyzerResource): PolicyResource {
  const properties = resource.getProperties();
  return {
    type: resource.getType(),
    urn: resource.getUrn(),
    props: properties === undefined ? {} : reader().deserializeProperties(properties, false),
    opts: { protect: resource.getOptions()?.getProtect() ?? false },
  };
}

function before<Request>(call: string, look: (request: Request) => void): void {
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
