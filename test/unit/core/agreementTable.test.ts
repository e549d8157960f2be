import assert from "node:assert/strict";
import { PostgresEnvironment, type PostgresEnvironmentArgs } from "../../../components/index";
import { agreements } from "../../../offline/agreement";
import { agree, type ClusterComparison, formatComparisons } from "../../../policies/lint";
import { record } from "../../helpers/mocks";
import { environmentArgs, image } from "../../helpers/samples";

const db = { namespace: "orders", image };

async function compared(
  cluster: PostgresEnvironmentArgs["clusters"][string],
  more: Partial<PostgresEnvironmentArgs> = {},
): Promise<ClusterComparison[]> {
  const { resources } = await record(
    () => new PostgresEnvironment("dev", environmentArgs({ db: { ...db, ...cluster } }, more)),
  );
  return agreements(resources);
}

/** The marks of a cluster's rows. */
function marks(list: readonly ClusterComparison[]): Record<string, string> {
  return Object.fromEntries(
    [...formatComparisons(list).matchAll(/^ {2}([✓✗–]) (.+?) {2}/gm)].map(([, mark, what]) => [what, mark]),
  );
}

describe("The table of both halves", () => {
  it("has a mark of its own for what nobody compared", async () => {
    const {
      "delete age > retention + interval": age,
      schedule,
      ...others
    } = marks(
      await compared(db, { backups: { bucket: "acme-shared", existingBucket: true, deleteAge: "60d" } }),
    );
    assert.deepEqual([age, schedule], ["–", "✓"]);
    assert.deepEqual([...new Set(Object.values(others))], ["✓"]);
  });

  it("has it for keys that lead to a Secret elsewhere, for an inherited role and for checksums of one's own", async () => {
    const s3 = { endpoint: "https://minio.example.com" };
    const keys = await compared(
      { ...db, backup: { env: { AWS_REQUEST_CHECKSUM_CALCULATION: "when_supported" } } },
      {
        project: undefined,
        region: undefined,
        backups: { bucket: "acme", s3: { ...s3, credentials: { secret: "minio" } } },
      } as never,
    );
    assert.deepEqual(marks(keys), {
      "bucket ⇄ destinationPath": "✓",
      "keys ⇄ s3Credentials": "–",
      "what the store takes ⇄ checksums": "–",
      "delete age > retention + interval": "–",
      schedule: "✓",
    });
    assert(agree(keys));
    assert.match(formatComparisons(keys), /–: one half is elsewhere, and was not compared/);
  });

  it("warns of a cluster that is not backed up, and of one whose schedule is suspended", async () => {
    const none = await compared({ ...db, backup: { enabled: false } });
    assert.equal(marks(none).backups, "–");
    assert.match(formatComparisons(none), /^warning: orders\/db is not backed up/m);
    const suspended = await compared({ ...db, backup: { suspend: true } });
    assert.equal(marks(suspended).schedule, "–");
    assert.match(
      formatComparisons(suspended),
      /^warning: orders\/db makes no base backups: its schedule is suspended/m,
    );
  });

  it("says nothing of marks where everything was compared", async () => {
    const text = formatComparisons(await compared(db));
    assert.doesNotMatch(text, /[–✗]|warning/);
  });

  it("shows of many clusters those that disagree, and counts the others", async () => {
    const [one] = await compared(db);
    assert(one !== undefined);
    const list = Array.from({ length: 500 }, (_, i) => ({ ...one, cluster: `orders/db-${i}` }));
    assert.equal(
      formatComparisons(list),
      "The two halves agree:\n\n  500 clusters: 3000 ✓, 0 ✗, 0 – (not compared); 500 of them are not shown",
    );
    const [first, ...rest] = one.rows;
    assert(first !== undefined);
    list[7] = { ...one, cluster: "orders/odd", rows: [{ ...first, verdict: "disagrees" as const }, ...rest] };
    const text = formatComparisons(list);
    assert.match(text, /orders\/odd[\s\S]*✗ KSA/);
    assert.match(text, /499 of them are not shown/);
    assert(text.split("\n").length < 15, text);
  });
});
