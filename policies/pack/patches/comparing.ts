import type { AnalyzerResource, AnalyzeStackRequest } from "@pulumi/pulumi/proto/analyzer_pb";
import type { PolicyResource } from "../pulumi";
import { before } from "../wire";

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
  const { deserializeProperties } = require("@pulumi/policy/deserialize") as {
    deserializeProperties: (struct: object, keepSecrets: boolean) => Record<string, unknown>;
  };
  const properties = resource.getProperties();
  return {
    type: resource.getType(),
    urn: resource.getUrn(),
    props: properties === undefined ? {} : deserializeProperties(properties, false),
    opts: { protect: resource.getOptions()?.getProtect() ?? false },
  };
}
