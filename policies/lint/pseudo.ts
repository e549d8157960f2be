import type { Finding, Judge } from "../core/judge";
import { Resource } from "../core/resource";
import { type Fix, type ResourceRule, type RuleFacts, resourceRule } from "../core/rule";
import { unreadable } from "../core/unreadable";
import { wrongType } from "../core/wrongType";
import type { UnreadableDocument } from "./collected";

/** A rule that judges nothing by itself: its findings come from reading. */
const fromReading = (facts: RuleFacts): ResourceRule =>
  resourceRule({ ...facts, types: [], judge: () => {} });

/** Values of another type than the one that a rule asked for. */
export const wrongTypeRule = fromReading(wrongType);
const unreadableRule = fromReading(unreadable);

/** What the linter says besides the rules. Levels, exemptions and settings are as for any rule. */
export const pseudoRules: readonly ResourceRule[] = [unreadableRule, wrongTypeRule];

/** Values of another type than what rules asked for. Complete only after all rules have judged the resource. */
export function wrongTypes(judge: Judge, resource: Resource): Finding[] {
  if (resource.misfits.size === 0) return [];
  return said(judge, wrongTypeRule, resource, (report) => {
    // A number or a truth value that wants quotes alone.
    for (const { path, wanted, found } of resource.misfits.values())
      report(
        path,
        `${found} is there, where ${wanted} belongs.`,
        wanted === "a text" && ["a number", "true or false"].includes(found) ? [{ path, quoted: true }] : [],
      );
  });
}

/** A document that can't be read or judged: one that may have nothing to do with CloudNativePG stops nobody. */
export function unreadableDocument(
  judge: Judge,
  { origin, message, certain }: UnreadableDocument,
): Finding[] {
  const document = new Resource({ type: "Document", value: {}, origin, place: origin.file ?? "" });
  const { levels: _, ...plain } = unreadableRule;
  const rule: ResourceRule = certain ? unreadableRule : { ...plain, severity: "medium" };
  const findings = said(judge, rule, document, (report) => report([], message));
  return findings.map((finding) => ({ ...finding, rule: unreadableRule }));
}

type Report = (path: Finding["path"], message: string, fixes?: readonly Fix[]) => void;

function said(
  judge: Judge,
  rule: ResourceRule,
  resource: Resource,
  say: (report: Report) => void,
): Finding[] {
  const once = { ...rule, types: [resource.type], judge: ({ report }: { report: Report }) => say(report) };
  return judge.resource(once, resource).map((finding) => ({ ...finding, rule }));
}
