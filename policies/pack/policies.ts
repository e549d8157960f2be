import type { Policies, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { type Finding, Judge } from "../core/judge";
import type { Resource } from "../core/resource";
import { looksBack, type Rule } from "../core/rule";
import { Stack } from "../core/stack";
import { formatPath } from "../core/view";
import { rules as allRules } from "../rules";
import {
  type Configuration,
  defaultConfiguration,
  EXEMPTIONS_POLICY,
  SETTINGS_POLICY,
} from "./configuration";
import { factsOf, settingsSchema } from "./facts";
import { type Previous, readPrevious } from "./previous";
import { type PolicyResource, rawOf, tokenOfAll, toResource, typeOf } from "./pulumi";
import { noSecrets, type Secrets, type SecretsOf } from "./wire";

/** Pulumi's type of the stack itself. */
const STACK = "pulumi:pulumi:Stack";

/** A violation with a name and a level of its own, which the SDK takes beside a plain message. */
type Report = (violation: {
  readonly message: string;
  readonly urn?: string;
  readonly enforcementLevel?: "advisory" | "mandatory";
}) => void;

/** The rules as policies of Pulumi, and how they are told what is configured. */
export interface Pack {
  readonly policies: Policies;
  configure(configuration: Configuration): void;
  /** The policies that have something to do with a resource of this type. */
  concerned(token: string): Policies;
  /** Gives it the resources to compare, instead of those that the SDK hands each policy. */
  compare(resources: readonly PolicyResource[]): void;
}

/** The rules as policies of Pulumi. */
export function packOf(rules: readonly Rule[] = allRules, secretsOf: SecretsOf = noSecrets): Pack {
  const pack = new RunningPack(rules, secretsOf);
  const settings = pack.settingsPolicy();
  const byRule = rules.map((rule) => ({
    rule,
    policy: rule.scope === "stack" ? pack.stackPolicy(rule) : pack.resourcePolicy(rule),
  }));
  return {
    policies: [settings, ...byRule.map(({ policy }) => policy), pack.exemptionsPolicy()],
    concerned: (token) => {
      if (token === STACK) return [settings];
      const type = typeOf(token);
      return byRule.flatMap(({ rule, policy }) =>
        rule.scope !== "stack" && type !== undefined && rule.types.includes(type) ? policy : [],
      );
    },
    configure: (configuration) => pack.configure(configuration),
    compare: (resources) => pack.compare(resources),
  };
}

/** {@link packOf} without a configuration. */
export function policiesOf(rules: readonly Rule[] = allRules): Policies {
  return packOf(rules).policies;
}

class RunningPack {
  private judge = new Judge(defaultConfiguration().settings);
  private configuration = defaultConfiguration();
  /** Read when it is first asked for: an offline run's state is made while this pack starts. */
  private before: Previous | undefined;
  /** By what the SDK hands every policy in one call; see `readOnce`. */
  private readonly resources = new WeakMap<object, { readonly resource: Resource | undefined }>();
  private readonly stacks = new WeakMap<object, Stack>();
  private readonly secrets = new WeakMap<object, Secrets>();
  private given: Stack | undefined;
  private all: readonly PolicyResource[] = [];
  /** Whether anything was compared with what was there before. */
  private compared = false;

  constructor(
    private readonly rules: readonly Rule[],
    private readonly secretsOf: SecretsOf,
  ) {}

  configure(configuration: Configuration): void {
    this.configuration = configuration;
    this.judge = new Judge(configuration.settings);
    this.before = undefined;
  }

  private get previous(): Previous {
    this.before ??= readPrevious(this.configuration.previous);
    return this.before;
  }

  /** All that is wrong with what is configured, one line each. */
  private get problems(): readonly string[] {
    const { problem } = this.previous;
    return problem === undefined ? this.configuration.problems : [...this.configuration.problems, problem];
  }

  compare(resources: readonly PolicyResource[]): void {
    this.given = stackOf(resources, (resource) => this.resourceOf(resource));
    this.all = resources;
  }

  settingsPolicy(): ResourceValidationPolicy {
    return {
      name: SETTINGS_POLICY,
      description: "The settings of this pack can be read.",
      enforcementLevel: "mandatory",
      severity: "critical",
      tags: ["settings"],
      remediationSteps: "Correct the configuration of the policy pack.",
      configSchema: settingsSchema,
      validateResource: typed(STACK, (args, report) => {
        const { problems } = this;
        if (args.type !== STACK || problems.length === 0) return;
        const message = ["The configuration of the policy pack is wrong; no rule was asked:", ...problems];
        (report as unknown as Report)({ message: message.join("\n"), enforcementLevel: "mandatory" });
      }),
    };
  }

  resourcePolicy(rule: Extract<Rule, { scope: "resource" | "change" }>): ResourceValidationPolicy {
    return {
      ...factsOf(rule),
      validateResource: typed(tokenOfAll(rule.types), (args, report) => {
        const resource = this.resourceOf(args as PolicyResource);
        if (resource === undefined || !rule.types.includes(resource.type)) return decline(args, judges(rule));
        if (this.problems.length > 0) return decline(args, misconfigured);
        if (rule.scope === "resource")
          return this.say(this.judge.resource(rule, resource), report, [args as PolicyResource]);
        const old = this.previous.find(args.urn);
        if (old === undefined) return decline(args, nothingBefore);
        this.compared = true;
        this.say(this.judge.change(rule, resource, old), report, [args as PolicyResource]);
      }),
    };
  }

  stackPolicy(rule: Extract<Rule, { scope: "stack" }>): StackValidationPolicy {
    return {
      ...factsOf(rule),
      validateStack: typed(tokenOfAll(rule.types), (args, report) => {
        const stack = this.stackOf(args.resources as readonly PolicyResource[]);
        if (!rule.types.some((type) => stack.ofType(type).length > 0)) return decline(args, judges(rule));
        if (this.problems.length > 0) return decline(args, misconfigured);
        if (rule.needsCloud && !stack.cloud.present)
          return decline(args, "this stack has no resources of Google Cloud to compare with");
        if (looksBack(rule) && this.previous.before === undefined) return decline(args, nothingBefore);
        const judged = this.given === undefined ? (args.resources as readonly PolicyResource[]) : this.all;
        this.say(this.judge.stack(rule, stack, this.previous.before), report, judged);
      }),
    };
  }

  exemptionsPolicy(): StackValidationPolicy {
    return {
      name: EXEMPTIONS_POLICY,
      description: "Every exemption is still of use.",
      enforcementLevel: "advisory",
      severity: "low",
      tags: ["settings"],
      remediationSteps: `Take the exemption out of the configuration of ${SETTINGS_POLICY}, or give it a later day.`,
      validateStack: (_, report) => {
        if (this.problems.length > 0) return;
        // Without a state to compare with, nothing can be said of exemptions from rules about changes.
        const changes = new Set(this.rules.filter(looksBack).map(({ id }) => id));
        for (const { exemption, message } of this.judge.idleExemptions()) {
          const ended =
            exemption.expires !== undefined && exemption.expires < this.configuration.settings.today;
          if (ended || this.compared || !changes.has(exemption.rule)) report(message);
        }
      },
    };
  }

  private resourceOf(given: PolicyResource): Resource | undefined {
    const raw = rawOf(given);
    let found = this.resources.get(raw);
    if (found === undefined) {
      found = { resource: toResource(given) };
      this.resources.set(raw, found);
    }
    return found.resource;
  }

  /** Reports findings. What the program marked as secret stays so, for the SDK hands rules everything in plain text. */
  private say(findings: readonly Finding[], report: unknown, judged: readonly PolicyResource[]): void {
    const shown = findings.filter(({ exemption }) => exemption === undefined);
    if (shown.length === 0) return;
    const secrets = judged.map((resource) => ({ urn: resource.urn, ...this.secretsIn(resource) }));
    const values = secrets.flatMap((one) => one.values);
    const said = new Set<string>();
    for (const finding of shown) {
      const { urn } = finding.resource.origin;
      const hidden = secrets.some((one) => one.urn === urn && one.covers(finding.path));
      const message = messageOf(finding, (text) =>
        hidden ? "the value, which is secret, breaks this rule." : without(values, text),
      );
      // One unknown value may be in the way of several parts of a rule.
      if (said.has(`${urn} ${message}`)) continue;
      said.add(`${urn} ${message}`);
      (report as Report)({ message, ...(urn !== undefined && { urn }), enforcementLevel: finding.level });
    }
  }

  private secretsIn(resource: PolicyResource): Secrets {
    const raw = rawOf(resource);
    const found = this.secrets.get(raw) ?? this.secretsOf(resource);
    this.secrets.set(raw, found);
    return found;
  }

  private stackOf(resources: readonly PolicyResource[]): Stack {
    if (this.given !== undefined) return this.given;
    const key = resources[0] === undefined ? resources : rawOf(resources[0]);
    const stack = this.stacks.get(key) ?? stackOf(resources, (resource) => this.resourceOf(resource));
    this.stacks.set(key, stack);
    return stack;
  }
}

/** Tells the SDK that there is nothing to judge, which it takes as an error; a stack trace for each would take long. */
function decline(args: { notApplicable(reason: string): never }, reason: string): never {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return args.notApplicable(reason);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function stackOf(
  resources: readonly PolicyResource[],
  read: (resource: PolicyResource) => Resource | undefined,
): Stack {
  return new Stack(resources.flatMap((resource) => read(resource) ?? []));
}

const judges = ({ types }: Rule): string => `judges ${types.join(", ")}`;
const nothingBefore = "there is nothing to compare with";
const misconfigured = "the configuration of the policy pack is wrong";

/** Lets the SDK pass over a policy where there is no resource of this type, before it prepares anything for it. */
function typed<F>(token: string | undefined, validate: F): F {
  return token === undefined ? validate : (Object.assign(validate as object, { __pulumiType: token }) as F);
}

/** A message without secret values. */
function without(secrets: readonly string[], message: string): string {
  const needles = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  // The longest first: one may be a part of another. What is shorter would take letters out of words.
  return needles
    .filter(({ length }) => length >= 4)
    .sort((a, b) => b.length - a.length)
    .reduce((text, secret) => text.replaceAll(secret, "[secret]"), message);
}

function messageOf(finding: Finding, discreet: (message: string) => string): string {
  const { rule, path, message, kind, level } = finding;
  if (kind === "violation") {
    const where = path.length === 0 ? "" : `${formatPath(path)}: `;
    return `${rule.title}\n${where}${discreet(message)}\n${rule.remedy}\n${rule.url}`;
  }
  const lines = [rule.title, message];
  if (level === "mandatory")
    lines.push("Compute the value in the program from what is known, so that it can be judged now.");
  return lines.join("\n");
}
