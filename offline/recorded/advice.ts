import { operatorLabels } from "../../components/units/labels";
import { postgresPort } from "../../components/units/sql";
import type { Connection, End } from "./connection";
import type { Judgement } from "./judge";

type Denied = Extract<Judgement, { verdict: "denied" }>;

const own = "a policy of your own, beside these";

/** What would allow a connection that is denied: settings only where they do. */
export function adviceFor(denied: Denied, connection: Connection): string {
  return denied.direction === "ingress" ? wayIn(denied.of, connection) : wayOut(denied, connection);
}

/** Each setting lets in at ports of its own: `clients` at Postgres' alone. */
function wayIn(of: string, { from, port, protocol }: Connection): string {
  const [instances, pooler] = [of.startsWith("instances of "), of.startsWith("pooler ")];
  const scraped = instances
    ? 9187
    : pooler
      ? 9127
      : of === "the operator" || of === plugin
        ? 8080
        : undefined;
  if (protocol !== "TCP" || from.inside === true) return own;
  if (port === scraped) return ranged(`network.monitoring: ${peerOf(from)}`, from);
  if (instances && [8000, postgresPort].includes(port) && mayBeOperator(from) && from.pod !== undefined) {
    const setting = `network.operatorNamespace: ${from.pod.namespace}`;
    if (from.pod.labels !== undefined) return setting;
    if (port === 8000) return `${setting}, if that is the operator; or ${own}`;
  }
  if ((instances || pooler) && port === postgresPort)
    return ranged(`network.clients: [${peerOf(from)}]`, from);
  const asked = (of === "the operator" && port === 9443) || (instances && port === 8000);
  return asked ? apiServer(from) : own;
}

const plugin = "the Barman Cloud plugin";

function wayOut({ of, anyProtocol }: Denied, { to, protocol }: Connection): string {
  if (to.inside === true) return own;
  if (to.apiServer === true) return apiServer(to);
  if (!of.startsWith("instances of ") || (protocol !== "TCP" && !anyProtocol)) return own;
  return ranged(`network.destinations of the cluster: [${peerOf(to)}]`, to);
}

/** Of an address alone nobody knows whether the API server has it. */
function apiServer(end: End): string {
  if (end.pod !== undefined || end.address === undefined || end.apiServer === false) return own;
  const setting = `network.apiServer.cidrs: [${rangeOf(end.address)}]`;
  return end.apiServer === true ? ranged(setting, end) : `${setting}, if that is the API server; or ${own}`;
}

/** A setting, and whether a range of addresses in it may be of no use. */
function ranged(setting: string, { pod, address, node }: End): string {
  if (pod === undefined && address === undefined) return own;
  return node === true
    ? `${setting}, which is about nodes only with Cilium's policy-cidr-match-mode: nodes; or ${own}`
    : setting;
}

const mayBeOperator = ({ pod }: End): boolean =>
  Object.entries(operatorLabels).every(
    ([label, value]) => pod?.labels === undefined || pod.labels[label] === value,
  );

const rangeOf = (address: string): string => `${address}/${address.includes(":") ? 128 : 32}`;

/** As `network.clients`, `monitoring` and `destinations` have it. */
function peerOf({ pod, address }: End): string {
  if (pod === undefined) return `{ cidr: ${rangeOf(address ?? "")} }`;
  const some = Object.entries(pod.labels ?? {}).filter(([label]) => telling.includes(label));
  const labels = some.map(([label, value]) => `${label}: ${value}`).join(", ");
  return `{ namespace: ${pod.namespace}${labels === "" ? "" : `, labels: { ${labels} }`} }`;
}

/** Labels by which people tell applications apart. */
const telling = ["app", "app.kubernetes.io/name"];
