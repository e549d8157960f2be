import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStack } from "../../../offline/sources";
import { readStackFile } from "../../../offline/stackFile";

describe("Stack files of clusters that take turns, offline", () => {
  const root = mkdtempSync(join(tmpdir(), "pulumi-cnpg-turns-"));
  const project = { name: "pulumi-cnpg", stackFolder: "stacks" };
  const write = (stack: string, cluster: object) => {
    const config = {
      "gcp:project": `acme-${stack}`,
      "gcp:region": "europe-west1",
      "pulumi-cnpg:profile": "prod",
      "pulumi-cnpg:clusters": {
        shop: {
          namespace: "shop",
          image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
          databases: { shop: {} },
          ...cluster,
        },
      },
    };
    writeFileSync(join(root, "stacks", `Pulumi.${stack}.yaml`), JSON.stringify({ config }));
  };
  const args = async (stack: string) => {
    const { config } = readStackFile(root, project, stack);
    return (await openStack(root, project, stack, config, () => {})).args().environment?.clusters.shop;
  };
  const north = { stack: "acme/pulumi-cnpg/north", cluster: "shop" };
  const south = { stack: "acme/pulumi-cnpg/south", cluster: "shop" };

  before(() => mkdirSync(join(root, "stacks")));
  after(() => rmSync(root, { recursive: true, force: true }));

  it("are read, though each names the other", async () => {
    write("south", { generation: 2, replica: { self: "south", primary: "south", source: north } });
    write("north", { recoverFrom: south, replica: { self: "north", primary: "south" } });
    const [inNorth, inSouth] = [await args("north"), await args("south")];
    assert.equal(inNorth?.recoverFrom?.serverName, "shop-g2");
    assert.equal(inSouth?.replica?.source?.serverName, "shop-g1");
  });

  it("are told of where both began as a copy of the other, which none can", async () => {
    write("south", { recoverFrom: north });
    write("north", { recoverFrom: south });
    await assert.rejects(args("south"), /recoverFrom\.stack: .* a stack that can be read/);
  });
});
