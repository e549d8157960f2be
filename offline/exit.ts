import { type ParseArgsConfig, parseArgs } from "node:util";

/** A call that can't be understood; the message says what can. */
export class UsageError extends Error {}

/**
 * Reads the options of a call.
 *
 * @throws UsageError with what can be said, `help`; also for an option that npm took for itself, because no `--` stands before
 * it: without it, a preview would be an update
 */
export function readArgs<const T extends ParseArgsConfig>(
  config: T,
  help: string,
): ReturnType<typeof parseArgs<T>>["values"] {
  const taken = Object.keys(config.options ?? {}).filter(
    (name) => process.env[`npm_config_${name.replaceAll("-", "_")}`] !== undefined,
  );
  if (taken.length > 0 && process.env.npm_lifecycle_event !== undefined)
    throw new UsageError(
      `npm took ${taken.map((name) => `--${name}`).join(", ")} for itself, since options of a script stand after --. ` +
        `To do: ${npmCall(process.env.npm_lifecycle_event)} -- ${taken.map((name) => `--${name}`).join(" ")} …`,
    );
  try {
    return parseArgs(config).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${help}`);
  }
}

function npmCall(script: string): string {
  return script === "start" || script === "test" ? `npm ${script}` : `npm run ${script}`;
}

/**
 * Ends the process with what `main` comes to, or with 1 and its error: of those that tell a person what to change the message,
 * of any other, which is a bug, all that there is.
 *
 * @param forPeople classes of such errors with all that extend them; `Error` stands for itself alone
 */
export function exitWith(
  main: Promise<number>,
  forPeople: readonly (abstract new (...args: never[]) => Error)[],
): void {
  main.then(
    (code) => process.exit(code),
    (error: unknown) => {
      const found =
        error instanceof Error &&
        [UsageError, ...forPeople].some((type) =>
          type === Error ? error.constructor === Error : error instanceof type,
        );
      console.error(found ? `error: ${error.message}` : error);
      process.exit(1);
    },
  );
}
