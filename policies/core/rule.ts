import type { Row } from "./comparison";
import type { Resource } from "./resource";
import type { Stack } from "./stack";
import type { Path, View } from "./view";

/** How bad it is: Pulumi's own words. */
export type Severity = "critical" | "high" | "medium" | "low";

/** What a finding does: stop, tell, or nothing. Pulumi's own words. */
export type Level = "mandatory" | "advisory" | "disabled";

/**
 * How sure a finding is. `advisory`: it is likely and not certain, whatever level the rule has. `unless elsewhere`: something
 * is missing, which may be in a file that was not given, where only some are.
 */
export type Sureness = "advisory" | "unless elsewhere";

/** The three packs of settings. */
export type Pack = "recommended" | "strict" | "advisory";

/** A setting of a rule. */
export interface Parameter {
  readonly type: "number" | "string" | "boolean" | "array";
  readonly default: number | string | boolean | readonly string[];
  /** What it means, with its unit. */
  readonly description: string;
}

/** Values of a rule's parameters, defaults filled in. */
export type Parameters = Readonly<Record<string, number | string | boolean | readonly string[]>>;

/** What every rule says of itself: printed by Pulumi, by the linter, and in the table of rules. */
export interface RuleFacts {
  /** Never changes: people write it into settings and exemptions. Such as `cnpg-schedule-six-fields`. */
  readonly id: string;
  /** What has to be, in one sentence. */
  readonly title: string;
  readonly severity: Severity;
  /** Such as `backup`, `identity`, `agreement`, `security`. */
  readonly tags: readonly string[];
  /** What happens otherwise: the cause of the rule, with the evidence. */
  readonly why: string;
  /** What to do, for any resource that breaks it. */
  readonly remedy: string;
  /** Where the fact is documented. */
  readonly url: string;
  /** Levels that differ from what the severity gives; see `levelOf`. */
  readonly levels?: Partial<Readonly<Record<Pack, Level>>>;
  /** Not judged for what is no production; advice where nothing says whether it is. Default: judged everywhere. */
  readonly productionOnly?: boolean;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  /** A rule whose parameters this one reads besides its own. They are set there. */
  readonly readsParametersOf?: RuleFacts;
}

/** A change of the resource that a rule reports: what is right is one value alone, so that a program may write it. */
export type Fix =
  /** Writes a value, with the maps that are missing around it. */
  | { readonly path: Path; readonly value: FixedValue }
  /** Takes a key, or an element of a list, away. */
  | { readonly path: Path; readonly remove: true }
  /** Gives a key another name. */
  | { readonly path: Path; readonly key: string }
  /** Makes a text of what stands there. */
  | { readonly path: Path; readonly quoted: true };

export type FixedValue = string | number | boolean | { readonly [key: string]: FixedValue };

/** What a rule is given, whatever it judges. */
export interface Judging {
  readonly parameters: Parameters;
  /** Whether a resource is in production for certain, as the settings define it. */
  isProduction(resource: Resource): boolean;
  /** Whether it is none for certain. */
  isDevelopment(resource: Resource): boolean;
  /**
   * Judges one thing apart from the others: if it can't be decided because a value is not known yet, that is reported,
   * and the rest of the rule goes on.
   */
  part(judge: () => void): void;
}

/** What a rule for one resource is given. */
export interface ResourceJudging extends Judging {
  readonly resource: Resource;
  /** Shorthand for `resource.view`. */
  readonly view: View;
  /**
   * Reports that the resource breaks the rule.
   *
   * @param where the field, as its view or its path
   * @param message a sentence or two: what value is there and what to write instead; never a secret
   * @param fixes what to change, together, where that is certain
   */
  report(where: View | Path, message: string, fixes?: readonly Fix[]): void;
}

/** The resources as they were before. */
export interface Before {
  /** A resource as it was, and all that was there with it; undefined for a new one. */
  of(resource: Resource): { readonly resource: Resource; readonly stack: Stack } | undefined;
}

/** What a rule for several resources is given. */
export interface StackJudging extends Judging {
  readonly stack: Stack;
  /** For a rule that `comparesBefore`. */
  readonly before?: Before;
  /**
   * @param sure left out for what is certain
   * @param fixes what to change in the resource, together, where that is certain
   */
  report(
    resource: Resource,
    where: View | Path,
    message: string,
    sure?: Sureness,
    fixes?: readonly Fix[],
  ): void;
  /**
   * Begins a row of the table that compares both halves of a Cluster; for a rule that `compares`. It agrees, unless until the
   * end of the part something is reported, or can't be decided.
   *
   * @param row with a verdict where more is known of it than that, such as that one half is elsewhere
   */
  compare(cluster: Resource, row: Row): void;
}

/** What a rule for changes is given. */
export interface ChangeJudging extends ResourceJudging {
  /** The same resource before. */
  readonly before: Resource;
}

/** A rule that one resource is enough for. */
export interface ResourceRule extends RuleFacts {
  readonly scope: "resource";
  /** Types that it judges; see `Resource.type`. */
  readonly types: readonly string[];
  judge(judging: ResourceJudging): void;
}

/** A rule that compares resources with each other. */
export interface StackRule extends RuleFacts {
  readonly scope: "stack";
  /** Types without any of which there is nothing to judge. */
  readonly types: readonly string[];
  /** It needs Google Cloud's resources; where there are none at all it says so once, and does not judge. */
  readonly needsCloud?: boolean;
  /** It returns rows of the table that compares both halves of a Cluster. */
  readonly compares?: boolean;
  /** It compares with what was there before; where that is not known there is nothing to judge. */
  readonly comparesBefore?: boolean;
  judge(judging: StackJudging): void;
}

/** A rule that compares a resource with what it was before. */
export interface ChangeRule extends RuleFacts {
  readonly scope: "change";
  /** Judges a Cluster too that begins a new life under its old name; see `beginsAnew`. Default: false. */
  readonly ofNewOnesToo?: boolean;
  readonly types: readonly string[];
  judge(judging: ChangeJudging): void;
}

export type Rule = ResourceRule | StackRule | ChangeRule;

/** Defines a rule for one resource. */
export const resourceRule = (rule: Omit<ResourceRule, "scope">): ResourceRule => ({
  scope: "resource",
  ...rule,
});

/** Defines a rule for several resources. */
export const stackRule = (rule: Omit<StackRule, "scope">): StackRule => ({ scope: "stack", ...rule });

/** Defines a rule for changes. */
export const changeRule = (rule: Omit<ChangeRule, "scope">): ChangeRule => ({ scope: "change", ...rule });

/** The level of a rule in a pack of settings. Advisory is advisory throughout. */
export function levelOf(rule: RuleFacts, pack: Pack): Level {
  const own = rule.levels?.[pack];
  if (own !== undefined) return own;
  if (pack === "advisory") return "advisory";
  if (pack === "strict") return rule.severity === "low" ? "advisory" : "mandatory";
  return rule.severity === "critical" || rule.severity === "high" ? "mandatory" : "advisory";
}

/** The level at which a rule says that it could not decide: what is critical stops until it is known. */
export function undecidedLevel(rule: RuleFacts, level: Level): Level {
  return rule.severity === "critical" || level === "disabled" ? level : "advisory";
}

/** Whether a rule has nothing to judge without what was there before. */
export const looksBack = (rule: Rule): boolean =>
  rule.scope === "change" || (rule.scope === "stack" && rule.comparesBefore === true);
