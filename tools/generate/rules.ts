import { globSync } from "node:fs";
import { basename, join } from "node:path";

/** `policies/rules/index.ts`: every rule, by id. */
export function renderRuleIndex(root: string): string {
  const ids = globSync("*.ts", { cwd: join(root, "policies/rules") })
    .map((file) => basename(file, ".ts"))
    .filter((id) => id !== "index")
    .sort();
  const local = (id: string) => id.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return [
    "// Written by `npm run generate`; do not edit.",
    'import type { Rule } from "../core/rule";',
    ...ids.map((id) => `import ${local(id)} from "./${id}";`),
    "",
    "/** Every rule, by id. */",
    "export const rules: readonly Rule[] = [",
    ...ids.map((id) => `  ${local(id)},`),
    "];",
    "",
  ].join("\n");
}
