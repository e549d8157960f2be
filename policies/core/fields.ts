import { fieldTrees } from "./fieldTrees";
import type { Resource } from "./resource";
import type { View } from "./view";

/**
 * What may stand at a place of an object: a map with these fields, a list of one kind of elements, a map with any keys
 * (the field `*`), or a letter: `s` text, `i` integer, `n` number, `b` truth value, `x` integer or text, `*` anything.
 * Behind `s:` are the texts that are allowed, with `|` between them.
 */
type Shape = string | readonly [Shape] | { readonly [field: string]: Shape };

/** Something in an object that its definition does not have, or that is not known yet. */
export interface Misplaced {
  readonly at: View;
  /** `unknown`: which fields are in it can't be known yet. `unknown value`: which of its choices it is can't be. */
  readonly problem: "field" | "value" | "unknown" | "unknown value";
  /** For a field: what was probably meant, as a path or a name. For a value: those that are allowed. */
  readonly instead: readonly string[];
}

interface Tree {
  /** Whose definition it is, and of which version: `CNPG 1.30`. */
  readonly made: string;
  readonly tree: Shape;
}

const trees = new Map<string, Tree>();
const found = new WeakMap<Resource, readonly Misplaced[]>();

/** Types whose definition is known. */
export const definedTypes: readonly string[] = Object.keys(fieldTrees);

/** Whose definition of a type is known, and of which version. */
export const definitionOf = (type: string): string => treeOf(type)?.made ?? "";

function treeOf(type: string): Tree | undefined {
  const known = trees.get(type);
  const text = Object.hasOwn(fieldTrees, type) ? fieldTrees[type] : undefined;
  if (known !== undefined || text === undefined) return known;
  const read = JSON.parse(text) as Tree;
  trees.set(type, read);
  return read;
}

/**
 * Fields that an object's definition does not have, texts that are none of those that it allows, and what may hold either
 * and is not known yet. Looking for them, it
 * reads every value as the type that the definition gives it, so that those of another type are told too.
 */
export function misplacedIn(resource: Resource): readonly Misplaced[] {
  const known = found.get(resource);
  if (known !== undefined) return known;
  const misplaced: Misplaced[] = [];
  const tree = treeOf(resource.type)?.tree;
  if (tree !== undefined) look(resource.view, tree, tree, misplaced);
  found.set(resource, misplaced);
  return misplaced;
}

function look(view: View, shape: Shape, root: Shape, into: Misplaced[]): void {
  if (!view.exists) return;
  if (view.unknown) {
    if (typeof shape !== "string") into.push({ at: view, problem: "unknown", instead: [] });
    else if (shape.startsWith("s:")) into.push({ at: view, problem: "unknown value", instead: [] });
  } else if (typeof shape === "string") lookAtValue(view, shape, into);
  else if (isList(shape)) for (const element of view.list()) look(element, shape[0], root, into);
  else
    for (const key of view.knownKeys()) {
      const at = view.at(key);
      const inside = Object.hasOwn(shape, key) ? shape[key] : shape["*"];
      if (inside !== undefined) look(at, inside, root, into);
      // What begins so are Pulumi's own notes in its inputs.
      else if (!key.startsWith("__")) into.push({ at, problem: "field", instead: guess(at, shape, root) });
    }
}

function lookAtValue(view: View, shape: string, into: Misplaced[]): void {
  if (shape === "b") view.flag();
  else if (shape === "i" || shape === "n") view.number();
  else if (shape === "x") view.scalar();
  else if (shape !== "*") {
    const value = view.text();
    if (value === undefined || !shape.startsWith("s:")) return;
    const allowed = shape.slice(2).split("|");
    if (!allowed.includes(value)) into.push({ at: view, problem: "value", instead: allowed });
  }
}

/** What was probably meant by a field that there is not: one beside it of a like name, or one of its name elsewhere. */
function guess(at: View, beside: Readonly<Record<string, Shape>>, root: Shape): string[] {
  const name = String(at.path.at(-1));
  const fits = Object.keys(beside).filter((field) => isLike(name, field) && takes(beside[field], at));
  if (fits.length > 0) return fits.length <= 2 ? fits : [];
  const elsewhere: string[] = [];
  collect(root, [], name, at, elsewhere);
  // The nearest to the top is the one that people mean: spec.plugins, and not the one of an external cluster.
  elsewhere.sort((a, b) => a.split(".").length - b.split(".").length);
  const [first, second] = elsewhere;
  return first === undefined || first.split(".").length === second?.split(".").length ? [] : [first];
}

function collect(shape: Shape, path: readonly string[], name: string, at: View, into: string[]): void {
  if (typeof shape === "string" || path.length > 4) return;
  if (isList(shape)) {
    collect(shape[0], path, name, at, into);
    return;
  }
  for (const [field, inside] of Object.entries(shape)) {
    if (field === name && path.length > 0 && takes(inside, at)) into.push([...path, field].join("."));
    collect(inside, [...path, field], name, at, into);
  }
}

function isLike(name: string, field: string): boolean {
  const [a, b] = [name.toLowerCase(), field.toLowerCase()];
  if (a === b) return true;
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  return (shorter.length >= 6 && longer.includes(shorter)) || (shorter.length >= 4 && isOneSlip(a, b));
}

/** Whether one letter too many, too few or wrong, or two that have changed places, make one word of the other. */
function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [inA, inB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (inA.length <= 1 && inB.length <= 1) return true;
  return inA.length === 2 && inB.length === 2 && inA[0] === inB[1] && inA[1] === inB[0];
}

/** Whether a value of a shape can be what stands there: a map, a list, or neither. */
function takes(shape: Shape | undefined, { form }: View): boolean {
  if (shape === undefined || form === "unknown") return false;
  if (typeof shape === "string") return form === "scalar" || shape === "*";
  return form === (isList(shape) ? "list" : "map");
}

const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape);
