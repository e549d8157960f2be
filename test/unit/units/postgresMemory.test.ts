import { strict as assert } from "node:assert";
import fc from "fast-check";
import { formatPostgresMemory, parsePostgresMemory } from "../../../components/units/postgresMemory";
import { rejects, value } from "./helpers";

const KB = 1024n;
const MB = 1024n ** 2n;
const GB = 1024n ** 3n;

describe("a Postgres memory setting", () => {
  it("is written in the largest of kB, MB and GB that is exact", () => {
    const table = [
      [0n, "0kB"],
      [KB, "1kB"],
      [1536n * KB, "1536kB"],
      [256n * MB, "256MB"],
      [1536n * MB, "1536MB"],
      [2n * GB, "2GB"],
      [2048n * GB, "2048GB"],
    ] as const;
    for (const [bytes, text] of table) assert.equal(formatPostgresMemory(bytes), text);
  });

  it("is rounded down to whole kilobytes when it is written", () => {
    assert.equal(formatPostgresMemory(2047n), "1kB");
    assert.equal(formatPostgresMemory(1023n), "0kB");
    assert.equal(formatPostgresMemory(GB + 5n), "1GB");
  });

  it("can't be negative", () => {
    assert.throws(() => formatPostgresMemory(-1n), RangeError);
  });

  it("is read with Postgres's units, each 1024 of the one before", () => {
    const table = [
      ["0kB", 0n],
      ["8192B", 8192n],
      ["64kB", 64n * KB],
      ["256MB", 256n * MB],
      ["2GB", 2n * GB],
      ["1TB", 1024n * GB],
      ["256 MB", 256n * MB],
      [" 256\tMB ", 256n * MB],
      ["1.5GB", 1536n * MB],
      ["0.5MB", 512n * KB],
      ["30.1GB", 30822n * MB],
      ["1.5B", 2n],
      ["2.5B", 2n],
    ] as const;
    for (const [text, bytes] of table) assert.equal(value(parsePostgresMemory(text)), bytes, text);
  });

  it("rounds to the setting's own unit, halves to the even one, where that unit is known", () => {
    assert.equal(value(parsePostgresMemory("12kB", 8192)), 16n * KB);
    assert.equal(value(parsePostgresMemory("4kB", 8192)), 0n);
    assert.equal(value(parsePostgresMemory("13kB", 8192)), 16n * KB);
    assert.equal(value(parsePostgresMemory("1GB", 1048576)), GB);
    assert.equal(value(parsePostgresMemory("1.5kB", 1024)), 2n * KB);
  });

  it("counts a bare number in the setting's own unit, and refuses it where that isn't known", () => {
    assert.equal(value(parsePostgresMemory("16384", 8192)), 128n * MB);
    assert.equal(value(parsePostgresMemory("4096", 1024)), 4n * MB);
    assert.equal(value(parsePostgresMemory("1024", 1048576)), GB);
    assert.equal(value(parsePostgresMemory("1.5", 1024)), 2n * KB);
    rejects(parsePostgresMemory, ["16384", "0"]);
  });

  it("is refused in any other spelling", () => {
    const texts = [
      "",
      "MB",
      "256mb",
      "256Mb",
      "256M",
      "256Mi",
      "256KB",
      "256gb",
      "-1MB",
      "+1MB",
      "010MB",
      "0x10MB",
    ];
    rejects(
      (text) => parsePostgresMemory(text, 1024),
      [...texts, "1e3kB", "1.MB", ".5MB", "1 M B", "1,5GB", "-1"],
    );
  });

  it("reads back as the whole kilobytes that were written", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 40n), fc.constantFrom(KB, MB, GB), (amount, unit) => {
        const bytes = amount * unit;
        assert.equal(value(parsePostgresMemory(formatPostgresMemory(bytes))), bytes);
      }),
    );
  });
});
