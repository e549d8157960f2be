import type { RuleGroup, WatchedEnvironment } from "../../plan/monitoring";
import type { Alert } from "./alert";
import { archive } from "./archive";
import { backups } from "./backups";
import { certificates } from "./certificates";
import { declaredRules } from "./declared";
import { instances } from "./instances";
import { operator } from "./operator";
import { pooler } from "./pooler";
import { postgres } from "./postgres";
import { replication } from "./replication";
import { rulesOf } from "./variants";
import { volumes } from "./volumes";

/** Alerts by what they are about. */
const subjects: Readonly<Record<string, readonly Alert[]>> = {
  instances,
  replication,
  archive,
  backups,
  volumes,
  postgres,
  pooler,
  certificates,
  operator,
};

/** All alerts that there are; docs/runbooks.md has a chapter for each. */
export const alerts: readonly Alert[] = Object.values(subjects).flat();

/** Shorter than the five minutes after which Prometheus takes a series for gone, on which what is declared depends. */
const INTERVAL = "1m";

/**
 * The rules of Prometheus for an environment: first what the stack declares, as series, then alerts in groups by what they are about.
 * An alert that is about no cluster of the environment, or off for all of them, is left out.
 */
export function ruleGroups(environment: WatchedEnvironment): RuleGroup[] {
  const prefix = `cnpg-${environment.environment}`;
  const alerting = Object.entries(subjects)
    .map(([subject, of]) => ({
      name: `${prefix}-${subject}`,
      interval: INTERVAL,
      rules: of.flatMap((alert) => rulesOf(alert, environment)),
    }))
    .filter(({ rules }) => rules.length > 0);
  const rules = alerting.flatMap((group) => group.rules);
  const there = alerts.filter(({ name }) => rules.some(({ alert }) => alert === name));
  const declared = declaredRules(
    environment,
    there,
    rules.map(({ expr }) => expr),
  );
  return [
    ...(declared.length === 0 ? [] : [{ name: `${prefix}-declared`, interval: INTERVAL, rules: declared }]),
    ...alerting,
  ];
}
