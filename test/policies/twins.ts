import { readSettings } from "../../policies/core/settings";
import { formatPath } from "../../policies/core/view";
import { lint } from "../../policies/lint/lint";
import { toResource } from "../../policies/pack/pulumi";
import { rules } from "../../policies/rules";

/** A resource as the engine would hand it to the pack. */
export interface Declared {
  readonly stack: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: { [key: string]: unknown };
  readonly protect: boolean;
}

/** What the pack says of one thing. */
export interface Finding {
  readonly rule: string;
  readonly where: string;
  readonly message: string;
}

/** Judges resources of one or several stacks together, by every rule of the strict pack. */
export function judgeAll(declared: readonly Declared[]): Finding[] {
  const resources = declared.flatMap(({ stack, type, name, inputs, protect }) => {
    const urn = `urn:pulumi:${stack}::pulumi-cnpg::${type}::${name}`;
    return toResource({ type, urn, props: inputs, opts: { protect } }) ?? [];
  });
  const { findings } = lint(resources, { rules, settings: readSettings({ pack: "strict" }, rules) });
  return findings.map(({ rule, resource, path, message }) => ({
    rule: rule.id,
    where: `${resource?.called ?? ""} ${formatPath(path)}`,
    message,
  }));
}
