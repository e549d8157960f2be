import assert from "node:assert/strict";
import { type ClusterArgs, PostgresEnvironment } from "../../components/index";
import { environmentArgs, image, paths, refused } from "../helpers/samples";

const orders: ClusterArgs = { namespace: "orders", image, databases: { orders: {} } };

describe("PostgresEnvironment, with wrong settings", () => {
  it("names every wrong setting at once, before anything is registered", async () => {
    const wrong = environmentArgs(
      { "orders-db": { ...orders, image: "postgres:latest" }, twin: { ...orders, name: "orders-db" } },
      { backups: { bucket: "Acme" }, operatorVersion: "latest" },
    );
    assert.deepEqual(paths(await refused(() => new PostgresEnvironment("dev", wrong))).sort(), [
      "backups.bucket",
      "clusters.orders-db.image",
      "clusters.twin.backup.prefix",
      "clusters.twin.name",
      "operatorVersion",
    ]);
  });

  it("refuses an unknown profile with the ones that there are", async () => {
    const wrong = environmentArgs({ "orders-db": orders }, { profile: "staging" as "dev" });
    assert.deepEqual(paths(await refused(() => new PostgresEnvironment("dev", wrong))), ["profile"]);
  });
});
