import { strict as assert } from "node:assert";
import fc from "fast-check";
import { formatBytes, parseCpu, parseQuantity, parseSize } from "../../../components/units/quantity";
import { allowed, rejects, value } from "./helpers";

const quantity = (text: string) => value(parseQuantity(text));

describe("Kubernetes quantities", () => {
  it("are read exactly, in billionths", () => {
    // Each is what k8s.io/apimachinery v0.37.1 reads.
    const table: readonly (readonly [string, bigint])[] = [
      ["0", 0n],
      ["1", 1_000_000_000n],
      ["+1", 1_000_000_000n],
      ["-1", -1_000_000_000n],
      ["1.", 1_000_000_000n],
      [".5", 500_000_000n],
      ["0.5", 500_000_000n],
      ["007", 7_000_000_000n],
      ["1n", 1n],
      ["1u", 1_000n],
      ["1m", 1_000_000n],
      ["500m", 500_000_000n],
      ["1k", 10n ** 12n],
      ["1M", 10n ** 15n],
      ["1G", 10n ** 18n],
      ["1T", 10n ** 21n],
      ["1P", 10n ** 24n],
      ["1E", 10n ** 27n],
      ["1Ki", 2n ** 10n * 10n ** 9n],
      ["1Mi", 2n ** 20n * 10n ** 9n],
      ["1Gi", 2n ** 30n * 10n ** 9n],
      ["1Ti", 2n ** 40n * 10n ** 9n],
      ["1Pi", 2n ** 50n * 10n ** 9n],
      ["1Ei", 2n ** 60n * 10n ** 9n],
      ["1.5Gi", 1536n * 2n ** 20n * 10n ** 9n],
      ["1.Gi", 2n ** 30n * 10n ** 9n],
      ["1e3", 10n ** 12n],
      ["1E3", 10n ** 12n],
      ["1e+3", 10n ** 12n],
      ["1e-3", 1_000_000n],
      ["0.1n", 1n],
      ["-0.1n", -1n],
      ["1e-20", 1n],
      ["0e-20", 0n],
      ["0e99999", 0n],
      ["1e-999999999999", 1n],
      ["1.0000000001", 1_000_000_001n],
      ["8Ei", (2n ** 63n - 1n) * 10n ** 9n],
      ["-9Ei", -(2n ** 63n - 1n) * 10n ** 9n],
    ];
    for (const [text, nano] of table) assert.equal(quantity(text).nano, nano, text);
  });

  it("are refused when they are not in the grammar", () => {
    const texts = [
      "",
      " ",
      "+",
      "-",
      ".",
      "Ki",
      "e3",
      "1 Gi",
      " 1",
      "1 ",
      "1\n",
      "1ki",
      "1K",
      "1MB",
      "1B",
      "1e",
    ];
    const more = [
      "1e1.5",
      "1e+",
      "1i",
      "0x10",
      "1_000",
      "1,5",
      "--1",
      "+-1",
      "1.2.3",
      "Infinity",
      "NaN",
      "1e1001",
    ];
    rejects(parseQuantity, [...texts, ...more]);
  });

  it("round up to whole units and to thousandths", () => {
    assert.equal(quantity("1.5").bytes(), 2n);
    assert.equal(quantity("1n").bytes(), 1n);
    assert.equal(quantity("2Gi").bytes(), 2147483648n);
    assert.equal(quantity("0.3Ki").bytes(), 308n);
    assert.equal(quantity("1.5").milli(), 1500n);
    assert.equal(quantity("1u").milli(), 1n);
    assert.equal(quantity("250m").milli(), 250n);
    assert.equal(quantity("-1.5").bytes(), -2n);
  });

  it("keep the text they were read from", () => {
    assert.equal(quantity("1.5Gi").text, "1.5Gi");
  });

  it("compare by value and not by text", () => {
    assert.equal(quantity("1Gi").compare(quantity("1024Mi")), 0);
    assert.equal(quantity("1G").compare(quantity("1Gi")), -1);
    assert.equal(quantity("1").compare(quantity("999m")), 1);
  });

  it("keep the order of the numbers, whatever the suffix", () => {
    const part = fc.record({
      amount: fc.integer({ min: -1_000_000, max: 1_000_000 }),
      suffix: fc.constantFrom(
        ...([
          ["", 1],
          ["m", 0.001],
          ["k", 1e3],
          ["Ki", 1024],
          ["Mi", 1048576],
        ] as const),
      ),
    });
    fc.assert(
      fc.property(part, part, (a, b) => {
        // Thousandths are whole and small enough to be exact in a double.
        const [x, y] = [a, b].map(({ amount, suffix }) => Math.round(amount * suffix[1] * 1000));
        const order = quantity(`${a.amount}${a.suffix[0]}`).compare(quantity(`${b.amount}${b.suffix[0]}`));
        assert.equal(order, Math.sign((x ?? 0) - (y ?? 0)));
      }),
    );
  });

  it("never make the parsers throw", () => {
    const unit = fc.constantFrom(..."0123456789.+-eEinumkKMGTPB ");
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit }), fc.string()), (text) => {
        for (const parse of [parseQuantity, parseSize, parseCpu]) parse(text);
      }),
    );
  });
});

describe("a size of storage or memory", () => {
  it("is any quantity from one byte up", () => {
    assert.equal(value(parseSize("100Gi")).bytes(), 100n * 2n ** 30n);
    assert.equal(value(parseSize("1")).bytes(), 1n);
    assert.equal(value(parseSize("512M")).bytes(), 512_000_000n);
    assert.equal(value(parseSize("7Ei")).bytes(), 7n * 2n ** 60n);
    assert.equal(value(parseSize("1e9")).bytes(), 1_000_000_000n);
  });

  it("is refused when it is nothing, negative, a fraction of a byte or too large", () => {
    rejects(parseSize, ["", "0", "0Gi", "-1Gi", "0.5", "1n", "1u", "5000m", "10E", "1e30"]);
  });

  it("comes with the Kubernetes spelling when another one was used", () => {
    const hints = [
      ["512m", "512Mi"],
      ["512MB", "512Mi"],
      ["10GB", "10Gi"],
      ["10gb", "10Gi"],
      ["10g", "10Gi"],
      ["10gi", "10Gi"],
      ["10GiB", "10Gi"],
      ["8 Gi", "8Gi"],
      ["64K", "64Ki"],
      ["64kB", "64Ki"],
      ["1.5TB", "1.5Ti"],
    ] as const;
    for (const [text, hint] of hints) {
      assert(allowed(parseSize(text)).endsWith(`write "${hint}"`), text);
      assert(parseSize(hint).ok);
    }
    assert.match(allowed(parseSize("512m")), /thousandths of a byte/);
    assert.doesNotMatch(allowed(parseSize("512MB")), /thousandths/);
  });
});

describe("an amount of CPU", () => {
  it("is a positive number of cores in steps of a thousandth", () => {
    assert.equal(value(parseCpu("500m")).milli(), 500n);
    assert.equal(value(parseCpu("2")).milli(), 2000n);
    assert.equal(value(parseCpu("1.5")).milli(), 1500n);
    assert.equal(value(parseCpu("0.001")).milli(), 1n);
    assert.equal(value(parseCpu("2000000u")).milli(), 2000n);
  });

  it("is refused when it is nothing, negative, finer than 1m or a memory size", () => {
    rejects(parseCpu, ["", "0", "0m", "-1", "0.5m", "1u", "1.0005", "two", "2 cores", "8Gi", "1Ki"]);
  });
});

describe("bytes as text", () => {
  it("take the largest binary suffix that is exact", () => {
    const table = [
      [0n, "0"],
      [1n, "1"],
      [1000n, "1000"],
      [1024n, "1Ki"],
      [1536n, "1536"],
      [1536n * 1024n ** 2n, "1536Mi"],
      [2n * 1024n ** 3n, "2Gi"],
      [1024n ** 4n, "1Ti"],
      [1024n ** 5n, "1Pi"],
      [1024n ** 6n, "1Ei"],
      [-1024n, "-1Ki"],
    ] as const;
    for (const [bytes, text] of table) assert.equal(formatBytes(bytes), text);
  });

  it("read back as the same bytes", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 2n ** 40n), fc.nat(20), (amount, shift) => {
        const bytes = amount << BigInt(shift);
        assert.equal(value(parseSize(formatBytes(bytes))).bytes(), bytes);
      }),
    );
  });
});
