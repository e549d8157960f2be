import { byName, changeOf } from "../core/changes";
import { CLUSTER } from "../core/cluster";
import { changeRule } from "../core/rule";
import type { View } from "../core/view";

export default changeRule({
  id: "cnpg-change-storage-class",
  title: "The storage class of a live Cluster stays as it is.",
  severity: "medium",
  tags: ["change", "storage"],
  why: "CNPG accepts another storage class and leaves every volume that exists in its old one; only instances that are added later get the new one.",
  remedy:
    "Write the old class. To move, add instances with the new class and take the old ones away one by one, or restore into a new Cluster.",
  url: "https://cloudnative-pg.io/documentation/current/storage/#configuration-via-a-storage-class",
  types: [CLUSTER],
  judge({ view, before, report, part }) {
    const compare = (old: View, now: View) => {
      for (const path of [["storageClass"], ["pvcTemplate", "storageClassName"]])
        part(() => {
          const [was, is] = [old.at(...path), now.at(...path)];
          // To write down the default class, or to leave it out, can be no change.
          if (!was.exists || !is.exists) return;
          const change = changeOf(was, is);
          if (change !== undefined)
            report(
              change.at,
              `the volumes are in the class "${change.was}" and stay in it. Write that, not "${change.is}".`,
            );
        });
    };
    const [old, now] = [before.view.at("spec"), view.at("spec")];
    for (const volume of ["storage", "walStorage"]) part(() => compare(old.at(volume), now.at(volume)));
    part(() => {
      const tablespaces = byName(now.list("tablespaces"));
      for (const [name, was] of byName(old.list("tablespaces"))) {
        const is = tablespaces.get(name);
        if (is !== undefined) part(() => compare(was.at("storage"), is.at("storage")));
      }
    });
  },
});
