import { byName } from "../core/changes";
import { CLUSTER } from "../core/cluster";
import { quantityBytes } from "../core/quantity";
import { changeRule } from "../core/rule";
import type { View } from "../core/view";

export default changeRule({
  id: "cnpg-change-volume-refused",
  title: "Volumes of a live Cluster neither shrink nor go away.",
  severity: "high",
  tags: ["change", "storage"],
  why: "A volume can't be made smaller, and CNPG's webhook refuses the whole change: a smaller size, and a walStorage or a tablespace that is gone. In GitOps that stops everything that is applied in one go; it happens where a volume was made larger by hand and not in Git.",
  remedy:
    "Write at least the size that the volume has, and leave walStorage and tablespaces in. For smaller volumes restore into a new Cluster.",
  url: "https://cloudnative-pg.io/documentation/current/storage/#volume-expansion",
  types: [CLUSTER],
  judge({ view, before, report, part }) {
    const [old, now] = [before.view.at("spec"), view.at("spec")];
    const compare = (was: View, is: View) =>
      part(() => {
        const path = is.at("size").exists ? ["size"] : ["pvcTemplate", "resources", "requests", "storage"];
        const [oldSize, newSize] = [was.scalar(...path), is.scalar(...path)];
        const [from, to] = [quantityBytes(oldSize ?? ""), quantityBytes(newSize ?? "")];
        if (from !== undefined && to !== undefined && to < from)
          report(
            is.at(...path),
            `${newSize} is less than the ${oldSize} that the volume has, and is refused. Write ${oldSize} or more.`,
          );
      });
    for (const volume of ["storage", "walStorage"]) part(() => compare(old.at(volume), now.at(volume)));
    part(() => {
      if (old.at("walStorage").exists && !now.at("walStorage").exists)
        report(now.at("walStorage"), `was there, and taking it away is refused. Write it again.`);
    });
    part(() => {
      const tablespaces = byName(now.list("tablespaces"));
      for (const [name, was] of byName(old.list("tablespaces"))) {
        const is = tablespaces.get(name);
        if (is === undefined)
          report(
            now.at("tablespaces"),
            `the tablespace "${name}" is gone, and that is refused. Write it again.`,
          );
        else compare(was.at("storage"), is.at("storage"));
      }
    });
  },
});
