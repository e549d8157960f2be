import { beginsAnew } from "./changes";
import { CLUSTER } from "./cluster";
import { type Compared, Comparing } from "./comparison";
import { unsealed } from "./placeholder";
import { environmentOf, isProduction } from "./production";
import { Resource } from "./resource";
import {
  type Before,
  type ChangeRule,
  type Fix,
  type Judging,
  type Level,
  type ResourceRule,
  type Rule,
  type StackJudging,
  type StackRule,
  type Sureness,
  undecidedLevel,
} from "./rule";
import { covers, type Exemption, levelUnder, parametersUnder, type Settings } from "./settings";
import type { Stack } from "./stack";
import { formatPath, type Path, Undecided, View } from "./view";

/** Something that a rule has to say of a resource. */
export interface Finding {
  readonly rule: Rule;
  readonly resource: Resource;
  readonly path: Path;
  /** A sentence or two: which value is there, what to write instead. */
  readonly message: string;
  readonly level: Exclude<Level, "disabled">;
  /** `undecided`: the rule could not judge, because a value is not known yet. */
  readonly kind: "violation" | "undecided";
  /** What would mend it, where that is one thing alone. */
  readonly fixes?: readonly Fix[];
  /** Only some files are given, and what is missing may be in another. `once`: once for each rule is enough then. */
  readonly elsewhere?: "lowered" | "once";
  /** The exemption that takes it out of the count. */
  readonly exemption?: Exemption;
}

/** Judges resources under one set of settings, and remembers which exemptions were of use. */
export class Judge {
  private readonly used = new Set<Exemption>();

  /** @param partial only some of the files are given that belong together */
  constructor(
    readonly settings: Settings,
    private readonly partial = false,
  ) {}

  /** What a rule says of one resource. Nothing if it is disabled or not for such resources. */
  resource(rule: ResourceRule, resource: Resource): Finding[] {
    if (!rule.types.includes(resource.type) || !this.applies(rule, resource)) return [];
    return this.collect(rule, resource, (judging, report) =>
      rule.judge({
        ...judging,
        resource,
        view: resource.view,
        report: (at, message, fixes) => report(resource, at, message, undefined, fixes),
      }),
    );
  }

  /** What a rule says of a resource that has changed. */
  change(rule: ChangeRule, resource: Resource, before: Resource): Finding[] {
    if (!rule.types.includes(resource.type) || !this.applies(rule, resource)) return [];
    if (rule.ofNewOnesToo !== true && beginsAnew(before, resource)) return [];
    return this.collect(rule, resource, (judging, report) =>
      rule.judge({
        ...judging,
        resource,
        before,
        view: resource.view,
        report: (at, message, fixes) => report(resource, at, message, undefined, fixes),
      }),
    );
  }

  /** What a rule says of the resources together. */
  stack(rule: StackRule, stack: Stack, before?: Before): Finding[] {
    const first = rule.types.flatMap((type) => stack.ofType(type))[0];
    if (first === undefined || levelUnder(this.settings, rule) === "disabled") return [];
    if (rule.needsCloud && !stack.cloud.present) return [];
    if (rule.comparesBefore && before === undefined) return [];
    const findings = this.collect(rule, first, (judging, report) =>
      rule.judge({ ...judging, stack, ...(before && { before }), report, compare: () => {} }),
    );
    return rule.productionOnly
      ? findings.filter(({ resource }) => environmentOf(this.settings, resource) !== "development")
      : findings;
  }

  /** What the rules that compare both halves say of every Cluster, whatever their levels. Without a cloud half nobody can tell. */
  compare(rules: readonly Rule[], stack: Stack): Compared[] {
    const clusters = stack.ofType(CLUSTER);
    const comparing = new Comparing();
    const [first] = clusters;
    for (const rule of first === undefined ? [] : rules) {
      if (rule.scope !== "stack" || rule.compares !== true) continue;
      const verdict = rule.needsCloud && !stack.cloud.present ? ("unknown" as const) : undefined;
      this.collect(
        rule,
        first as Resource,
        (judging, report) =>
          rule.judge({
            ...judging,
            stack,
            report,
            compare: (cluster, row) => comparing.begin(cluster, verdict ? { ...row, verdict } : row),
          }),
        verdict ? undefined : comparing,
      );
    }
    return comparing.of(clusters);
  }

  /** Exemptions that are past their day, or were of no use. Complete only after everything was judged. */
  idleExemptions(): { readonly exemption: Exemption; readonly ended: boolean; readonly message: string }[] {
    return this.settings.exemptions.flatMap((exemption) => {
      const what = `The exemption of ${exemption.resource} from ${exemption.rule}`;
      if (this.expired(exemption))
        return {
          exemption,
          ended: true,
          message: `${what} ended on ${exemption.expires}: mend the resource, or give it a later day.`,
        };
      if (!this.used.has(exemption))
        return { exemption, ended: false, message: `${what} is of no use: take it away.` };
      return [];
    });
  }

  private applies(rule: Rule, resource: Resource): boolean {
    if (levelUnder(this.settings, rule) === "disabled") return false;
    return rule.productionOnly !== true || environmentOf(this.settings, resource) !== "development";
  }

  private collect(
    rule: Rule,
    subject: Resource,
    judge: (judging: Judging, report: StackJudging["report"]) => void,
    comparing?: Comparing,
  ): Finding[] {
    const findings: Finding[] = [];
    const level = levelUnder(this.settings, rule);
    const add = (
      resource: Resource,
      path: Path,
      message: string,
      kind: Finding["kind"],
      {
        sure,
        fixes,
      }: { readonly sure?: Sureness | undefined; readonly fixes?: readonly Fix[] | undefined } = {},
    ) => {
      const elsewhere = this.partial && sure === "unless elsewhere";
      const most = sure === "advisory" ? sure : level;
      // What only production has to have is advice where nothing says whether this is production.
      const unsure = rule.productionOnly && most === "mandatory" && !isProduction(this.settings, resource);
      const certain = unsure ? "advisory" : most;
      const shown = kind === "undecided" ? undecidedLevel(rule, certain) : certain;
      const own = elsewhere && shown === "mandatory" ? "advisory" : shown;
      const exemption =
        level === "disabled" || own === "disabled" ? undefined : this.exemptionFor(rule, resource);
      const counts = kind === "violation" && exemption === undefined && own !== "disabled";
      comparing?.mark(counts ? "disagrees" : "unknown");
      if (level === "disabled" || own === "disabled") return;
      findings.push({
        rule,
        resource,
        path,
        message: unsealed(elsewhere ? `${message} Or it is in a file that is not given.` : message),
        level: own,
        kind,
        ...(fixes !== undefined && fixes.length > 0 && !elsewhere && { fixes }),
        ...(elsewhere && { elsewhere: shown === "mandatory" ? ("lowered" as const) : ("once" as const) }),
        ...(exemption && { exemption }),
      });
    };
    const undecided = ({ path, owner }: Undecided) => {
      const resource = rule.scope === "stack" && owner instanceof Resource ? owner : subject;
      add(
        resource,
        path,
        `can't be judged: ${formatPath(path)} is not known before the update.`,
        "undecided",
      );
    };
    const guarded = (work: () => void): void => {
      const tried = () => {
        try {
          work();
        } catch (error) {
          if (!(error instanceof Undecided)) throw error;
          undecided(error);
        }
      };
      if (comparing === undefined) tried();
      else comparing.within(tried);
    };
    guarded(() =>
      judge(
        {
          parameters: parametersUnder(this.settings, rule),
          isProduction: (resource) => isProduction(this.settings, resource),
          isDevelopment: (resource) => environmentOf(this.settings, resource) === "development",
          part: guarded,
        },
        (resource, at, message, sure, fixes) =>
          add(resource, at instanceof View ? at.path : at, message, "violation", { sure, fixes }),
      ),
    );
    return findings;
  }

  private exemptionFor(rule: Rule, resource: Resource): Exemption | undefined {
    const found = this.settings.exemptions.find(
      (exemption) => exemption.rule === rule.id && !this.expired(exemption) && covers(exemption, resource),
    );
    if (found !== undefined) this.used.add(found);
    return found;
  }

  private expired({ expires }: Exemption): boolean {
    return expires !== undefined && expires < this.settings.today;
  }
}
