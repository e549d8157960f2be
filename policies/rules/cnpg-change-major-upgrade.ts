import { archivesWal } from "../core/backup";
import { CLUSTER, serverNameOf } from "../core/cluster";
import { majorOf } from "../core/major";
import { changeRule } from "../core/rule";

export default changeRule({
  id: "cnpg-change-major-upgrade",
  title: "A new major version of Postgres is an upgrade that was announced, with an archive of its own.",
  severity: "high",
  tags: ["change", "availability", "backup"],
  why: "CNPG takes another major version in imageName, or in imageCatalogRef.major, for the order to upgrade at once: it shuts the cluster down, runs pg_upgrade, and makes every replica anew. WAL of the new version can't be restored with base backups of the old one, and in one archive both have the same names.",
  remedy:
    "Plan the upgrade: a base backup before, time without the database, another serverName for the archive in the same change, a base backup after. The other serverName announces it; without backups this rule's parameter announced does.",
  url: "https://cloudnative-pg.io/documentation/current/postgres_upgrades/#offline-in-place-major-upgrades",
  types: [CLUSTER],
  parameters: {
    announced: {
      type: "array",
      default: [],
      description:
        'Major versions to which upgrades of Clusters without an archive are announced, such as "18".',
    },
  },
  judge({ resource, before, report, parameters }) {
    const [was, is] = [majorOf(before), majorOf(resource)];
    if (was === undefined || is === undefined || is.major <= was.major) return;
    const { announced } = parameters;
    const named = Array.isArray(announced) && announced.includes(String(is.major));
    if (!archivesWal(before) || !archivesWal(resource)) {
      if (!named)
        report(
          is.at,
          `goes from Postgres ${was.major} to ${is.major}, offline and at once. Write ${was.major} again, or announce the upgrade.`,
        );
      return;
    }
    const [old, now] = [serverNameOf(before), serverNameOf(resource)];
    if (old === undefined || now === undefined || old.value !== now.value) return;
    report(
      named ? now.at : is.at,
      `goes from Postgres ${was.major} to ${is.major}, offline and at once, and on in the archive of ${was.major} ("${old.value}"). Write ${was.major} again, or a serverName such as "${old.value}-pg${is.major}" beside it.`,
    );
  },
});
