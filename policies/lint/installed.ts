import type { Origin } from "../core/resource";
import type { Path } from "../core/view";
import { objectsOf } from "./chart/objects";
import { type Installation, installationsIn } from "./chart/releases";
import { over } from "./chart/values";
import { lineIn } from "./lines";

/** Who takes what was made of values. */
export interface Taker {
  readonly judged: (object: Record<string, unknown>, origin: Origin) => void;
  readonly complain: (origin: Origin, message: string) => void;
  readonly left: (elsewhere: string) => void;
}

/**
 * Makes of all values of the chart `cluster` in a document the objects that the chart would make.
 *
 * @param below values that these are laid over, as `-f values.yaml -f values-prod.yaml` does
 * @returns whether there are any
 */
export function install(
  document: Readonly<Record<string, unknown>>,
  origin: Origin,
  taker: Taker,
  below?: Readonly<Record<string, unknown>>,
): boolean {
  const hasBase = below !== undefined && installationsIn(below).length > 0;
  const whole = hasBase ? (over(below, document) as Record<string, unknown>) : document;
  const found = installationsIn(whole);
  for (const installation of found) {
    if (installation.elsewhere !== undefined) {
      taker.left(installation.elsewhere);
      continue;
    }
    const { objects, refused } = objectsOf(installation.values, installation.release);
    const linesOf = (from: readonly (readonly [Path, Path])[]): Origin => {
      const lineOf = (path: Path) => lineOfValue(installation, origin, valuesPath(from, path));
      return {
        file: origin.file ?? "",
        lineOf,
        get line() {
          return lineOf([]) ?? origin.line ?? 1;
        },
      };
    };
    for (const { object, from } of objects) taker.judged(object, linesOf(from));
    for (const { path, expected } of refused) {
      const place = linesOf([[[], path.split(".")]]);
      taker.complain(
        place,
        `can't be judged in full: ${path}: got nothing, expected ${expected}. The chart cnpg/cluster refuses such values. Write it, or render the chart with all values: helm template <release> cnpg/cluster -f <values> | cnpg-lint -`,
      );
    }
  }
  return found.length > 0;
}

/** Where in the values something of an object comes from. */
function valuesPath(from: readonly (readonly [Path, Path])[], path: Path): Path {
  const fits = from.filter(([of]) => of.every((key, i) => path[i] === key));
  const [of, to] = fits.reduce<readonly [Path, Path]>(
    (best, one) => (one[0].length >= best[0].length ? one : best),
    [[], []],
  );
  return [...to, ...path.slice(of.length)];
}

function lineOfValue({ path, text }: Installation, origin: Origin, inner: Path): number | undefined {
  if (text === undefined) return origin.lineOf?.([...path, ...inner]);
  // The lines of a block begin below its key.
  const [key, within] = [origin.lineOf?.(path), lineIn(text, 0, inner)];
  return key === undefined || within === undefined ? key : key + 1 + within;
}
