/**
 * An SQL identifier in double quotes, with those inside doubled (Postgres lexical structure, "Quoted identifiers").
 *
 * @throws if it is empty or has a NUL, which no identifier can hold.
 */
export function quoteIdentifier(name: string): string {
  if (name === "" || name.includes("\0"))
    throw new Error("an SQL identifier is neither empty nor has a NUL in it");
  return `"${name.replaceAll('"', '""')}"`;
}

/** An SQL string constant in single quotes; with a backslash in it, in the E'' form, which every setting reads alike. */
export function quoteLiteral(text: string): string {
  if (text.includes("\0")) throw new Error("an SQL string has no NUL in it");
  const doubled = text.replaceAll("'", "''");
  return doubled.includes("\\") ? ` E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`;
}

/** The port of every Postgres Service that CNPG makes. */
export const postgresPort = 5432;

/**
 * A connection URI with every part encoded, so that a `/`, `@` or `%` in a name or password can't be read as
 * punctuation (libpq, "Connection URIs").
 *
 * @param part the password encoded already: a template encodes what only it knows
 */
export function connectionUri(part: {
  readonly user: string;
  readonly encodedPassword: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly parameters?: Readonly<Record<string, string>>;
}): string {
  const parameters = Object.entries(part.parameters ?? {}).map(([k, v]) => `${k}=${encodeURIComponent(v)}`);
  const query = parameters.length === 0 ? "" : `?${parameters.join("&")}`;
  const credentials = `${encodeURIComponent(part.user)}:${part.encodedPassword}`;
  return `postgresql://${credentials}@${part.host}:${part.port}/${encodeURIComponent(part.database)}${query}`;
}
