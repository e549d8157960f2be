import { type ParseArgsConfig, parseArgs } from "node:util";

/** A call that can't be understood; the message says what can. */
export class UsageError extends Error {}

/**
 * Reads the options of a call.
 *
 * @throws UsageError with what can be said, `help`
 */
export function readArgs<const T extends ParseArgsConfig>(
  config: T,
  help: string,
): ReturnType<typeof parseArgs<T>>["values"] {
  try {
    return parseArgs(config).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${help}`);
  }
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
