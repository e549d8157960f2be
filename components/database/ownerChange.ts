import { formatProblem } from "../problems";
import { quoteIdentifier } from "../units/sql";

/** What of a Database's inputs tells whose it is; it came back from the engine, so nothing is certain. */
interface DatabaseInputs {
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly spec?: { readonly name?: string; readonly owner?: string };
}

/**
 * Why a Database may not get another owner, and how it can; undefined if it keeps its own. CNPG does no more than `ALTER
 * DATABASE … OWNER TO` (operator 1.30, `database_controller_sql.go`): schemas and tables stay with the former owner, whose Secret goes with
 * it, and only a superuser can hand them over. Of the first database, the Cluster's guard says so.
 */
export function ownerChange(before: unknown, after: unknown): string | undefined {
  const [was, is] = [(before as DatabaseInputs)?.spec?.owner, (after as DatabaseInputs)?.spec?.owner];
  if (was === undefined || is === undefined || was === is) return undefined;
  const { metadata, spec } = after as DatabaseInputs;
  const [former, next] = [quoteIdentifier(was), quoteIdentifier(is)];
  const patch = JSON.stringify({ spec: { owner: is } }).replaceAll("'", "'\\''");
  return [
    `refused, because CNPG would make ${is} the owner of database ${spec?.name} and leave all that is in it to ${was}`,
    formatProblem({ path: "spec.owner", value: is, allowed: JSON.stringify(was) }),
    `  Undo it; or hand over first, as a superuser in database ${spec?.name}:`,
    `    CREATE ROLE ${next};  -- unless there is one`,
    `    REASSIGN OWNED BY ${former} TO ${next};  -- other databases of ${was} too: ALTER DATABASE … OWNER TO ${former} gives one back`,
    "  then tell CNPG:",
    `    kubectl patch databases.postgresql.cnpg.io/${metadata?.name} -n ${metadata?.namespace} --type merge -p '${patch}'`,
    "  and run this update with --refresh. See docs/grants.md, Another owner.",
  ].join("\n");
}
