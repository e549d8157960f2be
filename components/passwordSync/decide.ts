import type { Check } from "../check";
import type { LoginPlan } from "../plan/logins";
import type { PlannedObject } from "../plan/object";
import type { Workload } from "../units/workload";
import { syncObjects } from "./job";

/** A role or an owner whose passwords can be put right. */
export interface Syncable {
  /** Where its setting stands, below the cluster. */
  readonly at: readonly [section: string, name: string, key: string];
  /** The setting. */
  readonly run: string | undefined;
  readonly users: readonly Pick<LoginPlan, "role" | "secretName" | "verbatim">[];
  readonly after: readonly string[];
}

/** The Jobs that were asked for. */
export function decideSyncs(
  check: Check,
  all: readonly Syncable[],
  context: { readonly workload: Workload; readonly image: string; readonly caSecret: string },
): PlannedObject[] {
  const done = new Map<string, { readonly run: string; readonly setting: string }>();
  return all.flatMap(({ at: [section, name, key], run, users, after }) => {
    if (run === undefined) return [];
    const at = check.at(section).at(name);
    at.require(
      /^[^\p{C}]{1,100}$/u.test(run),
      key,
      run,
      "a text of 1 to 100 characters that is new each time, such as today's date",
    );
    at.require(
      users.length > 0,
      key,
      run,
      "remove it for a role without a password: there is none to put right",
    );
    return users
      .filter(({ role }) => {
        const first = done.get(role);
        if (first === undefined) done.set(role, { run, setting: `${section}.${name}.${key}` });
        else
          at.require(
            first.run === run,
            key,
            run,
            `${JSON.stringify(first.run)}, as ${first.setting} has it, or left out in one of them: both are for user ${role}, ` +
              "whose password is put right once",
          );
        return first === undefined;
      })
      .flatMap(({ role, secretName, verbatim = false }) =>
        syncObjects({ ...context, user: role, secret: secretName, verbatim, run, after }),
      );
  });
}
