import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import type { Resource } from "../core/resource";
import type { Before } from "../core/rule";
import { Stack } from "../core/stack";
import { UNKNOWN } from "../core/view";
import { toResource } from "./pulumi";

/** Variable with the file that rules about changes compare with, where the settings name none. */
export const PREVIOUS_VARIABLE = "PULUMI_CNPG_PREVIOUS";

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly protect?: boolean;
}

/** The stack as it was: what rules about changes compare with. */
export interface Previous {
  /** What is wrong with the file that is named, in one line; undefined if nothing is, or if none is named. */
  readonly problem: string | undefined;
  /** A resource as it was, by its URN. */
  find(urn: string): Resource | undefined;
  /** All of them; undefined if no file is named. */
  readonly before: Before | undefined;
}

/**
 * Reads the stack as it was from a file that `pulumi stack export` wrote, or from a state of the file backend. The policy SDK
 * itself does not tell a policy what was there before.
 *
 * @param named the file that the settings name; it goes before the one that {@link PREVIOUS_VARIABLE} names
 * @param folders where a relative path may begin, in this order
 */
export function readPrevious(
  named: string | undefined,
  folders: readonly string[] = callersFolders(),
): Previous {
  const variable = process.env[PREVIOUS_VARIABLE];
  const given = named ?? (variable === "" ? undefined : variable);
  if (given === undefined) return { problem: undefined, find: () => undefined, before: undefined };
  const failed = (why: string): Previous => ({
    problem: `${named === undefined ? PREVIOUS_VARIABLE : "cnpg-settings.previous"}: ${JSON.stringify(given)}; ${why}`,
    find: () => undefined,
    before: undefined,
  });
  const places = isAbsolute(given) ? [given] : folders.map((folder) => resolve(folder, given));
  const file = places.find((place) => existsSync(place));
  if (file === undefined)
    return failed(
      isAbsolute(given)
        ? `there is no such file; ${howToMake}`
        : `there is no such file in ${folders.join(", nor in ")}; ${howToMake}, and name it by its whole path`,
    );
  const resources = stateIn(file);
  if (resources === undefined) return failed(`${file} is no state of a stack; ${howToMake}`);
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const read = ({ urn, type, inputs = {}, protect = false }: StateResource) =>
    toResource({
      type,
      urn,
      props: unsealed(inputs) as Readonly<Record<string, unknown>>,
      opts: { protect },
    });
  const find = (urn: string) => {
    const found = byUrn.get(urn);
    return found === undefined ? undefined : read(found);
  };
  let stack: Stack | undefined;
  const before: Before = {
    of({ origin: { urn = "" } }) {
      const resource = find(urn);
      if (resource === undefined) return undefined;
      stack ??= new Stack(resources.flatMap((one) => read(one) ?? []));
      return { resource, stack };
    },
  };
  return { problem: undefined, find, before };
}

const howToMake = "`pulumi stack export --file` writes one";

/**
 * Where people called the engine from. The policy host itself runs in the pack's folder; its environment and the processes
 * above it (as far as the system shows them) tell of the folder that a person was in.
 */
function callersFolders(): string[] {
  const own = process.cwd();
  const { PWD, INIT_CWD } = process.env;
  const told = [PWD, INIT_CWD, ...foldersAbove()].filter(
    (folder) => folder !== undefined && folder !== "" && folder !== own,
  );
  return [...new Set([...(told as string[]), own])];
}

/** The folders of the processes that lead to this one, where there is a /proc. */
function foldersAbove(): string[] {
  const folders: string[] = [];
  try {
    for (let pid = process.ppid, depth = 0; pid > 1 && depth < 4; depth++) {
      folders.push(readlinkSync(`/proc/${pid}/cwd`));
      // `pid (name) state parent …`, and the name may have spaces and brackets in it.
      pid = Number(
        readFileSync(`/proc/${pid}/stat`, "utf8")
          .replace(/^.*\) \S+ /s, "")
          .split(" ")[0],
      );
    }
  } catch {
    // No /proc, or a process of somebody else's.
  }
  return folders;
}

/** By this key the engine tells a secret in its state from other values. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** Inputs with secrets as far as they can be read: with `--show-secrets` they can, otherwise they are not known. */
function unsealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unsealed);
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE in value) {
    const { plaintext } = value as { plaintext?: unknown };
    return typeof plaintext === "string" ? unsealed(JSON.parse(plaintext)) : UNKNOWN;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unsealed(inner)]));
}

interface State {
  readonly deployment?: { readonly resources?: readonly StateResource[] } | null;
  readonly checkpoint?: { readonly latest?: { readonly resources?: readonly StateResource[] } | null };
}

/** The resources of a state, none if the stack was never updated; undefined if the file holds no state. */
function stateIn(file: string): readonly StateResource[] | undefined {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
  if (typeof content !== "object" || content === null) return undefined;
  const { deployment, checkpoint } = content as State;
  if (deployment === undefined && checkpoint === undefined) return undefined;
  const resources = deployment?.resources ?? checkpoint?.latest?.resources ?? [];
  return Array.isArray(resources) ? resources : undefined;
}
