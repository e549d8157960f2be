import { changeOf } from "../core/changes";
import { CLUSTER } from "../core/cluster";
import { changeRule } from "../core/rule";
import type { View } from "../core/view";

const methods = ["initdb", "recovery", "pg_basebackup"];

export default changeRule({
  id: "cnpg-change-bootstrap",
  title: "The bootstrap of a live Cluster stays what it was created with.",
  severity: "high",
  tags: ["change", "recovery"],
  why: "CNPG reads bootstrap when a Cluster is created, and never again: it accepts another method, source or database and does nothing (cluster_webhook.go looks at the new object alone). The next time that the Cluster is made, it is another one.",
  remedy:
    "Undo the change. For another bootstrap create a new Cluster, with a server name of its own in its archive.",
  url: "https://cloudnative-pg.io/documentation/current/bootstrap/",
  types: [CLUSTER],
  judge({ view, before, report, part }) {
    const [was, is] = [before.view.at("spec", "bootstrap"), view.at("spec", "bootstrap")];
    // Without any, CNPG itself writes initdb.
    const oldMethod = methods.find((method) => was.at(method).exists) ?? "initdb";
    const newMethod = methods.find((method) => is.at(method).exists) ?? "initdb";
    if (oldMethod !== newMethod) {
      report(
        is,
        `the Cluster was created by ${oldMethod}, and ${newMethod} changes nothing of it. Write ${oldMethod} again.`,
      );
      return;
    }
    const [old, now] = [was.at(oldMethod), is.at(oldMethod)];
    const compare = (path: readonly string[], byDefault?: string) =>
      part(() => {
        const change = changeOf(old.at(...path), now.at(...path), byDefault);
        if (change !== undefined)
          report(
            change.at,
            `was "${change.was}" when the Cluster was created, and "${change.is}" changes nothing of it. Write what it was.`,
          );
      });
    part(() => {
      if (old.text("import", "type") === "monolith" || now.text("import", "type") === "monolith") return;
      compare(["database"], "app");
      part(() => {
        const [oldOwner, newOwner] = [ownerOf(old), ownerOf(now)];
        if (oldOwner !== newOwner && now.text("owner") !== undefined)
          report(
            now.at("owner"),
            `was "${oldOwner}" when the Cluster was created, and "${newOwner}" changes nothing of it. Write what it was.`,
          );
      });
    });
    if (oldMethod === "initdb") return;
    compare(["source"]);
    compare(["backup", "name"]);
    for (const field of [
      "backupID",
      "targetTime",
      "targetLSN",
      "targetXID",
      "targetName",
      "targetTLI",
      "targetImmediate",
    ])
      compare(["recoveryTarget", field]);
  },
});

function ownerOf(bootstrap: View): string {
  return bootstrap.text("owner") ?? bootstrap.text("database") ?? "app";
}
