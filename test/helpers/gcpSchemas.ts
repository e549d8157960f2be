import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";
import ts from "typescript";

type Json = { readonly [key: string]: unknown };

interface Api {
  readonly schemas: { readonly [message: string]: Json };
}

const apis = JSON.parse(readFileSync(join(__dirname, "../fixtures/gcp/apis.json"), "utf8")) as unknown as {
  readonly storage: Api;
  readonly iam: Api;
};

/** A message as Google's discovery document describes it, without our changes. */
export function messageSchema(api: "storage" | "iam", message: string): Json {
  const found = apis[api].schemas[message];
  if (found === undefined) throw new Error(`the fixture has no ${api}.${message}`);
  return found;
}

/**
 * The discovery documents' schemas as JSON Schema: closed, since Google refuses fields that it does not know, and without those
 * that only its answers have.
 */
function jsonSchema(api: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((inner) => jsonSchema(api, inner));
  if (typeof value !== "object" || value === null) return value;
  const { $ref, format, readOnly: _, description: _prose, pattern, ...rest } = value as Json;
  if (typeof $ref === "string") return { $ref: `${api}.${$ref}` };
  const inner = Object.fromEntries(
    Object.entries(rest).map(([key, each]) => [
      key,
      key === "properties" ? writable(api, each as Json) : jsonSchema(api, each),
    ]),
  );
  return {
    ...inner,
    ...(rest.type === "object" && rest.additionalProperties === undefined && { additionalProperties: false }),
    ...(format === "int64" && rest.type === "string" && { pattern: "^-?[0-9]{1,19}$" }),
    ...(format === "int32" && { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }),
    ...(typeof pattern === "string" && { pattern }),
  };
}

function writable(api: string, properties: Json): Json {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, property]) => (property as Json).readOnly !== true)
      .map(([name, property]) => [name, jsonSchema(api, property)]),
  );
}

const ajv = new Ajv({ allErrors: true });
for (const [api, { schemas }] of Object.entries({ storage: apis.storage, iam: apis.iam }))
  for (const [name, schema] of Object.entries(schemas))
    ajv.addSchema({ ...(jsonSchema(api, schema) as object), $id: `${api}.${name}` });

/** What Google's own description of a message has against a body, each as `<path> <what is wrong>`. */
export function apiProblems(message: string, body: unknown): string[] {
  const validate = ajv.getSchema(message) as ValidateFunction | undefined;
  if (validate === undefined) throw new Error(`the fixture has no ${message}`);
  validate(body);
  return (validate.errors ?? []).map(
    ({ instancePath, message: what, params }) => `${instancePath} ${what} ${JSON.stringify(params)}`,
  );
}

/** An input of a resource, as the typings of @pulumi/gcp have it. */
export interface Input {
  readonly required: boolean;
  /** Its interface in types/input.d.ts, where it has fields of its own. */
  readonly fields: ReadonlyMap<string, Input> | undefined;
}

const gcp = join(__dirname, "../../node_modules/@pulumi/gcp");
const read = new Map<string, ReadonlyMap<string, string>>();

/** The inputs of `<Resource>Args` in a module of @pulumi/gcp, read from its typings. */
export function providerInputs(file: string, args: string): ReadonlyMap<string, Input> {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(gcp, file), "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const found = source.statements.find(
    (one): one is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(one) && one.name.text === args,
  );
  if (found === undefined) throw new Error(`${file} has no ${args}`);
  return fieldsOf(found);
}

function fieldsOf(declaration: ts.InterfaceDeclaration): ReadonlyMap<string, Input> {
  return new Map(
    declaration.members.filter(ts.isPropertySignature).map((member) => {
      const [, space, name] = /inputs\.(\w+)\.(\w+)/.exec(member.type?.getText() ?? "") ?? [];
      const nested = space === undefined || name === undefined ? undefined : nestedInterface(space, name);
      return [member.name.getText(), { required: member.questionToken === undefined, fields: nested }];
    }),
  );
}

/** types/input.d.ts has six megabytes: only the interface that is asked for is parsed. */
function nestedInterface(space: string, name: string): ReadonlyMap<string, Input> {
  const text = interfaces(space).get(name);
  if (text === undefined) throw new Error(`types/input.d.ts has no ${space}.${name}`);
  const source = ts.createSourceFile(`${name}.ts`, text, ts.ScriptTarget.Latest, true);
  return fieldsOf(source.statements[0] as ts.InterfaceDeclaration);
}

function interfaces(space: string): ReadonlyMap<string, string> {
  let found = read.get(space);
  if (found === undefined) {
    const all = readFileSync(join(gcp, "types/input.d.ts"), "utf8");
    const start = all.indexOf(`export declare namespace ${space} {`);
    const end = all.indexOf("\n}", start);
    found = new Map(
      [...all.slice(start, end).matchAll(/^ {4}interface (\w+) \{[\s\S]*?^ {4}\}/gm)].map(([text, name]) => [
        name as string,
        text,
      ]),
    );
    read.set(space, found);
  }
  return found;
}

/** Inputs that the provider does not have, and required ones that are missing, each as `<path>: <what is wrong>`. */
export function inputProblems(given: unknown, known: ReadonlyMap<string, Input>, at = ""): string[] {
  if (Array.isArray(given)) return given.flatMap((one, i) => inputProblems(one, known, `${at}[${i}]`));
  const inputs = given as Json;
  return [
    ...Object.keys(inputs).flatMap((key) => {
      const input = known.get(key);
      const path = at === "" ? key : `${at}.${key}`;
      if (input === undefined) return [`${path}: the provider has no such input`];
      return input.fields === undefined ? [] : inputProblems(inputs[key], input.fields, path);
    }),
    ...[...known]
      .filter(([key, { required }]) => required && inputs[key] === undefined)
      .map(([key]) => `${at === "" ? key : `${at}.${key}`}: required, and missing`),
  ];
}
