import { dirname } from "node:path";
import type * as Grpc from "@grpc/grpc-js";
import type { Policies } from "@pulumi/policy";
import analyzerProto, { type AnalyzeRequest, type AnalyzeResponse } from "@pulumi/pulumi/proto/analyzer_pb";

type Handler = (call: { request: unknown }, reply: Reply) => void;
type Reply = (error: unknown, response?: AnalyzeResponse) => void;
type Definition = Record<string, { requestDeserialize: unknown; responseSerialize: (r: never) => Buffer }>;

/** Which policies have something to do with a type; none of the others has. */
export type Concerned = (token: string) => Policies;

/**
 * Makes the SDK's server ask, of a resource, only the policies that have something to do with its type, by the SDK's own
 * function for that. For all others it adds, written once for each type, that they don't apply. The engine waits for each
 * answer before it goes on.
 *
 * It also answers at once what the engine asks of each resource besides: no policy here mends anything.
 */
export function askConcernedOnly(
  name: string,
  version: string,
  policies: Policies,
  concerned: Concerned,
): void {
  const sdk = dirname(require.resolve("@pulumi/policy"));
  const grpc = require(require.resolve("@grpc/grpc-js", { paths: [sdk] })) as typeof Grpc;
  const { makeAnalyzeRpcFun } = require("@pulumi/policy/server") as {
    makeAnalyzeRpcFun: (name: string, version: string, level: string, policies: Policies) => Handler;
  };
  const byType = new Map<string, { readonly ask: Handler; readonly others: Uint8Array }>();
  const of = (token: string) => {
    let found = byType.get(token);
    if (found === undefined) {
      const asked = concerned(token);
      const others = policies.filter((policy) => "validateResource" in policy && !asked.includes(policy));
      found = {
        ask: makeAnalyzeRpcFun(name, version, "advisory", asked),
        others: notApplicable(others, token),
      };
      byType.set(token, found);
    }
    return found;
  };
  const rest = new WeakMap<AnalyzeResponse, Uint8Array>();
  const analyze: Handler = (call, reply) => {
    const { ask, others } = of((call.request as AnalyzeRequest).getType());
    ask(call, (error, response) => {
      if (response !== undefined) rest.set(response, others);
      reply(error, response);
    });
  };
  class Server extends grpc.Server {
    constructor(options?: Grpc.ServerOptions) {
      super({ ...options, "grpc.enable_channelz": 0 });
    }

    override addService(service: Grpc.ServiceDefinition, handlers: Grpc.UntypedServiceImplementation): void {
      const known = service as unknown as Definition;
      const { analyze: analyzing, remediate: mending } = known;
      if (analyzing === undefined || mending === undefined)
        throw new Error("the policy SDK serves something else than policies");
      const none = new analyzerProto.AnalyzeRequest();
      const definition = {
        ...known,
        analyze: {
          ...analyzing,
          // Two messages one after the other are, on the wire, the two of them merged.
          responseSerialize: (response: AnalyzeResponse) =>
            Buffer.concat([response.serializeBinary(), rest.get(response) ?? new Uint8Array()]),
        },
        remediate: { ...mending, requestDeserialize: () => none },
      };
      const remediate: Handler = (_, reply) => reply(null, new analyzerProto.RemediateResponse() as never);
      super.addService(definition as never, { ...handlers, analyze, remediate } as never);
    }
  }
  Object.defineProperty(grpc, "Server", { get: () => Server, configurable: true });
}

function notApplicable(policies: Policies, token: string): Uint8Array {
  const response = new analyzerProto.AnalyzeResponse();
  for (const { name } of policies) {
    const one = new analyzerProto.PolicyNotApplicable();
    one.setPolicyName(name);
    one.setReason(`has nothing to do with ${token}`);
    response.addNotApplicable(one);
  }
  return response.serializeBinary();
}
