import { alerts, ruleGroups } from "../../../components/monitoring/alerts";
import { duration } from "../../../components/monitoring/alerts/promql";
import type { AlertingRule, RuleGroup } from "../../../components/plan/monitoring";
import { type Part, partsOf, selectorsOf } from "../promql";
import { type Outcome, type Run, seconds, test } from "./promtool";
import { type Batch, batches, elsewhere, firing, type Placed, queriesOf, sampleOf } from "./runs";
import type { Scenario } from "./scenario";
import { well } from "./scenariosOfClusters";

/** A rule with one thing broken. */
export interface Mutant {
  readonly alert: string;
  /** What was broken, and into what. */
  readonly what: string;
  readonly rule: AlertingRule;
}

const flipped: Readonly<Record<string, string>> = {
  ">": "<",
  "<": ">",
  ">=": "<",
  "<=": ">",
  "==": "!=",
  "!=": "==",
};

/** A number that is far from any in use, in place of 0, which has no tenth. */
const FAR = 1e9;

/** What an operator joins: the text before it, and that after it and its labels. */
function operands(parts: readonly Part[], operator: Part): readonly [string, string] | undefined {
  const around = parts.filter(
    ({ kind, from, to }) => kind === "BinaryExpr" && from < operator.from && to > operator.to,
  );
  const whole = around.reduce((a, b) => (b.to - b.from < a.to - a.from ? b : a));
  const text = (from: number, to: number) => whole.text.slice(from - whole.from, to - whole.from);
  const labels = parts.find(
    ({ kind, from }) => kind === "MatchingModifierClause" && from === operator.to + 1,
  );
  return [text(whole.from, operator.from), text(labels?.to ?? operator.to, whole.to)];
}

/** Texts that may stand for a part, each of them wrong. */
function wrong(parts: readonly Part[], part: Part): readonly string[] {
  const { kind, text, within } = part;
  if (["Gtr", "Lss", "Gte", "Lte", "Eql", "Neq"].includes(kind)) return [flipped[text] ?? ""];
  if (kind === "NumberDurationLiteral") {
    const number = Number(text);
    return number === 0 ? [String(FAR)] : [String(number * 10), String(number / 10)];
  }
  if (kind === "NumberDurationLiteralInDurationContext")
    return [duration(seconds(text) * 10), duration(seconds(text) / 10)];
  if (kind === "UnquotedLabelMatcher")
    return [text.replace(/^(\w+).*$/s, '$1!="…"'), text.replace(/".*"$/s, '"…"')];
  if (kind === "StringLiteral" && within[0] === "FunctionCallBody" && /[$(]/.test(text)) return ['"…"'];
  if (kind === "Unless") return ["and"];
  const [left = "", right = ""] = ["And", "Or"].includes(kind) ? (operands(parts, part) ?? []) : [];
  if (kind === "And") return [`\0${left}`];
  return kind === "Or" ? [`\0${left}`, `\0${right}`] : [];
}

/** A rule with each comparison, number, duration, matcher and operator broken in turn, and with other times to hold. */
export function mutantsOf(rule: AlertingRule): readonly Mutant[] {
  const { expr, alert } = rule;
  const parts = partsOf(expr);
  const broken = parts.flatMap((part) =>
    wrong(parts, part).map((text): Mutant => {
      // One side of an operator stands for the whole.
      const whole = parts.filter(
        ({ kind, from, to }) => kind === "BinaryExpr" && from < part.from && to > part.to,
      );
      const { from, to } = text.startsWith("\0")
        ? whole.reduce((a, b) => (b.to - b.from < a.to - a.from ? b : a))
        : part;
      const put = text.replace("\0", "");
      const what = `${part.text} → ${put}, at ${part.from}`;
      return { alert, what, rule: { ...rule, expr: expr.slice(0, from) + put + expr.slice(to) } };
    }),
  );
  const { for: hold, ...without } = rule;
  if (hold === undefined) return broken;
  const longer = duration(seconds(hold) * 10);
  return [
    ...broken,
    { alert, what: "no for", rule: without },
    { alert, what: `for: ${longer}`, rule: { ...rule, for: longer } },
  ];
}

const says = (alert: string) => (fires: string) => fires.split(" ")[1] === alert;

/** Scenarios that have something to say of an alert, and what is well for as long. */
function about(alert: string, scenarios: readonly Scenario[]): readonly Scenario[] {
  const own = scenarios.filter(
    ({ environment = "main", silent = [], expect }) =>
      environment === "main" && (silent.includes(alert) || [...expect.values()].flat().some(says(alert))),
  );
  const steps = new Set(own.map(({ step }) => step));
  return [...own, ...well.filter(({ step }) => steps.has(step))];
}

/** A batch with nothing but the mutants of one alert, and what these read. */
function runOf(batch: Batch, mutants: readonly Mutant[]): Run {
  const read = new Set(mutants.flatMap(({ rule }) => selectorsOf(rule.expr).map(({ metric }) => metric)));
  const [declared] = ruleGroups(batch.environment);
  const groups: RuleGroup[] = [
    {
      name: "declared",
      rules: (declared?.rules ?? []).filter((rule) => "record" in rule && read.has(rule.record)),
    },
    {
      name: "mutants",
      rules: mutants.map(({ rule }, index) => ({
        ...rule,
        alert: `${rule.alert}__${index}`,
        annotations: {},
      })),
    },
  ];
  return {
    name: mutants[0]?.alert ?? "",
    groups,
    series: batch.series.filter(({ metric }) => read.has(metric)),
    step: batch.step,
    queries: queriesOf(batch.placed).map((query) => ({ ...query, expected: [] })),
  };
}

/** What fires of one mutant at a time, as text that can be compared. */
const textOf = (samples: readonly { labels: string; value: number }[]) =>
  samples
    .map(({ labels, value }) => `${labels} ${value}`)
    .sort()
    .join("\n");

function isCaught(index: number, alert: string, placed: readonly Placed[], outcome: Outcome): boolean {
  const own = `"${alert}__${index}"`;
  const wide = outcome.failed.some(
    ({ expr, got }) => expr === elsewhere && got.some(({ labels }) => labels.includes(own)),
  );
  if (wide) return true;
  return placed.some(({ scenario, namespace }) =>
    [...scenario.expect].some(([at, fires]) => {
      const found = outcome.failed.find((one) => one.at === at && one.expr === firing(namespace));
      const got = (found?.got ?? []).filter(({ labels }) => labels.includes(own));
      const expected = fires.filter(says(alert)).map((one) => sampleOf(one, namespace));
      return textOf(got).replaceAll(`__${index}"`, '"') !== textOf(expected);
    }),
  );
}

/** Mutants that scenarios caught, and those that they did not. */
export interface Caught {
  readonly all: number;
  readonly missed: readonly Mutant[];
}

interface Trial {
  readonly batch: Batch;
  readonly mutants: readonly Mutant[];
}

/** Does trials, and tells of which mutants no scenario noticed anything. */
async function missedIn(path: string, trials: readonly Trial[]): Promise<ReadonlySet<string>[]> {
  const outcomes = await test(
    path,
    trials.map(({ batch, mutants }) => runOf(batch, mutants)),
  );
  return trials.map(({ batch, mutants }, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined || outcome.broken.length > 0) throw new Error(outcome?.said.slice(0, 4000));
    const missed = mutants.filter((one, at) => !isCaught(at, one.alert, batch.placed, outcome));
    return new Set(missed.map(({ what }) => what));
  });
}

/** Breaks each thing of each alert's rule in turn, and looks whether a scenario notices. */
export async function tryMutants(path: string, scenarios: readonly Scenario[]): Promise<Caught> {
  const trials = alerts.flatMap(({ name }) =>
    batches(about(name, scenarios)).map((batch): Trial => {
      const rules = ruleGroups(batch.environment).flatMap((group) => group.rules);
      const own = rules.filter((rule): rule is AlertingRule => "alert" in rule && rule.alert === name);
      return { batch, mutants: own.flatMap(mutantsOf) };
    }),
  );
  const missed = await missedIn(path, trials);
  const byAlert = new Map<string, { all: readonly Mutant[]; missed: ReadonlySet<string>[] }>();
  trials.forEach(({ mutants }, index) => {
    const name = mutants[0]?.alert ?? "";
    const known = byAlert.get(name) ?? { all: mutants, missed: [] };
    byAlert.set(name, { all: known.all, missed: [...known.missed, missed[index] ?? new Set()] });
  });
  const all = [...byAlert.values()];
  return {
    all: all.reduce((sum, one) => sum + one.all.length, 0),
    missed: all.flatMap((one) => one.all.filter(({ what }) => one.missed.every((set) => set.has(what)))),
  };
}
