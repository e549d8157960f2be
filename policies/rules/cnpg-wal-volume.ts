import { CLUSTER } from "../core/cluster";
import { volumeSize } from "../core/postgres";
import { quantityBytes } from "../core/quantity";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-wal-volume",
  title: "A large Cluster in production has a volume of its own for WAL.",
  severity: "low",
  tags: ["storage"],
  why: "WAL that can't be archived piles up. On a volume of its own it does not take the data's room, and writes of the two don't wait for each other.",
  remedy: "Add walStorage with a size of several times max_wal_size. It can't be taken away again.",
  url: "https://cloudnative-pg.io/documentation/current/storage/#volume-for-wal",
  levels: { recommended: "disabled" },
  types: [CLUSTER],
  productionOnly: true,
  parameters: {
    fromSize: {
      type: "string",
      default: "100Gi",
      description: "Size of storage from which a cluster is large.",
    },
  },
  judge({ view, parameters, report }) {
    if (view.at("spec", "walStorage").exists) return;
    const size = volumeSize(view.at("spec", "storage")).scalar();
    const bytes = quantityBytes(size ?? "");
    const from = quantityBytes(String(parameters.fromSize));
    if (bytes === undefined || from === undefined || bytes < from) return;
    report(["spec", "walStorage"], `is not there, with storage of ${size}. Add a volume for WAL.`);
  },
});
