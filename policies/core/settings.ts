import { unsealed } from "./placeholder";
import { developmentWords } from "./production";
import type { Resource } from "./resource";
import { type Level, levelOf, type Pack, type Parameters, type Rule, type RuleFacts } from "./rule";

/** Leave to break a rule. */
export interface Exemption {
  /** Id of the rule. */
  readonly rule: string;
  /** `<namespace>/<name>`, the name, or a URN; `*` stands for any text. */
  readonly resource: string;
  /** Why; a person reads it in a year. */
  readonly reason: string;
  /** Last day on which it holds, as in `2027-01-31`. */
  readonly expires?: string;
}

/** Everything that can be set. */
export interface Settings {
  /** Default: `recommended`. */
  readonly pack: Pack;
  /** Per rule: a level, or a level and values of its parameters. */
  readonly rules: Readonly<Record<string, { readonly level?: Level; readonly parameters: Parameters }>>;
  /**
   * What is in production: true or false for everything, or words, one of which is a part of the stack's name, the
   * namespace, a label `environment` or `env`, or of the file's path. Default: `prod`, `production`, `prd`, `live`.
   */
  readonly production: boolean | readonly string[];
  /** Words that say the same of what is not: rules about production leave it out. Default: `developmentWords`. */
  readonly development: readonly string[];
  readonly exemptions: readonly Exemption[];
  /** The day on which exemptions are judged, as in `2026-11-22`. Default: today. */
  readonly today: string;
}

/** What is wrong with settings; one line each. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

const packs: readonly Pack[] = ["recommended", "strict", "advisory"];
const levels: readonly Level[] = ["mandatory", "advisory", "disabled"];
const fields = ["pack", "rules", "production", "development", "exemptions"];

/** Settings when nothing is set. */
export function defaultSettings(): Settings {
  return {
    pack: "recommended",
    rules: {},
    production: ["prod", "production", "prd", "live"],
    development: developmentWords,
    exemptions: [],
    today: new Date().toISOString().slice(0, 10),
  };
}

/**
 * Reads settings as a file or a policy pack's configuration has them.
 *
 * @throws SettingsError with everything that is wrong
 */
export function readSettings(given: unknown, rules: readonly Rule[]): Settings {
  const problems: string[] = [];
  const base = defaultSettings();
  if (given === undefined || given === null) return base;
  if (!isMap(given)) throw new SettingsError([`settings: a map with ${fields.join(", ")}`]);
  for (const key of Object.keys(given))
    if (!fields.includes(key)) problems.push(`${key}: unknown; settings are ${fields.join(", ")}`);
  const pack = given.pack ?? base.pack;
  if (!packs.includes(pack as Pack)) problems.push(`pack: ${show(pack)}; one of ${packs.join(", ")}`);
  const production = given.production ?? base.production;
  if (typeof production !== "boolean" && !isTexts(production))
    problems.push("production: true, false, or a list of words");
  const development = given.development ?? base.development;
  if (!isTexts(development)) problems.push("development: a list of words");
  const settings: Settings = {
    pack: pack as Pack,
    production: production as Settings["production"],
    development: development as Settings["development"],
    rules: readRules(given.rules, rules, problems),
    exemptions: readExemptions(given.exemptions, rules, problems),
    today: base.today,
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

function readRules(given: unknown, rules: readonly Rule[], problems: string[]): Settings["rules"] {
  if (given === undefined) return {};
  if (!isMap(given)) {
    problems.push("rules: a map from a rule's id to a level, or to its settings");
    return {};
  }
  const read: Record<string, { level?: Level; parameters: Parameters }> = {};
  for (const [id, setting] of Object.entries(given)) {
    const rule = rules.find((known) => known.id === id);
    if (rule === undefined) {
      problems.push(`rules.${id}: there is no such rule; the table of rules has them all`);
      continue;
    }
    const { level, ...parameters } = isMap(setting) ? setting : { level: setting };
    if (level !== undefined && !levels.includes(level as Level))
      problems.push(`rules.${id}.level: ${show(level)}; one of ${levels.join(", ")}`);
    problems.push(...parameterProblems(rule, parameters).map((problem) => `rules.${id}.${problem}`));
    read[id] = {
      ...(level !== undefined && { level: level as Level }),
      parameters: parameters as Parameters,
    };
  }
  return read;
}

/** What is wrong with values for a rule's parameters. */
export function parameterProblems(rule: RuleFacts, given: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const parameter = Object.hasOwn(rule.parameters ?? {}, name) ? rule.parameters?.[name] : undefined;
    if (parameter === undefined)
      return [
        `${name}: unknown; this rule has ${Object.keys(rule.parameters ?? {}).join(", ") || "no parameters"}`,
      ];
    const fits = parameter.type === "array" ? isTexts(value) : typeof value === parameter.type;
    return fits
      ? []
      : [
          `${name}: ${show(value)}; ${parameter.type === "array" ? "a list of texts" : `a ${parameter.type}`}`,
        ];
  });
}

function readExemptions(given: unknown, rules: readonly Rule[], problems: string[]): Exemption[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) {
    problems.push("exemptions: a list of rule, resource, reason and perhaps expires");
    return [];
  }
  return given.flatMap((entry: unknown, i) => {
    const at = `exemptions[${i}]`;
    if (!isMap(entry)) {
      problems.push(`${at}: a map of rule, resource, reason and perhaps expires`);
      return [];
    }
    const { rule, resource, reason, expires, ...rest } = entry;
    const before = problems.length;
    for (const key of Object.keys(rest))
      problems.push(`${at}.${key}: unknown; rule, resource, reason, expires`);
    if (!rules.some((known) => known.id === rule))
      problems.push(`${at}.rule: ${show(rule)}: there is no such rule`);
    if (typeof resource !== "string" || resource === "")
      problems.push(`${at}.resource: ${show(resource)}; <namespace>/<name>, a name, or a URN`);
    if (typeof reason !== "string" || reason.trim().length < 10)
      problems.push(
        `${at}.reason: ${show(reason)}; why, in ten characters or more: a person reads it in a year`,
      );
    const day = expires instanceof Date ? expires.toISOString().slice(0, 10) : expires;
    if (day !== undefined && !isDay(day))
      problems.push(`${at}.expires: ${show(day)}; a day such as 2027-01-31`);
    if (problems.length > before) return [];
    return [{ rule, resource, reason, ...(day !== undefined && { expires: day }) } as Exemption];
  });
}

/** The level of a rule under the settings. */
export function levelUnder(settings: Settings, rule: RuleFacts): Level {
  return settings.rules[rule.id]?.level ?? levelOf(rule, settings.pack);
}

/** Values of a rule's parameters under the settings. */
export function parametersUnder(settings: Settings, rule: RuleFacts): Parameters {
  const defaults = Object.entries(rule.parameters ?? {}).map(([name, parameter]) => [
    name,
    parameter.default,
  ]);
  const others = rule.readsParametersOf && parametersUnder(settings, rule.readsParametersOf);
  return { ...others, ...Object.fromEntries(defaults), ...settings.rules[rule.id]?.parameters };
}

/** Whether an exemption is for a resource. */
export function covers(exemption: Exemption, resource: Resource): boolean {
  const pattern = new RegExp(
    `^${exemption.resource
      .split("*")
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  );
  const { called, name, namespace, origin } = resource;
  return [called, name, `${namespace ?? ""}/${name ?? ""}`, origin.urn].some(
    (text) => text !== undefined && pattern.test(unsealed(text)),
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((element) => typeof element === "string");
}

function isDay(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
}

function show(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}
