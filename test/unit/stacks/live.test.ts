import assert from "node:assert/strict";
import { asTheyAre } from "../../../stacks/live";

const former = { shop: { generation: 3, kubernetesServiceAccount: "orders/shop", serverName: "shop-g3" } };
const config = (shop: object) => ({ "pulumi-cnpg:clusters": JSON.stringify({ shop }) });

describe("What a stack's last update said, beside the live Clusters", () => {
  const asked: string[] = [];
  const generation = async (shop: object, live: readonly string[] | undefined) => {
    asked.length = 0;
    const is = (await asTheyAre(config(shop), former, async (namespace, name) => {
      asked.push(`${namespace}/${name}`);
      return live;
    })) as typeof former;
    return is.shop.generation;
  };

  it("says the generation of a Cluster that was not replaced, where the file asks for a lower one", async () => {
    assert.equal(await generation({ generation: 2 }, ["shop-g2"]), 2);
    assert.equal(await generation({}, ["shop-g2-pg18"]), 2);
    assert.deepEqual(asked, ["orders/shop"]);
  });

  it("says what it said where nobody can look, or the live Cluster does not tell", async () => {
    for (const live of [
      undefined,
      [],
      ["shop"],
      ["other-g2"],
      ["shop-g2", "shop-g3"],
      ["shop-g3"],
      ["shop-g4"],
      ["shop-g2x"],
    ])
      assert.equal(await generation({ generation: 1 }, live), 3, `${live}`);
  });

  it("looks at nothing where the file asks for no lower generation, or can't be read", async () => {
    for (const shop of [{ generation: 3 }, { generation: 4 }]) {
      assert.equal(await generation(shop, ["shop-g2"]), 3);
      assert.deepEqual(asked, []);
    }
    assert.deepEqual(await asTheyAre({ "pulumi-cnpg:clusters": "{" }, former, assert.fail), former);
    assert.equal(await asTheyAre({}, undefined, assert.fail), undefined);
  });
});
