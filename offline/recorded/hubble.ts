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

/** Whether a record is one of `hubble observe --output json`: with the flow inside since Hubble 0.8, or the flow itself. */
export const isHubble = (record: Readonly<Record<string, unknown>>): boolean =>
  Object.hasOwn(record, "flow") ||
  (isRecord(record.IP) && isRecord(record.l4)) ||
  ["lost_events", "node_status", "agent_event", "debug_event"].some((kind) => isRecord(record[kind]));

/** A flow as Hubble has it (`api/v1/flow/flow.proto` of Cilium), with the names of its fields as the definition has them. */
export function hubbleConnection(record: Readonly<Record<string, unknown>>): Connection | Skipped {
  const flow = isRecord(record.flow) ? record.flow : record;
  if (!isRecord(flow.IP)) return "no flow";
  // Of the socket's own translation: the flow comes again with the pod's address.
  if (flow.Type === "SOCK") return "looked at before an address was translated";
  const l4 = mapAt(flow, "l4");
  const protocol = isRecord(l4.TCP) ? "TCP" : isRecord(l4.UDP) ? "UDP" : undefined;
  const port = protocol && numberAt(l4[protocol], "destination_port");
  if (protocol === undefined || port === undefined) return "neither TCP nor UDP";
  const flags = mapAt(l4[protocol], "flags");
  if (isReply(flow, flags)) return "a reply";
  if (typeof flow.is_reply !== "boolean" && isLater(flags, numberAt(l4[protocol], "source_port"), port))
    return "of a connection whose begin was not recorded";
  return {
    from: end(flow, "source"),
    to: end(flow, "destination"),
    port,
    protocol,
  };
}

/** Hubble does not know it of each packet; what answers the first one has both flags. */
function isReply(flow: Readonly<Record<string, unknown>>, flags: Readonly<Record<string, unknown>>): boolean {
  if (typeof flow.is_reply === "boolean") return flow.is_reply;
  return flow.reply === true || (flags.SYN === true && flags.ACK === true);
}

/** Whether a packet may not be the first one: Hubble does not say of each whether it is a reply, and then either end may have begun. */
const isLater = (flags: Readonly<Record<string, unknown>>, from: number | undefined, to: number): boolean =>
  Object.values(flags).includes(true) ? flags.SYN !== true : answers(from, to);

/** Nodes, as Cilium tells them apart (`resolveLabels` in its `pkg/ipcache/metadata.go`). */
const nodes = ["host", "remote-node"];
/** What has addresses of the cluster that no range is ever about. */
const inside = ["health", "ingress"];
/** Pods whose labels Cilium does not know, so that policies don't either. */
const unmanaged = ["unmanaged", "init"];

function end(flow: Readonly<Record<string, unknown>>, side: "source" | "destination"): End {
  const endpoint = mapAt(flow, side);
  const address = textAt(flow.IP, side);
  const labels = (Array.isArray(endpoint.labels) ? endpoint.labels : []).map(String);
  const reserved = new Set(
    labels.flatMap((label) => (label.startsWith("reserved:") ? [label.slice("reserved:".length)] : [])),
  );
  const is = (some: readonly string[]) => some.some((one) => reserved.has(one));
  const name = textAt(endpoint, "pod_name");
  const namespace = is(unmanaged) ? undefined : textAt(endpoint, "namespace");
  const service = mapAt(flow, `${side}_service`);
  const [workload] = Array.isArray(endpoint.workloads) ? endpoint.workloads : [];
  const [looked] = Array.isArray(flow[`${side}_names`]) ? (flow[`${side}_names`] as unknown[]) : [];
  const called =
    textAt(workload, "name") ??
    (typeof looked === "string" ? looked : namespace === undefined ? name : undefined);
  return {
    ...(address !== undefined && { address }),
    ...(namespace !== undefined && {
      pod: {
        namespace,
        ...(name !== undefined && { name }),
        ...(labels.length > 0 && { labels: ofKubernetes(labels) }),
      },
    }),
    ...(namespace === undefined && reserved.size > 0 && { apiServer: reserved.has("kube-apiserver") }),
    ...(reserved.has("host") && { host: true }),
    ...(is(nodes) && { node: true }),
    ...(is([...inside, ...unmanaged]) && { inside: true }),
    ...(namespace === undefined &&
      textAt(service, "name") !== undefined && {
        service: `${textAt(service, "namespace")}/${textAt(service, "name")}`,
      }),
    ...(called !== undefined && { called }),
  };
}

/** `k8s:app=web` → `app: web`. */
const ofKubernetes = (labels: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    labels.flatMap((label) => {
      if (!label.startsWith("k8s:")) return [];
      const plain = label.slice("k8s:".length);
      const equals = plain.indexOf("=");
      return [equals < 0 ? [plain, ""] : [plain.slice(0, equals), plain.slice(equals + 1)]];
    }),
  );
