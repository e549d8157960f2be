import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection, Skipped } from "../../../offline/recorded/connection";
import { recordedConnections } from "../../../offline/recorded/read";

/** What is recorded of an instance. */
export const instance = { "cnpg.io/cluster": "orders-db", "cnpg.io/podRole": "instance" };

/** Has each test of a suite write files into a folder of its own: a text as it is, all else as JSON. */
export function recordFiles(): (name: string, content: unknown) => string {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "recorded-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
}

/** All connections of a file. */
export async function readAll(path: string): Promise<(Connection | Skipped)[]> {
  const found: (Connection | Skipped)[] = [];
  for await (const connection of recordedConnections(path)) found.push(connection);
  return found;
}

/** A flow as Hubble writes it. */
export function hubbleRecord(
  from: string,
  fromLabels: Readonly<Record<string, string>>,
  to: string,
  toLabels: Readonly<Record<string, string>>,
  port: number,
) {
  const endpoint = (pod: string, labels: Readonly<Record<string, string>>) => {
    const [namespace, pod_name] = pod.split("/");
    return {
      ID: 312,
      identity: 20_131,
      cluster_name: "default",
      namespace,
      labels: [
        ...Object.entries(labels).map(([label, value]) => `k8s:${label}=${value}`),
        `k8s:io.kubernetes.pod.namespace=${namespace}`,
      ],
      pod_name,
    };
  };
  return {
    time: "2026-11-30T12:00:00.000000001Z",
    verdict: "FORWARDED",
    IP: { source: "10.244.1.7", destination: "10.244.2.9", ipVersion: "IPv4" },
    l4: { TCP: { source_port: 51_234, destination_port: port, flags: { SYN: true } } },
    source: endpoint(from, fromLabels),
    destination: endpoint(to, toLabels),
    Type: "L3_L4",
    node_name: "node-1",
    traffic_direction: "INGRESS",
    is_reply: false,
  };
}

interface VpcEnd {
  /** `<namespace>/<name>`; without it the record has no annotations of GKE. */
  readonly pod?: string;
  readonly address: string;
}

/** An entry of Cloud Logging as VPC Flow Logs write it. */
export function vpcRecord(from: VpcEnd, to: VpcEnd, port: number, clientPort = 51_234) {
  const details = ({ pod }: VpcEnd) => {
    const [pod_namespace, pod_name] = (pod ?? "").split("/");
    return { cluster: { cluster_name: "prod" }, pod: { pod_name, pod_namespace } };
  };
  return {
    insertId: "1w2e3r",
    logName: "projects/acme/logs/compute.googleapis.com%2Fvpc_flows",
    jsonPayload: {
      bytes_sent: "1224",
      reporter: "SRC",
      connection: {
        src_ip: from.address,
        src_port: clientPort,
        dest_ip: to.address,
        dest_port: port,
        protocol: 6,
      },
      ...(from.pod !== undefined && { src_gke_details: details(from) }),
      ...(to.pod !== undefined && { dest_gke_details: details(to) }),
    },
  };
}
