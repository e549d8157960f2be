import { storesOf } from "../core/backup";
import { locationIn } from "../core/cluster";
import { type Finding, Judge } from "../core/judge";
import { known, type Resource } from "../core/resource";
import type { Before, ResourceRule, Rule } from "../core/rule";
import { defaultSettings, levelUnder, type Settings } from "../core/settings";
import { Stack } from "../core/stack";
import { formatPath } from "../core/view";
import { rules as ordinaryRules } from "../rules";
import type { UnreadableDocument } from "./collected";
import { type Environment, environmentsOf } from "./environments";
import { pseudoRules, unreadableDocument, wrongTypeRule, wrongTypes } from "./pseudo";

/** Everything that there is to say of some resources. */
export interface LintResult {
  /** In the order of the resources; those with an exemption are not among them. */
  readonly findings: readonly Finding[];
  /** Those with an exemption. */
  readonly exempted: readonly Finding[];
  /** What a person should know besides: rules that could not judge, exemptions that are of no use. */
  readonly notes: readonly string[];
  /** Rules that failed: faults of ours, not of what was judged. The other rules have judged all the same. */
  readonly faults: readonly string[];
}

/** How resources are judged. */
export interface LintOptions {
  /** Default: the recommended pack. */
  readonly settings?: Settings;
  /** Default: every rule of {@link allRules}. */
  readonly rules?: readonly Rule[];
  /** The same resources before: what rules about changes compare with. */
  readonly before?: readonly Resource[];
  /** Whether only some of the files are given that belong together: what they miss may be in others. Default: false. */
  readonly partial?: boolean;
  /** Documents that could not be read: they become findings. */
  readonly unreadable?: readonly UnreadableDocument[];
}

/** Every rule, with those that come from reading: `cnpg-unreadable` and `cnpg-wrong-type`. */
export const allRules: readonly Rule[] = [...ordinaryRules, ...pseudoRules];

/** Judges resources, in linear time. */
export function lint(resources: readonly Resource[], options: LintOptions = {}): LintResult {
  const { settings = defaultSettings(), rules = allRules, before = [], unreadable = [], partial } = options;
  const judge = new Judge(settings, partial);
  const findings: Finding[] = [];
  const notes: string[] = [];
  const faults: string[] = [];
  const collect = (rule: Rule, what: () => string, judged: () => readonly Finding[]) => {
    try {
      for (const finding of judged()) findings.push(finding);
    } catch (error) {
      faults.push(`The rule ${rule.id} failed on ${what()}: ${(error as Error).stack ?? error}`);
    }
  };

  const byType = new Map<string, ResourceRule[]>();
  for (const rule of rules)
    if (rule.scope === "resource")
      for (const type of rule.types) byType.set(type, [...(byType.get(type) ?? []), rule]);
  for (const resource of resources)
    for (const rule of byType.get(resource.type) ?? [])
      collect(
        rule,
        () => whereOf(resource),
        () => judge.resource(rule, resource),
      );

  const earlier = before.length === 0 ? undefined : new Earlier(before);
  const environments = environmentsOf(resources);
  const agreed = new Agreed(environments);
  const withoutCloud = new Set<string>();
  for (const environment of environments) {
    const stack = new Stack(environment);
    for (const rule of rules) {
      if (rule.scope !== "stack") continue;
      const concerned = rule.types.some((type) => stack.ofType(type).length > 0);
      if (rule.needsCloud && concerned && !stack.cloud.present && levelUnder(settings, rule) !== "disabled")
        withoutCloud.add(rule.id);
      collect(
        rule,
        () => "the resources together",
        () => agreed.of(judge.stack(rule, stack, earlier)),
      );
    }
  }
  if (withoutCloud.size > 0 && resources.some(usesGoogle))
    notes.push(
      `${withoutCloud.size} rules compare with buckets and IAM of Google Cloud, which are not here: ${[...withoutCloud].join(", ")}.`,
    );

  const changeRules = rules.filter((rule) => rule.scope === "change");
  for (const resource of changeRules.length === 0 ? [] : resources) {
    const old = earlier?.of(resource)?.resource;
    if (old === undefined) continue;
    for (const rule of changeRules)
      collect(
        rule,
        () => whereOf(resource),
        () => judge.change(rule, resource, old),
      );
  }

  // Last: by now every rule has asked for what it wants to know.
  if (rules.includes(wrongTypeRule))
    for (const resource of resources) findings.push(...wrongTypes(judge, resource));
  const order = new Map(resources.map((resource, i) => [resource, i]));
  for (const document of unreadable)
    for (const finding of unreadableDocument(judge, document)) {
      order.set(finding.resource, document.after - 0.5);
      findings.push(finding);
    }
  // Where only some files are given, what an exemption is for may be in the others.
  const idle = judge.idleExemptions().filter(({ ended }) => ended || !partial);
  notes.push(...idle.map(({ message }) => message));
  const shown = findings.filter(({ exemption }) => exemption === undefined);
  shown.sort((a, b) => (order.get(a.resource) ?? 0) - (order.get(b.resource) ?? 0));
  const exempted = findings.filter(({ exemption }) => exemption !== undefined);
  return { findings: shown, exempted, notes, faults };
}

/** Whether a Cluster or an ObjectStore keeps anything in Cloud Storage, as far as that is known. */
const usesGoogle = (resource: Resource): boolean =>
  known(() =>
    storesOf(resource).some(
      (store) => store.at("googleCredentials").exists || known(() => locationIn(store)?.scheme) === "gs",
    ),
  ) === true;

/** Findings of rules that compare resources, where a resource may belong to several environments. */
class Agreed {
  private readonly environments = new Map<Resource, number>();
  private readonly found = new Map<Resource, Map<string, number>>();

  constructor(environments: readonly Environment[]) {
    if (environments.length === 1) return;
    for (const resource of environments.flat())
      this.environments.set(resource, (this.environments.get(resource) ?? 0) + 1);
  }

  /** Those that hold in every environment that the resource is in: what it lacks in one, another may have. */
  of(findings: readonly Finding[]): readonly Finding[] {
    return findings.filter(({ rule, resource, path, message }) => {
      const wanted = this.environments.get(resource) ?? 1;
      if (wanted === 1) return true;
      const counts = this.found.get(resource) ?? new Map<string, number>();
      this.found.set(resource, counts);
      const key = `${rule.id} ${formatPath(path)} ${message}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count === wanted;
    });
  }
}

/** The same resources in another version of their files. */
class Earlier implements Before {
  private readonly known = new Map<string, Resource[]>();
  private readonly stacks = new Map<Resource, Stack>();

  constructor(resources: readonly Resource[]) {
    for (const resource of resources) {
      const same = this.known.get(keyOf(resource));
      if (same === undefined) this.known.set(keyOf(resource), [resource]);
      else same.push(resource);
    }
    for (const environment of environmentsOf(resources)) {
      const stack = new Stack(environment);
      for (const resource of environment) this.stacks.set(resource, stack);
    }
  }

  of(resource: Resource): ReturnType<Before["of"]> {
    const old = this.named(resource);
    const stack = old && this.stacks.get(old);
    return old === undefined || stack === undefined ? undefined : { resource: old, stack };
  }

  /** Of several the one whose file is called most alike: `old/prod/db.yaml` for `prod/db.yaml`. */
  private named(resource: Resource): Resource | undefined {
    const all = this.known.get(keyOf(resource)) ?? [];
    if (all.length < 2) return all[0];
    const alike = all.map((old) => ({
      old,
      common: commonEnd(old.origin.file ?? "", resource.origin.file ?? ""),
    }));
    return alike.reduce((best, one) => (one.common > best.common ? one : best)).old;
  }
}

function commonEnd(a: string, b: string): number {
  const [left, right] = [a.split("/").reverse(), b.split("/").reverse()];
  const differs = left.findIndex((segment, i) => segment !== right[i]);
  return differs < 0 ? left.length : differs;
}

/** What a resource is known by from one version of its file to the next. */
function keyOf(resource: Resource): string {
  return resource.origin.urn ?? `${resource.type} ${resource.namespace ?? ""}/${resource.name ?? ""}`;
}

function whereOf({ called, origin }: Resource): string {
  const where = origin.urn ?? (origin.file === undefined ? "" : `${origin.file}:${origin.line}`);
  return where === "" ? called : `${called} (${where})`;
}
