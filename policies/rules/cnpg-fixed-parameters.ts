import { follows } from "../core/backup";
import { CLUSTER } from "../core/cluster";
import { parameterMap } from "../core/parameters";
import { acceptedFixedValues, fixedParameters } from "../core/postgres";
import { type Fix, resourceRule } from "../core/rule";

const instead = new Map([
  ["shared_preload_libraries", "List the libraries in spec.postgresql.shared_preload_libraries."],
  ["synchronous_standby_names", "Use spec.postgresql.synchronous."],
  ["recovery_min_apply_delay", "Use spec.replica.minApplyDelay."],
  ["temp_tablespaces", "Mark the tablespace with temporary: true in spec.tablespaces."],
  ["archive_command", "Configure a WAL archiver in spec.plugins."],
  ["ssl_cert_file", "Use spec.certificates."],
  ["ssl_key_file", "Use spec.certificates."],
  ["ssl_ca_file", "Use spec.certificates."],
]);

export default resourceRule({
  id: "cnpg-fixed-parameters",
  title: "spec.postgresql.parameters leaves out what CNPG sets by itself.",
  severity: "high",
  tags: ["configuration"],
  why: "CNPG manages 65 parameters of Postgres, and its webhook refuses a Cluster that sets one of them to another value than its own. It compares the letters, and Postgres does not: RESTORE_COMMAND gets through.",
  remedy: "Take the parameter away, and use the field of the Cluster that is there for it.",
  url: "https://cloudnative-pg.io/documentation/current/postgresql_conf/#fixed-parameters",
  types: [CLUSTER],
  judge({ resource, report, part }) {
    const parameters = parameterMap(resource);
    for (const name of parameters.knownKeys().filter((key) => fixedParameters.has(key.toLowerCase())))
      part(() => {
        const plain = name.toLowerCase();
        if (plain !== name) {
          report(
            parameters.at(name),
            `is ${plain} to Postgres, which CNPG sets; its webhook does not know it in these letters. ${instead.get(plain) ?? "Take it away."}`,
            removal(name, plain),
          );
          return;
        }
        const value = parameters.scalar(name);
        if (value === undefined || value === acceptedFixedValues.get(name)) return;
        if (name === "archive_mode" && value === archiveMode()) return;
        report(
          parameters.at(name),
          `is set by CNPG, which refuses other values. ${instead.get(name) ?? "Take it away."}`,
          removal(name, name),
        );
      });

    function removal(written: string, plain: string): Fix[] {
      return instead.has(plain) ? [] : [{ path: parameters.at(written).path, remove: true }];
    }

    function archiveMode(): string {
      if (resource.annotation("cnpg.io/skipWalArchiving") === "enabled") return "off";
      return follows(resource) ? "always" : "on";
    }
  },
});
