/**
 * components/shapes.ts: which arguments each component takes, and of which type, as Pulumi's own analyzer of component packages
 * reads them off the interfaces. It is what programs in other languages are held to, so it holds ours too.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Analyzer, type PropertyDefinition } from "@pulumi/pulumi/provider/experimental/analyzer";
import type { Generated } from "./crds";

/** As `components/shape.ts` reads it. */
type Shape = string | readonly [Shape] | { readonly [field: string]: Shape };

const target = "components/shapes.ts";
const components = ["BackupBucket", "BackupIdentity", "PostgresCluster", "PostgresEnvironment"];

/** The file; it needs nothing from outside the project. */
export function generateShapes(root: string): Generated {
  const folder = join(root, "components");
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const found = new Analyzer(folder, "pulumi-cnpg", { version }, new Set(components)).analyze();
  const shapes = new Map<string, unknown>();
  const add = (name: string, properties: Readonly<Record<string, PropertyDefinition>>) => {
    if (shapes.has(name)) return;
    shapes.set(name, fieldsOf(properties));
    for (const type of Object.values(properties).flatMap(named)) addType(type);
  };
  const addType = (name: string) => {
    const { enum: values, properties } = found.typeDefinitions[name] ?? {};
    if (values !== undefined)
      shapes.set(
        name,
        values.map(({ value }) => value),
      );
    else add(name, properties ?? {});
  };
  for (const name of components) add(name, found.components[name]?.inputs ?? {});
  const lines = [...shapes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, shape]) => {
      const text = JSON.stringify(shape);
      const line = `  ${name}: '${text}',`;
      return line.length > 110 ? `  ${name}:\n    '${text}',` : line;
    });
  const text = [
    "// Written by `npm run generate`; do not edit.",
    "",
    "/** Arguments of every component, and what they are made of, as JSON; see `shape.ts`. */",
    "export const shapes: Readonly<Record<string, string>> = {",
    ...lines,
    "};",
    "",
  ].join("\n");
  return { files: new Map([[target, text]]), stale: [], notes: [] };
}

/** `?` behind a name that can be left out, `~` where an Output can stand too. */
function fieldsOf(properties: Readonly<Record<string, PropertyDefinition>>): { [field: string]: Shape } {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      `${name}${property.optional === true ? "?" : ""}${property.plain === true ? "" : "~"}`,
      shapeOf(name, property),
    ]),
  );
}

function shapeOf(name: string, property: PropertyDefinition): Shape {
  const { items, additionalProperties } = property;
  if ("$ref" in property) return `@${typeName(property.$ref)}`;
  if (items !== undefined) return [shapeOf(name, items)];
  if (additionalProperties !== undefined) return { "*": shapeOf(name, additionalProperties) };
  const letter = letters[property.type];
  if (letter === undefined)
    throw new Error(`${name} is of the type ${property.type}, which ${target} has no letter for`);
  return letter;
}

const letters: Readonly<Record<string, string>> = { string: "s", number: "n", integer: "n", boolean: "b" };

function named(property: PropertyDefinition): string[] {
  const { items, additionalProperties } = property;
  return [
    ...("$ref" in property ? [typeName(property.$ref)] : []),
    ...(items === undefined ? [] : named(items)),
    ...(additionalProperties === undefined ? [] : named(additionalProperties)),
  ];
}

const typeName = ($ref: string): string => $ref.slice($ref.lastIndexOf(":") + 1);
