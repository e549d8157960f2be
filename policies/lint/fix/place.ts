import { unsealed } from "../../core/placeholder";
import type { Resource } from "../../core/resource";
import type { Path } from "../../core/view";
import { layoutOf, type Node } from "./layout";

/** A document of a file: its text with the marker before it, and the line on which it begins, from 1. */
export interface DocumentText {
  text: string;
  readonly line: number;
}

/** A file's text, cut at its document markers; joined again, it is the same. */
export function documentsOf(text: string): DocumentText[] {
  let line = 1;
  return text.split(/(?<=\n)(?=---(?:[ \t\r\n]|$))/).map((part) => {
    const document = { text: part, line };
    line += part.split("\n").length - 1;
    return document;
  });
}

/** Where an object stands in the documents of its file: which one, and the path within it. */
export function placeOf(
  documents: readonly DocumentText[],
  resource: Resource,
): { readonly document: number; readonly path: Path } | undefined {
  const line = resource.origin.line ?? 1;
  const index = documents.findLastIndex((document) => document.line <= line);
  const document = documents[index];
  const root = document && layoutOf(document.text)?.root;
  if (document === undefined || root === undefined) return undefined;
  const lineOf = ({ start }: Node) => document.line + document.text.slice(0, start).split("\n").length - 1;
  const all = [...objectsIn(root, "", [])];
  const [kind] = resource.type.split(".");
  const name = resource.name === undefined ? undefined : unsealed(resource.name);
  const own = all.filter((one) => one.kind === kind && (name === undefined || nameOf(one.node) === name));
  const there = all.length === 1 ? own : own.filter(({ node }) => lineOf(node) === line);
  const [only] = there;
  return there.length === 1 && only !== undefined ? { document: index, path: only.path } : undefined;
}

interface Found {
  readonly node: Node;
  readonly kind: string;
  readonly path: Path;
}

/** The object that a map is, or those of the list that it is. */
function* objectsIn(node: Node, byList: string, path: Path): Generator<Found> {
  const kind = scalarAt(node, "kind") ?? byList;
  const items = node.entries.findLast(({ key }) => key.text === "items")?.value.items;
  if (kind.endsWith("List") && items !== undefined)
    for (const [i, item] of items.entries()) yield* objectsIn(item, kind.slice(0, -4), [...path, "items", i]);
  else yield { node, kind, path };
}

function scalarAt(node: Node | undefined, key: string): string | undefined {
  const value = node?.entries.findLast((entry) => entry.key.text === key)?.value;
  return value?.kind === "scalar" ? value.text : undefined;
}

function nameOf(node: Node): string | undefined {
  return scalarAt(node.entries.findLast(({ key }) => key.text === "metadata")?.value, "name");
}
