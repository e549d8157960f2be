import type { Check } from "../check";
import type { GivenParameter } from "./parameterChecks";
import { readBoolean } from "./parameterValue";

type Checked = ReadonlyMap<string, GivenParameter>;

/** Checks what has to fit other parameters, and what CNPG asks of them. */
export function checkTogether(check: Check, checked: Checked): void {
  const require = (name: string, holds: (parameter: GivenParameter) => boolean, allowed: string) => {
    const parameter = checked.get(name);
    if (parameter !== undefined) check.require(holds(parameter), parameter.given, parameter.text, allowed);
  };
  require("wal_level", ({ text }) =>
    text === "replica" ||
    text === "logical", "replica or logical: with any other, WAL can't be archived, and CNPG refuses it");
  require("wal_log_hints", ({ value }) =>
    value ===
    true, "on, or left out: a former primary is rewound with it, and CNPG refuses more than one instance without");
  checkReserved(check, checked);
  const versions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
  const least = String(checked.get("ssl_min_protocol_version")?.value ?? "TLSv1.3");
  require("ssl_max_protocol_version", ({ value }) =>
    value === "" ||
    versions.indexOf(String(value)) >=
      versions.indexOf(
        least,
      ), `${least} or newer, as ssl_min_protocol_version is (CNPG's default is TLSv1.3): Postgres does not start with less`);
  const slots = [...checked.keys()].some((name) => name.startsWith("pg_failover_slots."));
  const feedback = checked.get("hot_standby_feedback");
  check.require(
    !slots || readBoolean(feedback?.text ?? "") === true,
    "hot_standby_feedback",
    feedback?.text,
    "on: parameters of pg_failover_slots are set, and CNPG refuses them without",
  );
}

/** Postgres does not start when it keeps all of its connections for some. */
function checkReserved(check: Check, checked: Checked): void {
  const names = ["superuser_reserved_connections", "reserved_connections"] as const;
  const kept = numberOf(checked, names[0], 3n) + numberOf(checked, names[1], 0n);
  const connections = numberOf(checked, "max_connections", 100n);
  const at = ["max_connections", ...names]
    .map((name) => checked.get(name))
    .find((given) => given !== undefined);
  if (at === undefined || kept < connections) return;
  const allowed = checked.has("max_connections")
    ? `${kept + 1n} or more: Postgres keeps ${kept === 3n ? "three connections for superusers" : `${kept} connections for a few`}`
    : `less than max_connections (${connections}), together with what is kept besides`;
  check.fail(at.given, at.text, allowed);
}

/** A parameter that is a whole number; its default where it is not set. */
export function numberOf(checked: Checked, name: string, byDefault: bigint): bigint {
  const value = checked.get(name)?.value;
  return typeof value === "number" ? BigInt(value) : byDefault;
}
