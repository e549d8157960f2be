/**
 * What a map has under a name that somebody chose, such as a role's or a database's. `map[name]` alone finds what every object
 * has too: `constructor` and `toString` are good names of databases.
 */
export function own<T>(map: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}
