import type { LabDescription } from "./description";
import { attempt } from "./shell";

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

interface Item {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly creationTimestamp?: string;
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
    }[];
  };
}

/** Milliseconds for which a pod need not be ready. */
const patience = 60_000;

/** Namespaces of what the lab itself runs. */
const own = new Set(["kube-system", "cnpg-system", "object-store"]);

/** What keeps a lab's own pods from running, a line each, such as a node whose disk is full; none if nothing does. */
export async function troublesOf({ kubectl, kubeconfig }: LabDescription): Promise<string[]> {
  const { code, stdout, stderr } = await attempt(kubectl, [
    ...["--kubeconfig", kubeconfig, "--request-timeout", "20s", "get", "nodes,pods", "-A", "-o", "json"],
  ]);
  if (code !== 0) return [`the API server does not answer: ${stderr.trim()}`];
  return troublesAmong((JSON.parse(stdout) as { readonly items: readonly Item[] }).items);
}

/** The same of nodes and pods as the API server gives them. */
export function troublesAmong(items: readonly Item[]): string[] {
  return items.flatMap((item) => (item.kind === "Node" ? ofNode(item) : ofPod(item)));
}

function ofNode({ metadata, status }: Item): string[] {
  return (status?.conditions ?? [])
    .filter(({ type, status: is }) => is !== (type === "Ready" ? "True" : "False"))
    .map(({ type, status: is, message = "" }) => `node ${metadata.name}: ${type} is ${is}: ${message}`);
}

function ofPod({ metadata: { namespace = "", name, creationTimestamp }, status = {} }: Item): string[] {
  if (!own.has(namespace)) return [];
  const { phase, reason, message, conditions = [], containerStatuses = [] } = status;
  // The Deployment has made another one.
  if (phase === "Succeeded" || (phase === "Failed" && reason === "Evicted")) return [];
  const ready = conditions.find(({ type }) => type === "Ready");
  if (ready?.status === "True") return [];
  // One that has just been made, or restarted, is on its way.
  const since = Date.parse(ready?.lastTransitionTime ?? creationTimestamp ?? "");
  if (Date.now() - since < patience) return [];
  const waiting = containerStatuses.find(({ state }) => state?.waiting !== undefined)?.state?.waiting;
  const unscheduled = conditions.find(({ type, status: is }) => type === "PodScheduled" && is === "False");
  const why = [reason, message, waiting?.reason, waiting?.message, unscheduled?.message];
  return [
    `pod ${namespace}/${name}: ${[phase, ...why].filter((one) => one !== undefined && one !== "").join(": ")}`,
  ];
}
