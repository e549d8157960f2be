import { CLUSTER } from "../core/cluster";
import { majorOf } from "../core/major";
import { changeRule } from "../core/rule";

export default changeRule({
  id: "cnpg-change-major-upgrade",
  title: "A new major version of Postgres is an upgrade that was announced.",
  severity: "high",
  tags: ["change", "availability"],
  why: "CNPG takes another major version in imageName, or in imageCatalogRef.major, for the order to upgrade at once: it shuts the cluster down, runs pg_upgrade, and makes every replica anew. The archive needs a new base backup afterwards.",
  remedy:
    "Plan the upgrade: a backup before, time without the database, a base backup after. Then name the new version in this rule's parameter announced.",
  url: "https://cloudnative-pg.io/documentation/current/postgres_upgrades/#offline-in-place-major-upgrades",
  types: [CLUSTER],
  parameters: {
    announced: {
      type: "array",
      default: [],
      description: 'Major versions to which upgrades are announced, such as "18".',
    },
  },
  judge({ resource, before, report, parameters }) {
    const [was, is] = [majorOf(before), majorOf(resource)];
    if (was === undefined || is === undefined || is.major <= was.major) return;
    const { announced } = parameters;
    if (Array.isArray(announced) && announced.includes(String(is.major))) return;
    report(
      is.at,
      `goes from Postgres ${was.major} to ${is.major}, offline and at once. Write ${was.major} again, or announce the upgrade.`,
    );
  },
});
