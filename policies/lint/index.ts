/**
 * The linter as a library.
 *
 * @example
 * import { lint, readPaths } from "cnpg-lint";
 *
 * const { resources, unreadable } = readPaths(["deploy"]);
 * for (const { rule, resource, path, message } of lint(resources, { unreadable }).findings)
 *   console.log(`${resource.origin.file}: ${resource.called} ${formatPath(path)}: ${message} (${rule.id})`);
 */
export type { Comparison, RowName, Verdict } from "../core/comparison";
export type { Finding } from "../core/judge";
export { type Origin, Resource, type ResourceInput } from "../core/resource";
export type { Level, Pack, Rule, RuleFacts, Severity } from "../core/rule";
export {
  defaultSettings,
  type Exemption,
  readSettings,
  type Settings,
  SettingsError,
} from "../core/settings";
export { formatPath, type Path, UNKNOWN } from "../core/view";
export { type PolicyResource, toResource } from "../pack/pulumi";
export type { UnreadableDocument } from "./collected";
export { type ClusterComparison, comparisons } from "./comparisons";
export type { Unavailable } from "./files";
export { allRules, type LintOptions, type LintResult, lint } from "./lint";
export { agree, formatComparisons, mostShown } from "./output/comparisons";
export { type ReadOptions, type ReadResult, readPaths, readText } from "./read";
