import { CLUSTER } from "../core/cluster";
import { volumeSize } from "../core/postgres";
import { quantityBytes } from "../core/quantity";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-storage-size",
  title: "The volumes of a Cluster have a size.",
  severity: "high",
  tags: ["storage"],
  why: "CNPG's webhook refuses a volume without a size, or with one that is no quantity of Kubernetes.",
  remedy:
    "Write storage.size, such as 100Gi, or a storage request in storage.pvcTemplate; the same for walStorage.",
  url: "https://cloudnative-pg.io/documentation/current/storage/",
  types: [CLUSTER],
  judge({ view, report, part }) {
    for (const field of ["storage", "walStorage"])
      part(() => {
        const storage = view.at("spec", field);
        if (field === "walStorage" && !storage.exists) return;
        const at = volumeSize(storage);
        const size = at.scalar();
        if (size === undefined) report(storage.at("size"), "is not said. Write a size such as 100Gi.");
        else if (quantityBytes(size) === undefined)
          report(at, `"${size}" is no quantity of Kubernetes. Write one such as 100Gi.`);
      });
  },
});
