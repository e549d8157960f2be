import {
  answers,
  type Connection,
  type End,
  isRecord,
  mapAt,
  numberAt,
  type Skipped,
  textAt,
} from "./connection";

const protocols: ReadonlyMap<string, "TCP" | "UDP"> = new Map([
  ["6", "TCP"],
  ["17", "UDP"],
  ["tcp", "TCP"],
  ["udp", "UDP"],
]);

/** Whether a record is an entry of Cloud Logging, or the payload of one with a connection. */
export const isGoogle = (record: Readonly<Record<string, unknown>>): boolean =>
  typeof record.logName === "string" || isRecord(record.jsonPayload) || isRecord(record.connection);

/**
 * A connection as VPC Flow Logs (`compute.googleapis.com/vpc_flows`, with GKE's annotations) or GKE's network policy logging
 * (`policy-action`) have it. Neither has labels of pods.
 */
export function googleConnection(record: Readonly<Record<string, unknown>>): Connection | Skipped {
  const payload = isRecord(record.jsonPayload) ? record.jsonPayload : record;
  const { connection } = payload;
  if (!isRecord(connection)) return "no flow";
  const protocol = protocols.get(String(mapAt(payload, "connection").protocol).toLowerCase());
  const port = numberAt(connection, "dest_port");
  if (protocol === undefined || port === undefined) return "neither TCP nor UDP";
  // Flow logs have both directions of a connection, and do not say who began it.
  if (answers(numberAt(connection, "src_port"), port)) return "a reply";
  return {
    from: end(payload, "src", textAt(connection, "src_ip")),
    to: end(payload, "dest", textAt(connection, "dest_ip")),
    port,
    protocol,
  };
}

function end(
  payload: Readonly<Record<string, unknown>>,
  side: "src" | "dest",
  address: string | undefined,
): End {
  const details = mapAt(payload, `${side}_gke_details`);
  const policy = mapAt(payload, side);
  const pod = isRecord(details.pod) ? details.pod : policy;
  const namespace = textAt(pod, "pod_namespace") ?? textAt(pod, "namespace");
  const name = textAt(pod, "pod_name");
  const called = textAt(mapAt(pod, "pod_workload"), "workload_name") ?? textAt(policy, "workload_name");
  return {
    ...(address !== undefined && { address }),
    ...(namespace !== undefined && { pod: { namespace, ...(name !== undefined && { name }) } }),
    ...(called !== undefined && { called }),
  };
}
