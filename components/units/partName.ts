import { matching, type Parsed } from "./parsed";

/** What stands between a cluster's name and the rest in names of objects. */
export function partName(text: string): Parsed<string> {
  return matching(
    text,
    /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/,
    'a name of at most 40 lower-case letters, digits and hyphens, with a letter or digit at each end, such as "nightly"',
  );
}
