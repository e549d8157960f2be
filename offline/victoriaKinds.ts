import type { JsonSchema } from "./jsonSchema";

/*
 * The kinds of the VictoriaMetrics operator that are rendered here. Their definitions are in no module that can be pinned, so these
 * are a stand-in: the schemas of the Prometheus Operator's kinds that they are modelled on, with the fields that both have
 * (`operator/v1beta1/{vmpodscrape_types,common_scrapeparams,vmrule_types}.go`, v0.66.1), as the latter call them.
 */

/** Field of an endpoint to what the Prometheus Operator calls it. */
const endpointFields: Readonly<Record<string, string>> = {
  port: "port",
  portNumber: "portNumber",
  interval: "interval",
  scrapeTimeout: "scrapeTimeout",
  scheme: "scheme",
  tlsConfig: "tlsConfig",
  relabelConfigs: "relabelings",
  metricRelabelConfigs: "metricRelabelings",
};

/** @param podMonitor the schema of a PodMonitor */
export function vmPodScrape(podMonitor: JsonSchema): JsonSchema {
  const spec = podMonitor.properties?.spec;
  const endpoint = spec?.properties?.podMetricsEndpoints?.items;
  if (spec === undefined || endpoint === undefined)
    throw new Error("the schema of PodMonitor has no endpoints");
  const { selector, namespaceSelector } = spec.properties ?? {};
  const properties = Object.fromEntries(
    Object.entries(endpointFields).map(([name, other]) => [name, endpoint.properties?.[other] ?? {}]),
  );
  return {
    ...podMonitor,
    properties: {
      ...podMonitor.properties,
      spec: {
        type: "object",
        required: ["podMetricsEndpoints"],
        properties: {
          ...(selector && { selector }),
          ...(namespaceSelector && { namespaceSelector }),
          podMetricsEndpoints: { type: "array", items: { type: "object", properties } },
        },
      },
    },
  };
}
