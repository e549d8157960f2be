import { OBJECT_STORE } from "../core/cluster";
import { changeRule } from "../core/rule";

export default changeRule({
  id: "barman-change-destination",
  title: "An ObjectStore that clusters archive to stays at its destination.",
  severity: "critical",
  tags: ["change", "backup"],
  why: "Nothing refuses another destinationPath or endpointURL, for an ObjectStore has no webhook. Every cluster that uses it goes on with WAL at the new place, without a base backup there: until the next scheduled one nothing can be restored to a later point in time.",
  remedy:
    "Undo the change. To move an archive make a second ObjectStore, let the cluster use it, and take a base backup in the same hour.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
  types: [OBJECT_STORE],
  judge({ view, before, report, part }) {
    for (const field of ["destinationPath", "endpointURL"])
      part(() => {
        const path = ["spec", "configuration", field];
        const [was, is] = [before.view, view].map((one) => one.text(...path)?.replace(/\/+$/, ""));
        if (was === is) return;
        const says =
          field === "destinationPath"
            ? `was "${was ?? "nothing"}", and at "${is ?? "nothing"}"`
            : "is another one than before, and there";
        report(view.at(...path), `${says} is no base backup yet. Write the old value.`);
      });
  },
});
