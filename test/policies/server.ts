import type { Policies } from "@pulumi/policy";
import analyzerProto from "@pulumi/pulumi/proto/analyzer_pb";
import structProto from "google-protobuf/google/protobuf/struct_pb";
import { type Given, UNKNOWN_TEXT } from "./cases";

const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } = require("@pulumi/policy/server") as Record<
  "makeAnalyzeRpcFun" | "makeAnalyzeStackRpcFun",
  (name: string, version: string, level: string, policies: Policies) => Rpc
>;

type Rpc = (
  call: { request: unknown },
  reply: (error: unknown, response?: analyzerProto.AnalyzeResponse) => void,
) => void;

/** What a policy reported. */
export interface Diagnostic {
  readonly policy: string;
  readonly message: string;
  readonly urn: string;
  readonly level: "advisory" | "mandatory" | "disabled" | "remediate";
}

/** What policies said of resources, and which of them had nothing to judge. */
export interface Answer {
  readonly diagnostics: readonly Diagnostic[];
  readonly notApplicable: ReadonlySet<string>;
}

/** How the engine writes a text that is not known yet, on the wire. */
const UNKNOWN_WIRE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Asks policies through the SDK's own server functions, as the engine does: every resource, then all together. */
export async function askServer(
  policies: Policies,
  given: readonly Given[],
  stack = "test",
): Promise<Answer> {
  const analyze = makeAnalyzeRpcFun("cnpg", "1.0.0", "advisory", policies);
  const analyzeStack = makeAnalyzeStackRpcFun("cnpg", "1.0.0", "advisory", policies);
  const diagnostics: Diagnostic[] = [];
  const declined = new Map<string, number>();
  const asked = async (rpc: Rpc, request: unknown) => {
    const response = await new Promise<analyzerProto.AnalyzeResponse>((done, failed) =>
      rpc({ request }, (error, value) => (error || value === undefined ? failed(error) : done(value))),
    );
    for (const skipped of response.getNotApplicableList()) {
      const name = skipped.getPolicyName();
      declined.set(name, (declined.get(name) ?? 0) + 1);
    }
    for (const one of response.getDiagnosticsList())
      diagnostics.push({
        policy: one.getPolicyname(),
        message: one.getMessage(),
        urn: one.getUrn(),
        level:
          (["advisory", "mandatory", "disabled", "remediate"] as const)[one.getEnforcementlevel()] ??
          "advisory",
      });
  };
  const urnOf = ({ token, name }: Given) => `urn:pulumi:${stack}::project::${token}::${name}`;
  for (const one of given) {
    const request = new analyzerProto.AnalyzeRequest();
    request.setType(one.token);
    request.setName(one.name);
    request.setUrn(urnOf(one));
    request.setProperties(struct(one.inputs));
    request.setOptions(options(one));
    await asked(analyze, request);
  }
  const request = new analyzerProto.AnalyzeStackRequest();
  request.setResourcesList(
    given.map((one) => {
      const resource = new analyzerProto.AnalyzerResource();
      resource.setType(one.token);
      resource.setName(one.name);
      resource.setUrn(urnOf(one));
      resource.setProperties(struct(one.inputs));
      resource.setOptions(options(one));
      return resource;
    }),
  );
  await asked(analyzeStack, request);
  // A policy for resources is asked for each of them; it had nothing to judge if it said so each time.
  const questions = (policy: Policies[number]) => ("validateStack" in policy ? 1 : given.length);
  const idle = policies.filter((policy) => declined.get(policy.name) === questions(policy));
  return { diagnostics, notApplicable: new Set(idle.map(({ name }) => name)) };
}

function struct(inputs: Readonly<Record<string, unknown>>): structProto.Struct {
  const wire = JSON.parse(JSON.stringify(inputs).replaceAll(UNKNOWN_TEXT, UNKNOWN_WIRE)) as Record<
    string,
    never
  >;
  return structProto.Struct.fromJavaScript(wire);
}

function options({ protect }: Given): analyzerProto.AnalyzerResourceOptions {
  const set = new analyzerProto.AnalyzerResourceOptions();
  set.setProtect(protect);
  return set;
}
