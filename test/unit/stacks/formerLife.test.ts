import assert from "node:assert/strict";
import { InvalidSettings } from "../../../components/index";
import { loadStack } from "../../../stacks/load";
import { asEngine } from "./badStacks";

const load = (cluster: object, former: unknown) => {
  const config = asEngine({
    "gcp:project": "acme-dev",
    "gcp:region": "europe-west1",
    "pulumi-cnpg:profile": "dev",
    "pulumi-cnpg:clusters": {
      shop: {
        namespace: "shop",
        databases: { shop: {} },
        image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
        ...cluster,
      },
    },
  });
  return loadStack("dev", config, new Map(), { former, warn: () => {} });
};
const refused = (cluster: object, former: object, says: RegExp) =>
  assert.throws(
    () => load(cluster, { shop: former }),
    (error) => error instanceof InvalidSettings && says.test(error.message),
  );

describe("A cluster that is there already", () => {
  it("is not taken back to a former generation, which would delete it for an empty one", () => {
    const says = /clusters\.shop\.generation: got (1|2), expected 3, which the cluster has reached, or more/;
    refused({}, { generation: 3 }, says);
    refused({ generation: 2 }, { generation: 3 }, says);
    refused({ generation: 2, recoverFrom: { generation: 1 } }, { generation: 3 }, says);
    for (const generation of [3, 4]) load({ generation }, { shop: { generation: 3 } });
  });

  it("is as new where the last update said nothing of it", () => {
    for (const former of [
      undefined,
      null,
      "?",
      {},
      { other: { generation: 9 } },
      { shop: null },
      { shop: {} },
    ])
      load({}, former);
  });

  it("has to say whom it lets in when a clone is restored in place", () => {
    const inPlace = (more: object = {}) => ({ generation: 2, recoverFrom: { generation: 1, ...more } });
    const says =
      /clusters\.shop\.recoverFrom\.allowRoles: is missing, expected who may log in .*: \[\] for nobody/;
    for (const generation of [1, 2]) refused(inPlace(), { generation, logins: "declared" }, says);
    for (const allowRoles of [[], ["reporting"], ["*"]])
      load(inPlace({ allowRoles }), { shop: { generation: 1, logins: "declared" } });
    refused(
      { ...inPlace(), recoverFrom: { serverName: "old" } },
      { generation: 1, logins: "declared" },
      says,
    );
    load(inPlace(), { shop: { generation: 1, logins: "all" } });
    load(inPlace(), { shop: { generation: 1 } });
  });
});
