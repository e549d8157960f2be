import assert from "node:assert/strict";
import { PostgresEnvironment } from "../../../components/index";
import { agreements } from "../../../offline/agreement";
import { type Fields, record } from "../../helpers/mocks";

const clusters = {
  db: {
    namespace: "orders",
    image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
    databases: { orders: {} },
    exports: { nightly: { schedule: "@daily" }, once: { run: "a" } },
    importDump: { from: { objectPrefix: "exports/old/orders" } },
  },
};

describe("The comparison of both halves of exports and imports", () => {
  /** What disagrees, after a change of what is declared; a resource that is changed to nothing is left out. */
  async function disagreeing(
    identity: "shared" | "perCluster" | "direct",
    change: (type: string, inputs: Fields) => Fields | undefined = (_, inputs) => inputs,
  ): Promise<string[]> {
    const { resources } = await record(
      () =>
        new PostgresEnvironment("dev", {
          project: "acme-dev",
          region: "europe-west1",
          profile: "dev",
          backups: { identity, projectNumber: "12" },
          clusters,
        }),
    );
    const declared = resources.flatMap(({ urn, type, inputs }) => {
      const changed = change(type, structuredClone(inputs));
      return changed === undefined ? [] : [{ urn, type, inputs: changed }];
    });
    const [compared, ...more] = agreements(declared);
    assert.deepEqual(more, []);
    const own = (compared?.rows ?? []).filter(({ what }) => /^(ex|im)port /.test(what));
    // Both exports are of one account and one folder.
    assert.equal(own.length, 6);
    return own.filter(({ verdict }) => verdict === "disagrees").map(({ what }) => what);
  }
  const grant = (type: string, inputs: Fields, role: string) =>
    type === "gcp:storage/bucketIAMMember:BucketIAMMember" && inputs.role === role;

  for (const identity of ["shared", "perCluster", "direct"] as const) {
    it(`finds that they agree, with identity ${identity}`, async () => {
      assert.deepEqual(await disagreeing(identity), []);
    });

    it(`sees a role that was not declared, with identity ${identity}`, async () => {
      const without = (type: string, inputs: Fields) =>
        grant(type, inputs, "roles/storage.objectCreator") ? undefined : inputs;
      const missing = (await disagreeing(identity, without)).at(-1);
      assert.equal(missing, "export role ⇄ folder");
    });

    it(`sees a role that reaches the backups, with identity ${identity}`, async () => {
      const wide = (type: string, inputs: Fields) =>
        grant(type, inputs, "roles/storage.objectCreator") ? { ...inputs, condition: undefined } : inputs;
      assert.deepEqual(await disagreeing(identity, wide as typeof wide), ["export can't reach the backups"]);
    });
  }

  it("sees an account that nobody lets a job act as", async () => {
    const without = (type: string, inputs: Fields) =>
      type === "gcp:serviceaccount/iAMMember:IAMMember" && String(inputs.member).includes("-import]")
        ? undefined
        : inputs;
    assert.deepEqual(await disagreeing("perCluster", without), ["import KSA ⇄ account"]);
  });

  it("sees a job that runs as somebody else", async () => {
    const other = (type: string, inputs: Fields) => {
      if (!type.endsWith(":ServiceAccount")) return inputs;
      const annotations = { "iam.gke.io/gcp-service-account": "cnpg-dev@acme-dev.iam.gserviceaccount.com" };
      return { ...inputs, metadata: { ...(inputs.metadata as Fields), annotations } };
    };
    const found = await disagreeing("shared", other);
    assert(
      found.includes("export KSA ⇄ account") && found.includes("export can't reach the backups"),
      found.join(),
    );
  });

  it("sees a role for another folder", async () => {
    const elsewhere = (type: string, inputs: Fields) =>
      JSON.parse(
        JSON.stringify(inputs).replaceAll(
          type.endsWith("BucketIAMMember") ? "exports/old/orders" : "\0",
          "exports/old/order",
        ),
      ) as Fields;
    assert.deepEqual(await disagreeing("perCluster", elsewhere), ["import role ⇄ folder"]);
  });
});
