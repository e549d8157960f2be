/**
 * stacks/schema.json: a JSON Schema of stack files, by which an editor completes settings, explains them and marks what is not one.
 * What a value may be is checked by the program, which knows more than a schema can say.
 */
import type { Setting } from "../../components/index";
import { isSecretSetting } from "../../stacks/keys";
import { stackSchema } from "../../stacks/schema";
import type { Generated } from "./crds";

/** A part of draft 7 of JSON Schema. */
type JsonSchema = Record<string, unknown>;

const target = "stacks/schema.json";

/** The file; it needs nothing from outside the project. */
export function generateStackFileSchema(): Generated {
  const own = Object.entries(stackSchema.fields);
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A stack of pulumi-cnpg",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: {
          "gcp:project": {
            type: "string",
            description: "Id of the Google Cloud project: neither its name nor its number.",
          },
          "gcp:region": {
            type: "string",
            description: "Region, such as `europe-west1`; the bucket's location by default.",
          },
          ...Object.fromEntries(
            own.map(([name, setting]) => [`pulumi-cnpg:${name}`, topLevel(name, setting)]),
          ),
        },
        required: own
          .filter(([name, setting]) => setting.standIn !== undefined && name !== "clusters")
          .map(([name]) => `pulumi-cnpg:${name}`),
        // One that installs the platform may have no clusters.
        anyOf: ["clusters", "platform"].map((name) => ({ required: [`pulumi-cnpg:${name}`] })),
        // Settings of other projects and providers are theirs.
        patternProperties: { "^(?!pulumi-cnpg:)": {} },
        additionalProperties: false,
      },
    },
    required: ["config"],
  };
  return { files: new Map([[target, `${JSON.stringify(schema, undefined, 1)}\n`]]), stale: [], notes: [] };
}

/** Pulumi encrypts a text: `secure` is what it writes in its place. */
function topLevel(name: string, setting: Setting): JsonSchema {
  const schema = schemaOf(setting);
  // What has nothing below it is left out.
  if (setting.kind === "group" && setting.standIn === undefined)
    return { ...schema, type: ["object", "null"] };
  if (setting.kind !== "text") return schema;
  const secure = { type: "object", properties: { secure: { type: "string" } }, additionalProperties: false };
  const { description, ...plain } = schema;
  // Numbers and truth values are texts to Pulumi; a key may not stand in the open.
  const open = isSecretSetting(name) ? [] : [{ ...plain, type: ["string", "number", "boolean"] }];
  return { ...(description !== undefined && { description }), anyOf: [...open, secure] };
}

function schemaOf(setting: Setting): JsonSchema {
  const { about, kind, values, of, fields = {} } = setting;
  const description = about === "" ? {} : { description: about };
  switch (kind) {
    case "choice":
      return { ...description, type: "string", enum: [...(values ?? [])] };
    case "list":
      return { ...description, type: "array", items: schemaOf(of as Setting) };
    case "map":
      return { ...description, type: "object", additionalProperties: schemaOf(of as Setting) };
    case "group": {
      const all = Object.entries(fields);
      const needed = all.filter(([, { standIn }]) => standIn !== undefined).map(([name]) => name);
      return {
        ...description,
        type: "object",
        properties: Object.fromEntries(all.map(([name, field]) => [name, schemaOf(field)])),
        ...(needed.length > 0 && { required: needed }),
        additionalProperties: false,
      };
    }
    case "scalar":
      return { ...description, type: ["string", "number", "boolean"] };
    default:
      return { ...description, type: { text: "string", number: "number", flag: "boolean" }[kind] };
  }
}
