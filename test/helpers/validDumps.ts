import fc from "fast-check";
import { given, maybe } from "./arbitraries";
import { s3Place } from "./validBeginnings";

/** Part of a name of an object. */
export const partName = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,12}[a-z0-9])?$/);
const job = {
  storage: maybe(fc.constantFrom("1Gi", "500Mi")),
  storageClass: maybe(fc.constant("premium-rwo")),
  timeout: maybe(fc.constantFrom("1m", "24h")),
};

/** A dump, but for the database, which is one of the cluster's. */
export const exportJob = fc
  .record({
    ...job,
    when: fc.oneof(
      fc.record({
        schedule: fc.constantFrom("0 0 2 * * *", "@weekly", "0 */5 * ? * MON-FRI"),
        suspend: maybe(fc.boolean()),
      }),
      fc.record({ run: fc.constantFrom("1", "2026-11-22") }),
    ),
    secret: maybe(fc.constant("reader")),
    excludeTables: maybe(fc.uniqueArray(fc.constantFrom("audit.*", '"A b"', "noise"))),
    excludeTableData: maybe(fc.constant(["log"])),
    compress: maybe(fc.constantFrom("none", "1", "9")),
  })
  .map(({ when, ...rest }) => given({ ...given(when), ...rest }));

/** A dump that a cluster begins from, but for the database. */
export const importDump = fc
  .record({
    ...job,
    from: fc
      .record({
        bucket: maybe(fc.constant("acme-other-dumps")),
        objectPrefix: fc.constantFrom("exports/shop/orders", "dumps"),
        which: maybe(
          fc.constantFrom(
            { object: "20261122T020000Z.dump" },
            { object: "20261122T020000Z-nightly-x7k2p.dump" },
            { export: "nightly" },
          ),
        ),
        s3: maybe(s3Place.map((place) => ({ ...place, credentials: { secret: "imports-s3" } }))),
        gcs: maybe(fc.constant({ credentials: { secret: "gcs-key" } })),
      })
      .map(({ which, ...from }) => given({ ...from, ...which })),
    jobs: maybe(fc.integer({ min: 1, max: 8 })),
    grant: maybe(fc.boolean()),
  })
  .map(given);

/** An S3-compatible store for dumps, with another way in than the backups have. */
export const dumpStore = fc
  .tuple(
    s3Place,
    fc.constantFrom(
      { credentials: { secret: "exports-s3" } },
      { credentials: { secret: "any-s3", accessKeyId: "export-id", secretAccessKey: "export-key" } },
      { inheritFromIAMRole: true, roleArn: "arn:aws:iam::123456789012:role/postgres-exports" },
      {},
    ),
  )
  .map(([place, way]) => ({ ...place, ...way }));

/** An import as a stack has to say it whose backups and dumps go to S3 or to Cloud Storage. */
export function importedFrom(
  { from, grant, ...rest }: { from: Record<string, unknown>; grant?: boolean },
  archivesToS3: boolean,
  dumpsToS3: boolean,
) {
  const { s3: store, gcs, ...place } = from;
  // Of one bucket or another, no store but Google's is asked for without keys.
  if (store !== undefined) return { ...rest, from: { bucket: "acme-other-dumps", ...place, s3: store } };
  const bucket = dumpsToS3 ? { bucket: "acme-other-dumps" } : {};
  const ofGoogle = dumpsToS3 ? { gcs: gcs ?? {} } : {};
  const granted = grant === undefined || archivesToS3 || (dumpsToS3 && gcs !== undefined) ? {} : { grant };
  return { ...rest, ...granted, from: { ...bucket, ...place, ...ofGoogle } };
}
