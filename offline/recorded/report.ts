import type { NetworkPlan } from "../../components/plan/network";
import { adviceFor } from "./advice";
import type { Connection, End, Skipped } from "./connection";
import { type Judgement, judgeConnection } from "./judge";

/** Connections that are the same but for the client's port, and the verdict about them. */
export interface JudgedFlow {
  readonly from: string;
  readonly to: string;
  readonly ports: string;
  readonly verdict: "allowed" | "denied" | "unknown";
  readonly why: string;
  /** How often it was recorded. */
  count: number;
}

/** What policies that are in force would do to recorded connections. */
export interface RecordedReport {
  readonly flows: readonly JudgedFlow[];
  /** Connections of no pod that has a policy of the stack. */
  readonly others: number;
  readonly skipped: Readonly<Partial<Record<Skipped, number>>>;
}

/** Judges recorded connections as they come, and keeps one line for each kind of them. */
export class Recorder {
  readonly #plan: Pick<NetworkPlan, "rules" | "kind">;
  readonly #flows = new Map<string, JudgedFlow>();
  readonly #skipped: Partial<Record<Skipped, number>> = {};
  #others = 0;

  constructor(plan: Pick<NetworkPlan, "rules" | "kind">) {
    this.#plan = plan;
  }

  skip(why: Skipped): void {
    this.#skipped[why] = (this.#skipped[why] ?? 0) + 1;
  }

  add(connection: Connection): void {
    const judgement = judgeConnection(this.#plan, connection);
    if (judgement.verdict === "none of the stack's") {
      this.#others += 1;
      return;
    }
    const { from, to, port, protocol } = connection;
    const flow: JudgedFlow = {
      from: nameOf(from),
      to: nameOf(to),
      ports: `${port}${protocol === "UDP" ? "/UDP" : ""}`,
      verdict: judgement.verdict,
      why: reasonOf(judgement, connection),
      count: 1,
    };
    const key = JSON.stringify([flow.from, flow.to, flow.ports, flow.verdict, flow.why]);
    const known = this.#flows.get(key);
    if (known === undefined) this.#flows.set(key, flow);
    else known.count += 1;
  }

  get report(): RecordedReport {
    return { flows: [...this.#flows.values()], others: this.#others, skipped: this.#skipped };
  }
}

/** A pod by its workload where that is known, so that its replicas are one. */
function nameOf({ pod, address, called, apiServer, host, service }: End): string {
  if (pod !== undefined) return `${pod.namespace}/${called ?? pod.name ?? "?"}`;
  if (apiServer === true) return "the API server";
  if (host === true) return "its node";
  const more = called ?? (service === undefined ? undefined : `Service ${service}`);
  return more === undefined ? (address ?? "?") : `${address} (${more})`;
}

function reasonOf(judgement: Judgement, connection: Connection): string {
  if (judgement.verdict === "none of the stack's") return "";
  if (judgement.verdict !== "denied") return judgement.why;
  const { direction, by, of, lacking } = judgement;
  const policies = `${by.join(", ")} ${by.length === 1 ? "does" : "do"}`;
  const what = direction === "ingress" ? "not let it in" : `not let it out to port ${connection.port} there`;
  if (lacking !== undefined)
    return `${policies} ${what}, nor does any other that may be about it. What would, can't be told: ${lacking}`;
  return `${policies} ${what}${direction === "ingress" ? ` to ${of}` : ""}. If it should: ${adviceFor(judgement, connection)}`;
}

const some = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** The report as a person reads it: what would be denied first. */
export function formatRecorded({ flows, others, skipped }: RecordedReport): string {
  const times = (count: number) => (count === 1 ? "once" : `${count} times`);
  const chapter = (verdict: JudgedFlow["verdict"], title: string): string[] => {
    const found = flows.filter((flow) => flow.verdict === verdict).sort((a, b) => b.count - a.count);
    if (found.length === 0) return [];
    return [
      `${title} (${found.length}):`,
      ...found.map(
        ({ from, to, ports, why, count }) => `  ${from} → ${to}: ${ports}, ${times(count)}\n      ${why}`,
      ),
      "",
    ];
  };
  const allowed = flows.filter(({ verdict }) => verdict === "allowed");
  const left = Object.entries(skipped).map(([why, count]) => `${count} × ${why}`);
  return [
    ...chapter("denied", "Would be denied"),
    ...chapter("unknown", "Can't be told"),
    `Would be allowed: ${some(
      allowed.reduce((sum, { count }) => sum + count, 0),
      "connection",
    )} of ${some(allowed.length, "kind")}.`,
    `Without a pod that has a policy of this stack: ${others}.${left.length > 0 ? ` Left out: ${left.join(", ")}.` : ""}`,
  ].join("\n");
}
