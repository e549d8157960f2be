import assert from "node:assert/strict";
import type { Resource } from "../../../policies/core/resource";
import type { View } from "../../../policies/core/view";
import { readText } from "../../../policies/lint/read";

export const schedule = (name: string, rest = "") =>
  `apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata:\n  name: ${name}\nspec:\n  schedule: "0 0 3 * * *"\n${rest}`;
export const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n";

export const namesOf = (resources: readonly Resource[]) => resources.map(({ name }) => name);
/** The value behind a path, however it is written. */
const rawOf = (view: View) => (view as unknown as { value: unknown }).value;
export const specOf = (text: string, ...path: string[]) => {
  const { resources, unreadable } = readText(
    `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: db }\nspec:\n${text}\n`,
  );
  assert.deepEqual(unreadable, []);
  return rawOf((resources[0] as Resource).view.at("spec", ...path));
};
