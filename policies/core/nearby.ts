import { distance } from "fastest-levenshtein";
import { addTo } from "./grouped";
import { hasPlaceholder, mayBeSame, sealed } from "./placeholder";
import type { Stack } from "./stack";

/** So many names that differ in one word without digits are no slips of one another. */
const TOO_MANY = 200;

/**
 * Names that one may have meant another one of: it differs in dashes or case, or in a letter or two of one long word.
 * Short words tell things apart on purpose: store-a and store-b, orders-dev and orders-dr, orders-1 and orders-2.
 */
export class Names {
  private readonly joined = new Map<string, string[]>();
  /** By what is left of a name without the letters of one of its words. */
  private readonly butOne = new Map<string, string[]>();

  constructor(names: Iterable<string>) {
    for (const name of names) {
      const words = wordsOf(name);
      addTo(this.joined, words.join(""), name);
      for (const i of words.keys()) addTo(this.butOne, without(words, i), name);
    }
  }

  /** The one that somebody probably meant by a name, which is not among them. */
  nearest(name: string): string | undefined {
    const words = wordsOf(name);
    const same = this.joined.get(words.join(""))?.find((other) => other !== name);
    if (same !== undefined) return same;
    for (const [i, word] of words.entries()) {
      const others = this.butOne.get(without(words, i)) ?? [];
      if (others.length > TOO_MANY) continue;
      const other = others.find((one) => one !== name && alike(word, wordsOf(one)[i] ?? ""));
      if (other !== undefined) return other;
    }
    return undefined;
  }
}

/** Finds the names of a type's objects in a namespace; undefined for one that has none of them. */
export function namesIn(stack: Stack, type: string): (namespace: string | undefined) => Names | undefined {
  const listed = new Map<string, string[]>();
  for (const { namespace = "", name = "" } of stack.ofType(type)) addTo(listed, namespace, name);
  const known = new Map<string, Names>();
  return (namespace = "") => {
    const list = listed.get(namespace);
    let names = known.get(namespace);
    if (hasPlaceholder(namespace)) return undefined;
    if (names === undefined && list !== undefined) {
      names = new Names(list.filter((name) => name !== "" && !hasPlaceholder(name)));
      known.set(namespace, names);
    }
    return names;
  };
}

const unsureNames = new WeakMap<Stack, Map<string, readonly string[]>>();

/** Whether an object of a type may have a name once placeholders are filled in: `garage-${APP}` may be `garage-shop`. */
export function mayBeNamed(stack: Stack, type: string, name: string): boolean {
  if (hasPlaceholder(name)) return stack.ofType(type).some((one) => mayBeSame(one.name ?? name, name));
  const ofStack = unsureNames.get(stack) ?? new Map<string, readonly string[]>();
  unsureNames.set(stack, ofStack);
  let unsure = ofStack.get(type);
  if (unsure === undefined) {
    const names = stack.ofType(type).map((one) => one.name ?? sealed("?"));
    unsure = [...new Set(names.filter(hasPlaceholder))];
    ofStack.set(type, unsure);
  }
  return unsure.some((one) => mayBeSame(one, name));
}

/** Words with a gap instead of one of them, and the digits of that one. */
const without = (words: readonly string[], gap: number): string =>
  words.map((word, i) => (i === gap ? `\0${digitsOf(word)}` : word)).join("-");

const digitsOf = (word: string) => word.replaceAll(/\D/g, "");

const wordsOf = (text: string) => text.toLowerCase().split(/[-_.]+/);

/** Whether two letters beside each other have changed places. */
function isSwapped(a: string, b: string): boolean {
  const at = [...a].findIndex((letter, i) => letter !== b[i]);
  return (
    a.length === b.length && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
  );
}

function alike(a: string, b: string): boolean {
  const shortest = Math.min(a.length, b.length);
  if (digitsOf(a) !== digitsOf(b) || shortest < 4) return false;
  return distance(a, b) <= (shortest < 7 ? 1 : 2) || isSwapped(a, b);
}
