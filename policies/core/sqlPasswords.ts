import { sqlOf } from "./extensions";
import type { View } from "./view";

/** A text in a statement, or in one that a statement runs, where its quotes are doubled. */
const text = String.raw`(?:[EU]?&?'(?!')(?<plain>[^']+)'|''(?<doubled>[^'\s;]+)''|\$(?<tag>\w*)\$(?<dollar>.+?)\$\k<tag>\$)`;

/** Roles and user mappings. */
const ofRole = new RegExp(
  String.raw`\b(?:ALTER|CREATE)\s+(?:ROLE|USER|GROUP)\b[^;]*?\bPASSWORD\s+${text}`,
  "gis",
);

/** Connection strings, as key and value or as an address. */
const ofConnection =
  /\b(?:CONNECTION|dblink\w*\s*\()\s*'(?:[^']*\bpassword\s*=\s*(?:'')?[^\s']|postgres(?:ql)?:\/\/[^'@/\s:]*:[^'@\s]+@)/i;

/** What Postgres keeps instead of a password: nobody logs in with it by SCRAM. */
const hashed = /^(SCRAM-SHA-256\$|md5[0-9a-f]{32}$)/;

/** Whether a statement has a password in it that anybody can read. */
export function setsPassword(statement: View): boolean {
  const sql = sqlOf(statement);
  return (
    ofConnection.test(sql) ||
    [...sql.matchAll(ofRole)].some(({ groups = {} }) => {
      const value = groups.plain ?? groups.doubled ?? groups.dollar ?? "";
      return value !== "" && !hashed.test(value);
    })
  );
}
