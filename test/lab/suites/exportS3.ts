import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { JobPurpose } from "../../../components/index";
import { s3Users } from "../../../lab/settings";
import { S3Store } from "../../../lab/stack/s3";
import { root } from "../../engine/offline";
import type { Used } from "../use";
import { type Ended, runNow } from "./exportJobs";
import { type Postgres, render, small } from "./postgres";
import { S3Bucket } from "./s3Bucket";

/** What the suite of exports has when it comes to S3. */
export interface WithDumps {
  readonly used: Used;
  /** Namespace of the cluster `db` with the database `orders`. */
  readonly source: string;
  /** The cluster that is imported into. */
  readonly into: Postgres;
  /** Folder of dumps of that database. */
  readonly folder: string;
  /** Counts what there is in it, and what that is after an import. */
  readonly counts: string;
  readonly expected: string;
  imports(database: string, from: Readonly<Record<string, unknown>>): Promise<Ended>;
}

/** The same in an S3-compatible store, whose server judges by policies itself. */
export function describeS3(given: () => WithDumps): void {
  describe("in an S3-compatible store", () => {
    let used: Used;
    const s3Bucket = "e-dumps";
    let store: S3Store;
    const as = (user: keyof typeof s3Users) =>
      new S3Store(used.cluster, used.lab, { ...used.stores.s3, ...s3Users[user] });
    const keys = (of: "" | "Export" | "Import", { accessKeyId, secretAccessKey }: S3Keys) => ({
      [`s3${of}AccessKeyId`]: accessKeyId,
      [`s3${of}SecretAccessKey`]: secretAccessKey,
    });
    const denied = (call: Promise<unknown>) => assert.rejects(call, /\b403\b|AccessDenied/);

    before(async () => {
      ({ used } = given());
      store = new S3Store(used.cluster, used.lab, used.stores.s3);
      await new S3Bucket(used, s3Bucket).create();
      await store.setPolicy(s3Bucket, {
        Version: "2012-10-17",
        Statement: (["exporter", "importer"] as const).flatMap((user) =>
          documentedPolicy(user, s3Bucket, "db").map((each) => ({ ...each, Principal: { AWS: [user] } })),
        ),
      });
    });
    after(async () => {
      await new S3Bucket(used, s3Bucket).remove();
    });

    it("dumps with keys that may put objects into its folder, and do nothing else", async () => {
      const { source, folder } = given();
      const { objects } = await render("dev", {
        backups: { bucket: "e-backups", s3: { endpoint: used.stores.s3.endpoint } },
        exports: { bucket: s3Bucket },
        clusters: {
          db: {
            ...small,
            namespace: source,
            databases: { orders: { extensions: ["vector"], schemas: ["sales"] } },
            exports: { "to-s3": { run: "first", storage: "100Mi", excludeTableData: ["noise"] } },
          },
        },
        keys: { ...keys("", used.stores.s3), ...keys("Export", s3Users.exporter) },
      });
      const { ok, log } = await runNow(used.cluster, objects, JobPurpose.Export);
      assert(ok, log);
      const names = await store.list(s3Bucket);
      const [name = ""] = names;
      assert.deepEqual(names, [name, `${name}.sha256`]);
      assert.match(name, /^exports\/db\/orders\/\d{8}T\d{6}Z-to-s3-[a-z0-9]{5}\.partial\.dump$/);
      const file = name.slice(folder.length + 1);
      const [, sum] = new RegExp(`${file}: \\d+ bytes, sha256 ([0-9a-f]{64})`).exec(log) ?? [];
      assert.equal(await store.read(s3Bucket, `${name}.sha256`), `${sum}  ${file}\n`);
      assert(log.includes(`exported to s3://${s3Bucket}/${name}`), log);
      const exporter = as("exporter");
      await denied(exporter.read(s3Bucket, name));
      await denied(exporter.list(s3Bucket, folder));
      await denied(exporter.deleteObject(s3Bucket, name));
      await denied(exporter.write(s3Bucket, "cnpg/db/db-g1/base/x", "x"));
    });

    it("is where a stack of Cloud Storage imports from too, with keys that may only read", async () => {
      const { into, imports, counts, expected, folder } = given();
      const { settings } = into;
      into.settings = { ...settings, keys: keys("Import", s3Users.importer) };
      const { ok, log } = await imports("from-s3", {
        bucket: s3Bucket,
        s3: { endpoint: used.stores.s3.endpoint },
        export: "to-s3",
      });
      into.settings = settings;
      assert(ok, log);
      assert.match(
        log,
        /imported \d{8}T\d{6}Z-to-s3-[a-z0-9]{5}\.partial\.dump, sha256 [0-9a-f]{64} into database from-s3/,
      );
      assert.equal(await into.sql(counts, "from-s3"), expected);
      const importer = as("importer");
      assert.equal((await importer.list(s3Bucket, `${folder}/`)).length, 2);
      await denied(importer.write(s3Bucket, `${folder}/x`, "x"));
      await denied(importer.deleteObject(s3Bucket, `${folder}/x`));
    });
  });
}

type S3Keys = Readonly<Record<"accessKeyId" | "secretAccessKey", string>>;

/** The policy that docs/export.md has for the keys of a job, for another bucket and cluster. */
function documentedPolicy(user: keyof typeof s3Users, bucket: string, cluster: string): object[] {
  const text = readFileSync(join(root, "docs/export.md"), "utf8");
  const blocks = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json = ""]) => json);
  const [block, ...more] = blocks.filter((json) => json.includes("s3:PutObject") === (user === "exporter"));
  assert(block !== undefined && more.length === 0, `one policy for the ${user}`);
  const own = block.replaceAll("acme-postgres-backups", bucket).replaceAll("orders-db", cluster);
  // The lab's server knows no conditions.
  return (JSON.parse(own) as { Statement: { Condition?: object }[] }).Statement.map(
    ({ Condition: _, ...statement }) => statement,
  );
}
