import { EnforcementLevel } from "@pulumi/pulumi/proto/analyzer_pb";
import type { Level, Parameters, Rule } from "../core/rule";
import { levelOf } from "../core/rule";
import {
  defaultSettings,
  levelUnder,
  parameterProblems,
  readSettings,
  type Settings,
  SettingsError,
} from "../core/settings";

/** Name of the policy that carries the settings of the whole pack. */
export const SETTINGS_POLICY = "cnpg-settings";

/** Name of the policy that reports exemptions which are of no use any more. */
export const EXEMPTIONS_POLICY = "cnpg-exemptions";

/** What is configured for one policy. */
export interface GivenPolicy {
  readonly level?: Level;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The configuration of the pack, read. */
export interface Configuration {
  /** With the level and the parameters that each rule has in the end. */
  readonly settings: Settings;
  /** File that rules about changes compare with. */
  readonly previous?: string;
  /** Everything that is wrong, one line each. */
  readonly problems: readonly string[];
}

/** The configuration when nothing is configured. */
export const defaultConfiguration = (): Configuration => ({ settings: defaultSettings(), problems: [] });

/**
 * Reads what is configured for each policy.
 *
 * A level counts as chosen if it differs from the one that the rule has by itself: the engine fills in all others. It goes
 * before the level that {@link SETTINGS_POLICY} gives the rule, and that before the level in the pack of settings.
 */
export function readConfiguration(
  given: ReadonlyMap<string, GivenPolicy>,
  rules: readonly Rule[],
): Configuration {
  const own = given.get(SETTINGS_POLICY);
  const { previous, ...general } = own === undefined || own.level === "disabled" ? {} : own.properties;
  const problems: string[] = [];
  if (previous !== undefined && typeof previous !== "string")
    problems.push(`${SETTINGS_POLICY}.previous: ${JSON.stringify(previous)}; the path of a file`);
  const settings = readGeneral(general, rules, problems);
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  const merged: Record<string, { level: Level; parameters: Parameters }> = {};
  for (const rule of rules)
    merged[rule.id] = {
      level: levelUnder(settings, rule),
      parameters: settings.rules[rule.id]?.parameters ?? {},
    };
  for (const [name, { level, properties }] of given) {
    // The engine has applied the level of "all" to every policy by itself.
    if (name === SETTINGS_POLICY || name === "all") continue;
    const rule = known.get(name);
    if (rule === undefined && name !== EXEMPTIONS_POLICY) {
      problems.push(`${name}: there is no such policy; the table of rules has them all`);
      continue;
    }
    const facts = rule ?? ({ parameters: {} } as Rule);
    problems.push(...parameterProblems(facts, properties).map((problem) => `${name}.${problem}`));
    if (rule === undefined) continue;
    const before = merged[name] ?? { level: levelOf(rule, "recommended"), parameters: {} };
    merged[name] = {
      level: level !== undefined && level !== levelOf(rule, "recommended") ? level : before.level,
      parameters: { ...before.parameters, ...(properties as Parameters) },
    };
  }
  return {
    settings: { ...settings, rules: merged },
    ...(typeof previous === "string" && { previous }),
    problems,
  };
}

function readGeneral(
  given: Readonly<Record<string, unknown>>,
  rules: readonly Rule[],
  problems: string[],
): Settings {
  try {
    return readSettings(given, rules);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    problems.push(...error.problems.map((problem) => `${SETTINGS_POLICY}.${problem}`));
    return defaultSettings();
  }
}

const levels: readonly (readonly [EnforcementLevel, Level])[] = [
  [EnforcementLevel.ADVISORY, "advisory"],
  [EnforcementLevel.MANDATORY, "mandatory"],
  [EnforcementLevel.DISABLED, "disabled"],
];

/** A level as the engine writes it. */
export function wireLevel(level: Level): EnforcementLevel {
  return levels.find(([, named]) => named === level)?.[0] ?? EnforcementLevel.ADVISORY;
}

/** A level of the engine's; `remediate`, which mends nothing here, is mandatory. */
export function levelOnWire(level: EnforcementLevel): Level {
  return levels.find(([wire]) => wire === level)?.[1] ?? "mandatory";
}
