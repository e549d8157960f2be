import type { Policy } from "@pulumi/policy";
import { levelOf, type Rule } from "../core/rule";

/** What Pulumi shows of a rule. */
export function factsOf(rule: Rule): Policy {
  const facts: Policy = {
    name: rule.id,
    description: rule.title,
    enforcementLevel: levelOf(rule, "recommended"),
    severity: rule.severity,
    tags: [...rule.tags],
    remediationSteps: rule.remedy,
    url: rule.url,
  };
  const parameters = Object.entries(rule.parameters ?? {});
  if (parameters.length === 0) return facts;
  // Types are left to `readConfiguration`, which says all that is wrong at once; and so are defaults, because the engine
  // would hand them on as if they were configured.
  const properties = parameters.map(([name, { type, default: value, description }]) => [
    name,
    { description: `${description} A ${type}; default: ${JSON.stringify(value)}.` },
  ]);
  return { ...facts, configSchema: { properties: Object.fromEntries(properties) } };
}

/** What can be configured for the whole pack. */
export const settingsSchema = {
  properties: {
    pack: { description: "The levels of all rules: recommended (default), strict or advisory." },
    production: {
      description: "What is in production: true, false, or words of stack names, namespaces and labels.",
    },
    development: {
      description:
        "Words of what is not: names, namespaces and labels. What neither says is advised and not stopped.",
    },
    rules: { description: "Per rule a level, or a map of level and parameters." },
    exemptions: {
      description: "Leave to break a rule: a list of rule, resource, reason, and perhaps expires.",
    },
    previous: {
      description: "File that `pulumi stack export` wrote: what rules about changes compare with.",
    },
  },
} as never;
