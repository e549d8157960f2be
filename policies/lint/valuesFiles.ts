import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isMap } from "./maps";
import { parse } from "./yaml";

/** What lies beside a file of values. */
export interface Beside {
  /** Values that it is laid over: those of `values.yaml` beside a `values-prod.yaml`. */
  readonly below?: Readonly<Record<string, unknown>>;
  /** Whether they are a chart's own, whose templates are beside it and tell what becomes of them. */
  readonly ofTemplates?: boolean;
}

/** Looks beside a file, if its name is one of values. */
export function besideValues(file: string): Beside {
  const name = basename(file);
  const folder = dirname(file);
  if (/^values\.ya?ml$/.test(name)) return { ofTemplates: hasOwnTemplates(folder) };
  if (!/^values[-._].+\.ya?ml$|^.+[-._]values\.ya?ml$/.test(name)) return {};
  const below = mapIn(join(folder, "values.yaml")) ?? mapIn(join(folder, "values.yml"));
  return { ofTemplates: hasOwnTemplates(folder), ...(below !== undefined && { below }) };
}

/** Whether a folder is that of a chart with templates that does not take the chart `cluster` for one of its own. */
function hasOwnTemplates(folder: string): boolean {
  const chart = mapIn(join(folder, "Chart.yaml"));
  if (chart === undefined) return false;
  const { dependencies } = chart;
  const takes =
    Array.isArray(dependencies) && dependencies.some((one) => isMap(one) && one.name === "cluster");
  return !takes && statSync(join(folder, "templates"), { throwIfNoEntry: false })?.isDirectory() === true;
}

function mapIn(file: string): Record<string, unknown> | undefined {
  try {
    return parse(readFileSync(file, "utf8")).documents.find(isMap);
  } catch {
    // Not there, or nothing that can be laid under anything.
    return undefined;
  }
}
