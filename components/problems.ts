import { RunError } from "@pulumi/pulumi/errors";
import { holdsKey } from "./units/keyVariable";

/** One thing that is wrong with what a person wrote, in the terms of what they wrote. */
export interface Problem {
  /** Where it stands, such as `clusters.orders-db.storage.size`. */
  readonly path: string;
  /** What stands there; `undefined` where something is missing. Never a secret. */
  readonly value: unknown;
  /** What may stand there, or what to do: the end of the sentence "got …, expected …", or a sentence by itself. */
  readonly allowed: string;
}

/**
 * Collects every problem before anything is registered, so that one run shows them all.
 *
 * @example
 * const problems = new Problems();
 * problems.add("backups.retention", "30", "days, weeks or months, such as 30d");
 * problems.throwIfAny("stack dev");
 */
export class Problems {
  readonly list: Problem[] = [];
  private readonly misshapen = new Set<string>();

  add(path: string, value: unknown, allowed: string): void {
    if (!this.misshapen.has(path)) this.list.push({ path, value: withoutSecrets(path, value), allowed });
  }

  /** Something that is not of the shape that it should have: what else is found at this path follows from it. */
  addShape(problem: Problem): void {
    this.list.push({ ...problem, value: withoutSecrets(problem.path, problem.value) });
    this.misshapen.add(problem.path);
  }

  /** Whether something at this path, or below it, has been reported. */
  has(path: string): boolean {
    return this.list.some(
      (p) => p.path === path || p.path.startsWith(`${path}.`) || p.path.startsWith(`${path}[`),
    );
  }

  /** @throws {InvalidSettings} with all problems, if there is any. */
  throwIfAny(subject: string): void {
    if (this.list.length > 0) throw new InvalidSettings(subject, this.list);
  }
}

/** In place of a value that may be a secret which somebody wrote where none may stand. */
export const notShown = "(not shown)";

/** Whether a setting, known or not, sounds as if it had to do with a secret. */
export const soundsSecret = (name: string): boolean =>
  /secret|credential|access.?key|password|token/i.test(name);

/** Settings and variables that hold a secret itself, where somebody writes text. */
const holdsSecret = /passw(or)?d|token|api.?key|access.?key|private.?key/i;

/** Settings that hold the name of a Secret: text that can't be one may be what should be in it. */
const namesSecret = /secret|credential/i;
const nameLike = /^[\w.-]+$/;

/** Settings that only sound like a secret: what is written there is not one. */
const onlySounds = /^(sync(Owner)?Password|promotionToken|password_encryption|passwordSecret)$/;

/**
 * What may be shown of a value that is not allowed. People write a password where the name of its Secret belongs, or into a URL or a
 * variable.
 */
function withoutSecrets(path: string, value: unknown): unknown {
  const last = path.replace(/\[\d+\]$/, "").replace(/^.*\./, "");
  if (typeof value === "string") return isSecret(last, value) ? notShown : redacted(value);
  return hasSecret(value) ? notShown : value;
}

function isSecret(name: string, value: string): boolean {
  if (value === "" || onlySounds.test(name)) return false;
  return (
    holdsSecret.test(name) ||
    (/^[A-Z_\d]+$/.test(name) && holdsKey(name)) ||
    (namesSecret.test(name) && !nameLike.test(value))
  );
}

function hasSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, each]) =>
    typeof each === "string" ? isSecret(name, each) || redacted(each) !== each : hasSecret(each),
  );
}

/** Without the password of a URL or a connection string. */
const redacted = (text: string): string =>
  text
    .replaceAll(/(:\/\/[^\s/:@]*):[^\s@]*@/g, `$1:${notShown}@`)
    .replaceAll(/\b(\w*(?:password|secret|token)\w*\s*[=:]\s*)[^\s"',;]+/gi, `$1${notShown}`);

/**
 * An error that is for the person who runs Pulumi: its message is printed, and nothing of the program.
 *
 * It has no stack, though a RunError's is never printed: Pulumi's Node.js host formats it all the same, and Node's `inspect` with
 * colours loops over a path such as `node_modules/@pulumi/resource.ts` until 2 GB are full (seen with Node 20.20 and SDK 3.270: half a
 * minute for every message).
 */
export class Refused extends RunError {
  constructor(message: string) {
    super(message);
    this.stack = "";
  }
}

/** The one error for bad input: every problem with its path, its value and what is allowed. */
export class InvalidSettings extends Refused {
  constructor(
    readonly subject: string,
    readonly problems: readonly Problem[],
  ) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(`${subject}: ${count}, nothing was registered\n${problems.map(formatProblem).join("\n")}`);
  }
}

/** `  path: got "value", expected what is allowed` on one line. */
export function formatProblem({ path, value, allowed }: Problem): string {
  const found = value === undefined ? "is missing" : `got ${show(value)}`;
  // What is no description of a value is a sentence by itself.
  const sentence = /^[A-Z](?![A-Z])|^(remove it|called)\b/.test(allowed);
  if (!sentence) return `  ${path}: ${found}, expected ${allowed}`;
  const start = allowed.replace(/^called\b/, "It is called");
  return `  ${path}: ${found}. ${start.charAt(0).toUpperCase()}${start.slice(1)}`;
}

const longest = 80;

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
