import type { JsonSchema } from "./jsonSchema";

/*
 * Network policies, by hand and small: Kubernetes' own, and of Cilium's the fields that are rendered here, since its definitions
 * allow more than its agent takes. What it takes, its own engine says: see test/network.
 */

const text: JsonSchema = { type: "string" };
const labels: JsonSchema = { type: "object", additionalProperties: text };
const selector: JsonSchema = {
  type: "object",
  properties: {
    matchLabels: labels,
    matchExpressions: {
      type: "array",
      items: {
        type: "object",
        required: ["key", "operator"],
        properties: {
          key: text,
          operator: { type: "string", enum: ["In", "NotIn", "Exists", "DoesNotExist"] },
          values: { type: "array", items: text },
        },
      },
    },
  },
};
const list = (items: JsonSchema): JsonSchema => ({ type: "array", items });
const object = (properties: Readonly<Record<string, JsonSchema>>, required: string[] = []): JsonSchema => ({
  type: "object",
  required,
  properties: { ...properties },
});
const protocol: JsonSchema = { type: "string", enum: ["TCP", "UDP", "SCTP"] };

const peer = object({
  podSelector: selector,
  namespaceSelector: selector,
  ipBlock: object({ cidr: text, except: list(text) }, ["cidr"]),
});
const ports = list(object({ port: { "x-kubernetes-int-or-string": true }, protocol }));

/** `spec` of a NetworkPolicy. */
export const networkPolicy: JsonSchema = object(
  {
    podSelector: selector,
    policyTypes: list({ type: "string", enum: ["Ingress", "Egress"] }),
    ingress: list(object({ from: list(peer), ports })),
    egress: list(object({ to: list(peer), ports })),
  },
  ["podSelector"],
);

const toPorts = list(object({ ports: list(object({ port: text, protocol }, ["port"])) }));
const cidrs = list(object({ cidr: text, except: list(text) }, ["cidr"]));
const entities = list({
  type: "string",
  enum: ["kube-apiserver", "cluster", "world", "all", "host", "remote-node"],
});

/** `spec` of a CiliumNetworkPolicy, and of a clusterwide one. */
export const ciliumNetworkPolicy: JsonSchema = object(
  {
    endpointSelector: selector,
    enableDefaultDeny: object({ ingress: { type: "boolean" }, egress: { type: "boolean" } }),
    ingress: list(
      object({ fromEndpoints: list(selector), fromCIDRSet: cidrs, fromEntities: entities, toPorts }),
    ),
    egress: list(object({ toEndpoints: list(selector), toCIDRSet: cidrs, toEntities: entities, toPorts })),
  },
  ["endpointSelector"],
);
