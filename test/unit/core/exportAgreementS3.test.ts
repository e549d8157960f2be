import assert from "node:assert/strict";
import { PostgresEnvironment } from "../../../components/index";
import { agreements } from "../../../offline/agreement";
import { type Fields, record } from "../../helpers/mocks";

const keys = { accessKeyId: "id", secretAccessKey: "key" };

describe("The comparison of both halves of dumps in S3", () => {
  /** What disagrees, after a change of what is declared. */
  async function disagreeing(change: (text: string) => string = (text) => text): Promise<string[]> {
    const { resources } = await record(
      () =>
        new PostgresEnvironment("dev", {
          profile: "dev",
          backups: { bucket: "acme-pg", s3: { region: "eu-west-1", credentials: { secret: "backup-s3" } } },
          s3ExportKeys: keys,
          clusters: {
            db: {
              namespace: "orders",
              image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
              databases: { orders: {} },
              exports: { nightly: { schedule: "@daily" } },
              importDump: {
                from: {
                  bucket: "acme-old",
                  objectPrefix: "dumps",
                  gcs: { credentials: { secret: "gcs-key" } },
                },
              },
            },
          },
        }),
    );
    const declared = resources.map(({ urn, type, inputs }) => ({
      urn,
      type,
      inputs: JSON.parse(change(JSON.stringify(inputs))) as Fields,
    }));
    const [compared] = agreements(declared);
    const own = (compared?.rows ?? []).filter(({ what }) => /^(ex|im)port /.test(what));
    assert.deepEqual(own.map(({ what }) => what).sort(), [
      "export can't reach the backups",
      "export keys ⇄ store",
      "import keys ⇄ store",
    ]);
    return own.filter(({ verdict }) => verdict === "disagrees").map(({ what }) => what);
  }

  it("finds that they agree", async () => {
    assert.deepEqual(await disagreeing(), []);
  });

  it("sees a Secret without what the job reads of it", async () => {
    const renamed = (text: string) => text.replace('"ACCESS_SECRET_KEY":"key"', '"OTHER":"key"');
    assert.deepEqual(await disagreeing(renamed), ["export keys ⇄ store"]);
  });

  it("sees a job with the keys of the backups", async () => {
    const same = (text: string) => text.replaceAll('"db-export-s3"', '"backup-s3"');
    assert.deepEqual(await disagreeing(same), ["export can't reach the backups"]);
  });

  it("sees a folder that is inside that of the backups", async () => {
    const inside = (text: string) => text.replaceAll("s3://acme-pg/exports/db", "s3://acme-pg/cnpg/dev/db");
    assert.deepEqual(await disagreeing(inside), ["export can't reach the backups"]);
  });
});
