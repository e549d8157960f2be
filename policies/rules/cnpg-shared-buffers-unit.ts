import { CLUSTER } from "../core/cluster";
import { settingOf } from "../core/parameters";
import { postgresBytes, showBytes } from "../core/quantity";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-shared-buffers-unit",
  title: "shared_buffers says its unit.",
  severity: "low",
  tags: ["resources", "upgrade"],
  why: "Postgres counts a number alone in pages of 8 kB, CNPG's webhook checks it as MB. The webhook warns that a later release will require the unit.",
  remedy: "Write the unit, as in 256MB.",
  url: "https://cloudnative-pg.io/documentation/current/postgresql_conf/",
  types: [CLUSTER],
  judge({ resource, report }) {
    const { at } = settingOf(resource, "shared_buffers");
    const value = at.scalar();
    if (value === undefined || !/^\s*\d+\s*$/.test(value)) return;
    const bytes = postgresBytes(value, "8kB") ?? 0;
    report(
      at,
      `"${value}" is ${showBytes(bytes)}B for Postgres, in pages of 8 kB. Write the size with its unit.`,
      [{ path: at.path, value: withUnit(bytes) }],
    );
  },
});

/** The same size, in the largest unit of Postgres in which it is a whole number. */
function withUnit(bytes: number): string {
  const units = ["kB", "MB", "GB"];
  const power = units.findLastIndex((_, i) => bytes % 1024 ** (i + 1) === 0 && bytes > 0);
  return `${bytes / 1024 ** (Math.max(power, 0) + 1)}${units[Math.max(power, 0)]}`;
}
