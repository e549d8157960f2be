// Writes out what our program declares, for declareByHand: record.ts <stack file> <folder> <resources>
import { readFileSync, writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { readProject } from "../../offline/stackFile";
import { SECRET, SPECIAL } from "../../offline/wire";
import { keyOf, passwordMark, type WrittenResource } from "./byHand";
import { exitWith, ours, up } from "./run";
import { root, type StackContent, stateFile } from "./stackOf";
import { keyOfUrn, readState, realResources, type StateResource } from "./state";

const [stackFile = "", folder = "", resources = ""] = process.argv.slice(2);

async function main(): Promise<void> {
  const content = JSON.parse(readFileSync(stackFile, "utf8")) as StackContent;
  /** In the order of their declaration, which the engine does not keep, with an option that it does not keep either. */
  const declared = new Map<string, { readonly deleteBeforeReplace: boolean | undefined }>();
  const { recorder } = await up(folder, content, () => {
    pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
      const { deleteBeforeReplace } = opts as pulumi.CustomResourceOptions;
      declared.set(keyOf({ type, name }), { deleteBeforeReplace });
      return undefined;
    });
    return ours();
  });

  const state = realResources(readState(stateFile(folder, readProject(root).name)));
  const inState = new Map(state.map((resource) => [keyOfUrn(resource.urn), resource]));
  if (inState.size !== state.length) throw new Error("two resources of one type have one name");
  const inputs = new Map([...recorder.declared.values()].map((one) => [keyOfUrn(one.urn), one.inputs]));
  const written = [...declared].flatMap(([key, { deleteBeforeReplace }]): WrittenResource[] => {
    const resource = inState.get(key);
    if (resource === undefined) return [];
    return [write(key, resource, inputs.get(key) ?? {}, deleteBeforeReplace)];
  });
  if (written.length !== state.length)
    throw new Error(`${state.length} resources in the state, ${written.length} of them seen`);
  writeFileSync(resources, JSON.stringify(written, undefined, 1));
}

function write(
  key: string,
  resource: StateResource,
  inputs: Readonly<Record<string, unknown>>,
  deleteBeforeReplace: boolean | undefined,
): WrittenResource {
  const { type, protect, replacementTrigger, customTimeouts, propertyDependencies = {} } = resource;
  const fromInputs = new Set(Object.values(propertyDependencies).flat().map(keyOfUrn));
  const sources = [...fromInputs];
  if (sources.length > 1 || sources.some((source) => !source.startsWith("random:index/randomPassword:")))
    throw new Error(`${key}: only values of one password can be written out, not ${sources.join(", ")}`);
  const [password] = sources;
  return {
    type,
    name: key.slice(type.length + 2),
    inputs: (password === undefined ? inputs : withMark(inputs)) as Readonly<Record<string, unknown>>,
    dependsOn: (resource.dependencies ?? []).map(keyOfUrn).filter((on) => !fromInputs.has(on)),
    ...(password !== undefined && { password }),
    ...(protect === true && { protect }),
    ...(replacementTrigger !== undefined && { replacementTrigger }),
    ...(deleteBeforeReplace !== undefined && { deleteBeforeReplace }),
    ...(customTimeouts !== undefined && { customTimeouts }),
  };
}

/** The inputs with secrets opened, and the mark in place of the password that they contain. */
function withMark(inputs: unknown): unknown {
  const opened = open(inputs);
  const password = (opened as { stringData?: { password?: unknown } }).stringData?.password;
  if (typeof password !== "string") throw new Error("stringData.password: no such text");
  return JSON.parse(JSON.stringify(opened).replaceAll(password, passwordMark));
}

function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open);
  if (typeof value !== "object" || value === null) return value;
  const content = value as Record<string, unknown>;
  if (content[SPECIAL] === SECRET) return open(content.value);
  return Object.fromEntries(Object.entries(content).map(([key, inner]) => [key, open(inner)]));
}

exitWith(main());
