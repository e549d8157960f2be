import { Check } from "./check";
import { unknownSetting } from "./nearest";
import { notShown, Problems, soundsSecret } from "./problems";
import { shapes } from "./shapes";

/**
 * One argument: `s` text, `n` a number, `b` a truth value, `@Name` one of {@link shapes}, `[…]` a list, `{"*": …}` a map. A group
 * has `?` behind a name that can be left out, and `~` where an Output can stand too. A list of values is an enumeration.
 */
type Shape = string | readonly [Shape] | { readonly [field: string]: Shape };

/** The components whose arguments are checked. */
export type Shaped = "BackupBucket" | "BackupIdentity" | "PostgresCluster" | "PostgresEnvironment";

/**
 * Problems to decide with, once the arguments have the shape that their component declares. TypeScript checks the same where it is
 * asked; a program in JavaScript, with a cast or in another language is not asked.
 *
 * A key that there is not, or a value that an enumeration has not, is reported with what is decided of the rest.
 *
 * @throws InvalidSettings with everything that is missing or of another type, in which case nothing can be decided
 */
export function shapedProblems(component: Shaped, name: string, args: unknown): Problems {
  const problems = new Problems();
  if (!hasShape(problems, component, args)) problems.throwIfAny(`${component} ${name}`);
  return problems;
}

/** Reports what is wrong with the shape of arguments; returns whether they can be decided upon all the same. */
export function hasShape(problems: Problems, component: Shaped, args: unknown): boolean {
  const found = new Problems();
  const able = judge(new Check(found), "", `@${component}`, args);
  for (const problem of found.list) problems.addShape(problem);
  return able;
}

function judge(check: Check, key: string | number, shape: Shape, value: unknown): boolean {
  const wrong = (allowed: string, shown: unknown = value): boolean => {
    check.fail(key, shown, allowed);
    return false;
  };
  const inside = key === "" ? check : check.at(key);
  if (isOutput(value))
    return wrong(
      "a value that is known before anything is registered; names are computed, not discovered",
      "an Output",
    );
  if (typeof shape === "string" && !shape.startsWith("@"))
    return typeof value === kinds[shape]?.type || wrong(`${kinds[shape]?.says}`, shown(value));
  if (typeof shape !== "string" && Array.isArray(shape)) {
    if (!Array.isArray(value)) return wrong("a list, such as [first, second]", shown(value));
    return all(value.map((each, i) => judge(inside, i, shape[0] as Shape, each)));
  }
  const named = typeof shape === "string" ? read(shape.slice(1)) : (shape as Group);
  if (Array.isArray(named)) {
    const says = `one of ${named.join(", ")}`;
    if (typeof value !== "string") return wrong(says, shown(value));
    if (!named.includes(value)) wrong(says);
    return true;
  }
  const isMap = "*" in named;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return wrong(isMap ? "names with something below each" : "settings below it", shown(value));
  return isMap ? judgeMap(inside, named as Group, value) : judgeGroup(inside, named as Group, value);
}

type Group = { readonly [field: string]: Shape };

function judgeMap(check: Check, shape: Group, value: object): boolean {
  return all(
    Object.entries(value).map(
      ([name, each]) => each === undefined || judge(check, name, shape["*"] as Shape, each),
    ),
  );
}

function judgeGroup(check: Check, group: Group, value: object): boolean {
  const fields = Object.entries(group).map(([field, shape]) => {
    const [, name = "", flags = ""] = /^(.*?)([?~]*)$/.exec(field) ?? [];
    return { name, shape, optional: flags.includes("?"), output: flags.includes("~") };
  });
  const known = fields.map(({ name }) => name);
  for (const [name, each] of Object.entries(value))
    if (each !== undefined && !known.includes(name))
      check.fail(name, soundsSecret(name) ? notShown : shown(each), unknownSetting(name, known));
  return all(
    fields.map(({ name, shape, optional, output }) => {
      const each = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
      if (each === undefined) {
        // Keys to a store are asked for where it is decided what they open, by the names that they have there.
        if (!optional && !output) check.fail(name, undefined, says(shape));
        return optional || output;
      }
      return (output && isOutput(each)) || judge(check, name, shape, each);
    }),
  );
}

const kinds: Readonly<Record<string, { readonly type: string; readonly says: string }>> = {
  s: { type: "string", says: "text, in quotes" },
  n: { type: "number", says: "a number, without quotes" },
  b: { type: "boolean", says: "true or false, without quotes" },
};

/** What can stand there, of something that is missing. */
function says(shape: Shape): string {
  if (typeof shape !== "string") return Array.isArray(shape) ? "a list" : "names with something below each";
  if (!shape.startsWith("@")) return `${kinds[shape]?.says}`;
  const named = read(shape.slice(1));
  return Array.isArray(named) ? `one of ${named.join(", ")}` : "settings below it";
}

/** Numbers and truth values as they are; of text and of what has parts nobody knows what is in it, in the wrong place. */
function shown(value: unknown): unknown {
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  return typeof value === "function" ? "a function" : notShown;
}

/** As `pulumi.Output.isInstance` knows one, also of another copy of the SDK; and what is promised. */
function isOutput(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { __pulumiOutput: output, then } = value as { __pulumiOutput?: unknown; then?: unknown };
  return output === true || typeof then === "function";
}

const parsed = new Map<string, Group | readonly string[]>();

function read(name: string): Group | readonly string[] {
  let shape = parsed.get(name);
  if (shape === undefined) {
    shape = JSON.parse(shapes[name] ?? "{}") as Group | readonly string[];
    parsed.set(name, shape);
  }
  return shape;
}

/** All of them, without stopping at the first that is not. */
function all(judged: readonly boolean[]): boolean {
  return judged.every((each) => each);
}
