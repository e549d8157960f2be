import { randomInt } from "node:crypto";
import { keeping } from "./keeping";
import { SECRET, SPECIAL, UNKNOWN } from "./wire";

const password = "random:index/randomPassword:RandomPassword";
const known = new Set(["length", "special", "upper", "lower", "number", "numeric", "keepers", "__defaults"]);
const characters = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
};

/** Stand-in for the Random provider: real random passwords, and of its other resources none. */
export const random = keeping({
  npmPackage: "@pulumi/random",
  check(type, inputs) {
    if (type !== password) return [`${type}: the offline Random provider has RandomPassword only`];
    const unknown = Object.keys(inputs).filter((key) => !known.has(key));
    const problems = unknown.map(
      (key) => `${key}: the offline Random provider knows ${[...known].slice(0, -1).join(", ")} only`,
    );
    const { length } = inputs;
    if (typeof length !== "number" || !Number.isInteger(length) || length < 1)
      problems.push("length: must be a whole number of at least 1");
    return problems;
  },
  id: () => "none",
  outputs(_type, inputs, preview, before) {
    // Like the real one: it is drawn once, and an update keeps it.
    const result = before?.result ?? { [SPECIAL]: SECRET, value: preview ? UNKNOWN : draw(inputs) };
    return { ...inputs, result };
  },
  replaceOn: () => ["length", "special", "upper", "lower", "number", "numeric", "keepers"],
});

function draw(inputs: { [key: string]: unknown }): string {
  const wanted = { ...inputs, numeric: inputs.numeric ?? inputs.number } as { [key: string]: unknown };
  const alphabet = Object.entries(characters).reduce(
    (all, [kind, set]) => (wanted[kind] === false ? all : all + set),
    "",
  );
  return Array.from({ length: Number(inputs.length) }, () => alphabet[randomInt(alphabet.length)]).join("");
}
