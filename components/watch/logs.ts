import { oneLine } from "./symptom";

/** A record of CNPG's instance manager, of Postgres through it, or of a plugin's sidecar: a JSON object a line. */
interface LogRecord {
  readonly level?: string;
  readonly logger?: string;
  readonly msg?: string;
  readonly error?: string;
  readonly err?: string;
  readonly stderr?: string;
  readonly record?: { readonly error_severity?: string; readonly message?: string; readonly detail?: string };
}

/**
 * The line that says best why a container failed: the last of the most severe ones. Only messages are taken: what stands
 * beside them in a record, such as a statement, may hold data.
 *
 * @returns undefined where nothing reads like a reason
 */
export function reasonInLog(log: string): string | undefined {
  let best: { readonly weight: number; readonly text: string } | undefined;
  for (const line of log.split("\n")) {
    const found = weigh(line.trim());
    if (found !== undefined && found.weight >= (best?.weight ?? 0)) best = found;
  }
  return best === undefined ? undefined : oneLine(best.text);
}

/** Records that only say that something ended, whose cause is in another one. */
const followers =
  /^(exit status \d+|restore error|error while .*(exit status|bootstrap)|failed to run|.*\bend of stream|.*context canceled|while .* instance)$/i;

/** What is wrong with a setting: the line that says no more than that something is, comes after it. */
export const badSetting =
  /(?:unrecognized configuration parameter|invalid value for parameter|\S+ is outside the valid range for parameter|syntax error in file) .*$/;

function weigh(line: string): { weight: number; text: string } | undefined {
  if (line === "") return undefined;
  if (!line.startsWith("{")) {
    const [setting] = badSetting.exec(line) ?? [];
    if (setting !== undefined) return { weight: 7, text: setting };
    if (/\b(FATAL|PANIC)\b/.test(line)) return { weight: 6, text: line };
    if (/^(initdb|pg_basebackup|pg_ctl|pg_restore|pg_dump|psql|postgres)\b.*\berror\b/i.test(line))
      return { weight: 5, text: line };
    if (/\b(ERROR|CRITICAL|Error)\b/.test(line)) return { weight: 4, text: line };
    return undefined;
  }
  let record: LogRecord;
  try {
    record = JSON.parse(line) as LogRecord;
  } catch {
    return undefined;
  }
  const { record: postgres, level, msg = "", logger = "" } = record;
  if (postgres !== undefined) {
    const { error_severity: severity = "", message = "" } = postgres;
    // Clients that come while Postgres starts or stops are refused so: a consequence.
    if (/the database system is (starting up|shutting down|not yet accepting)/.test(message))
      return undefined;
    if (badSetting.test(message)) return { weight: 7, text: message };
    if (severity === "FATAL" || severity === "PANIC") return { weight: 6, text: `${severity}: ${message}` };
    if (/contains errors/.test(message)) return { weight: 6, text: message };
    if (severity === "ERROR") return { weight: 3, text: `ERROR: ${message}` };
    return undefined;
  }
  // What Postgres says before its log is collected, with a time before it.
  const [setting] = badSetting.exec(msg) ?? [];
  if (setting !== undefined) return { weight: 7, text: setting };
  const [, loud] = /\b((?:FATAL|PANIC): .*)$/.exec(msg) ?? [];
  if (loud !== undefined) return { weight: 6, text: loud };
  const text = said(record);
  // Barman's programs write their own lines, which the instance manager passes on with their name as the logger.
  if (/^(barman-|initdb|pg_)/.test(logger) && /\b(error|exception|denied|not found|forbidden)\b/i.test(msg))
    return { weight: 5, text: msg };
  if (level !== "error" && level !== "fatal") return undefined;
  return { weight: followers.test(text) ? 1 : 4, text };
}

function said({ msg = "", error, err, stderr }: LogRecord): string {
  const why = [stderr, error, err].filter((text) => text !== undefined && text !== "" && text !== msg);
  return [msg, ...why].join(": ");
}
