import { type ASTNode, Environment } from "@marcbachmann/cel-js";

/** What a condition can ask about. */
export interface ConditionContext {
  /** `projects/_/buckets/<bucket>`, and `/objects/<object>` behind it if an object is asked for. */
  readonly resourceName: string;
  /** `storage.googleapis.com/Bucket` or `storage.googleapis.com/Object`. */
  readonly resourceType: string;
  readonly time: Date;
  /** API attributes by name, such as `storage.googleapis.com/objectListPrefix`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A condition, read: whether it holds. */
export type Condition = (context: ConditionContext) => boolean;

/** A condition that is not understood. */
export class UnknownCondition extends Error {
  constructor(expression: string, what: string) {
    super(`condition not understood, ${what}: ${expression}`);
    this.name = "UnknownCondition";
  }
}

/** The attribute that Cloud Storage sets for a listing: the prefix that is asked for. */
export const listPrefixAttribute = "storage.googleapis.com/objectListPrefix";

class Resource {
  readonly service = "storage.googleapis.com";

  constructor(
    readonly name: string,
    readonly type: string,
  ) {}
}
class Request {
  constructor(readonly time: Date) {}
}
class Api {
  constructor(readonly attributes: ConditionContext["attributes"]) {}
}

/**
 * What IAM knows in a condition ("Attribute reference for IAM Conditions",
 * https://cloud.google.com/iam/docs/conditions-attribute-reference), as far as Cloud Storage sets it.
 */
export const iam = new Environment()
  .registerType("Resource", {
    ctor: Resource,
    fields: { name: "string", type: "string", service: "string" },
  })
  .registerType("Request", { ctor: Request, fields: { time: "google.protobuf.Timestamp" } })
  .registerType("Api", { ctor: Api, fields: {} })
  .registerVariable("resource", "Resource")
  .registerVariable("request", "Request")
  .registerVariable("api", "Api")
  .registerFunction(
    "Api.getAttribute(string, string): string",
    (api: Api, name: string, otherwise: string) => api.attributes[name] ?? otherwise,
  );

const methods = ["startsWith", "endsWith", "getAttribute"];

/**
 * Why a part of a condition is refused. CEL has more than our grants and Google's examples for Cloud Storage use: what is not
 * written down here must never count as true or false.
 */
function refusal(node: ASTNode): string | undefined {
  switch (node.op) {
    case "value":
      if (typeof node.args === "string")
        return /[\n\r\t]/.test(node.args) ? "text on one line expected" : undefined;
      return typeof node.args === "boolean" ? undefined : "only text and truth values are constants";
    case "id":
      return undefined;
    case ".":
      return refusal(node.args[0]);
    case "!_":
      return refusal(node.args);
    case "<":
    case "<=":
    case ">":
    case ">=":
      if (!node.args.some(isTime)) return `${node.op} is for times only`;
      return firstOf(node.args);
    case "||":
    case "&&":
    case "==":
    case "!=":
      return firstOf(node.args);
    case "call": {
      const [name, [time]] = node.args;
      if (name !== "timestamp" || time?.op !== "value") return `no such function: ${name}`;
      return Number.isNaN(Date.parse(String(time.args))) ? "no such time" : undefined;
    }
    case "rcall": {
      const [name, subject, given] = node.args;
      if (!methods.includes(name)) return `no such method: ${name}`;
      if (name === "getAttribute" && !(given[0]?.op === "value" && given[0].args === listPrefixAttribute))
        return "no such attribute";
      return firstOf([subject, ...given]);
    }
    default:
      return `no such operator: ${node.op}`;
  }
}

const firstOf = (nodes: readonly ASTNode[]): string | undefined => nodes.map(refusal).find(Boolean);

const isTime = ({ op, args }: ASTNode): boolean => op === "call" && args[0] === "timestamp";

/**
 * Reads a condition; all of it is checked now, none of it when it is asked.
 *
 * @throws UnknownCondition for all that is not written down here
 */
export function parseCondition(expression: string): Condition {
  const condition = parsed(expression);
  const { type, error } = condition.check();
  const why = refusal(condition.ast) ?? error?.message ?? (type === "bool" ? undefined : "no truth value");
  if (why !== undefined) throw new UnknownCondition(expression, why);
  return ({ resourceName, resourceType, time, attributes }) =>
    condition({
      resource: new Resource(resourceName, resourceType),
      request: new Request(time),
      api: new Api(attributes),
    }) === true;
}

function parsed(expression: string) {
  try {
    return iam.parse(expression);
  } catch (error) {
    throw new UnknownCondition(expression, (error as Error).message);
  }
}
