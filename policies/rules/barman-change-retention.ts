import { CLUSTER, OBJECT_STORE } from "../core/cluster";
import { retentionDays } from "../core/lifecycle";
import { changeRule } from "../core/rule";

export default changeRule({
  id: "barman-change-retention",
  title: "The retention of backups is not shortened by the way.",
  severity: "medium",
  tags: ["change", "backup"],
  why: "Within half an hour of the change Barman deletes every backup that is past the new retention, and there is no way back.",
  remedy: "Write the old retention; or exempt the resource for the day of the change, with the reason.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
  types: [OBJECT_STORE, CLUSTER],
  judge({ resource, view, before, report }) {
    const path =
      resource.type === OBJECT_STORE ? ["spec", "retentionPolicy"] : ["spec", "backup", "retentionPolicy"];
    const [was, is] = [before.view.text(...path), view.text(...path)];
    if (was === undefined || is === undefined) {
      // None at all keeps everything; the first one deletes.
      return;
    }
    const [old, now] = [retentionDays(was), retentionDays(is)];
    if (old !== undefined && now !== undefined && now < old)
      report(view.at(...path), `"${is}" is shorter than "${was}": what is between the two is deleted.`);
  },
});
