/**
 * `node --import tsx tools/gcpSchemas.ts`: writes test/fixtures/gcp/apis.json, the few messages of Google's APIs that our
 * resources end as. They are Google's own discovery documents, which the Go module google.golang.org/api carries
 * (BSD 3-Clause License, Copyright 2011 Google Inc.). Needs Go, and no account.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const MODULE = "google.golang.org/api";
const VERSION = "v0.315.0";

/** The messages of each document; what they refer to comes along. */
const wanted = {
  storage: { file: "storage/v1/storage-api.json", messages: ["Bucket", "Policy"] },
  iam: { file: "iam/v1/iam-api.json", messages: ["CreateServiceAccountRequest", "SetIamPolicyRequest"] },
} as const;

type Schema = { readonly [key: string]: unknown };

interface Discovery {
  readonly revision: string;
  readonly schemas: { readonly [name: string]: Schema };
}

/** Of a schema what can be checked by it: no prose but that which states a limit. */
function trimmed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(trimmed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      // A schema's own id is a text; a property of that name is a schema.
      .filter(([key, inner]) => key !== "id" || typeof inner !== "string")
      .filter(([key, inner]) => !dropped.has(key) && (key !== "description" || statesLimit(inner)))
      .map(([key, inner]) => [key, trimmed(inner)]),
  );
}

const dropped = new Set(["annotations", "enumDescriptions", "deprecated"]);
const statesLimit = (text: unknown): boolean =>
  typeof text !== "string" || /characters long|maximum length|Values include|supported\.$/.test(text);

function referred(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === "$ref" && typeof value === "string" ? [value] : referred(value),
  );
}

function extracted({ schemas }: Discovery, messages: readonly string[]): { [name: string]: unknown } {
  const found = new Map<string, unknown>();
  const waiting = [...messages];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    const schema = schemas[name];
    if (schema === undefined) throw new Error(`${MODULE}@${VERSION} has no message ${name}`);
    found.set(name, trimmed(schema));
    waiting.push(...referred(schema));
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const { Dir } = JSON.parse(
  execFileSync("go", ["mod", "download", "-json", `${MODULE}@${VERSION}`], { encoding: "utf8" }),
) as { Dir: string };
const apis = Object.entries(wanted).map(([name, { file, messages }]) => {
  const discovery = JSON.parse(readFileSync(join(Dir, file), "utf8")) as Discovery;
  return [name, { file, revision: discovery.revision, schemas: extracted(discovery, messages) }];
});
const content = {
  source: `${MODULE}@${VERSION}, extracted by tools/gcpSchemas.ts`,
  license: "BSD-3-Clause, Copyright (c) 2011 Google Inc. All rights reserved.",
  ...Object.fromEntries(apis),
};
const target = join(__dirname, "../test/fixtures/gcp/apis.json");
writeFileSync(target, `${JSON.stringify(content, null, 1)}\n`);
console.log(`wrote ${target}`);
