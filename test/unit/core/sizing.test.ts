import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { ClusterArgs } from "../../../components/args/cluster";
import { profiles } from "../../../components/args/profiles";
import { Check } from "../../../components/check";
import { decideSizing } from "../../../components/cluster/sizing";
import { Problems } from "../../../components/problems";
import { parsePostgresMemory, parseSize } from "../../../components/units";
import { paths } from "../../helpers/samples";

function decide(args: Partial<ClusterArgs> = {}, profile: "dev" | "prod" = "dev") {
  const problems = new Problems();
  const sizing = decideSizing(new Check(problems), { namespace: "orders", ...args }, profiles[profile], {
    major: 17,
    official: true,
  });
  return { sizing, values: sizing.parameters.values, problems: problems.list };
}

const bytes = (text: string | undefined): bigint => {
  const parsed = parsePostgresMemory(text ?? "");
  assert(parsed.ok, `${text} is no Postgres memory value`);
  return parsed.value;
};
const size = (text: string | undefined): bigint => {
  const parsed = parseSize(text ?? "");
  assert(parsed.ok, `${text} is no size`);
  return parsed.value.bytes();
};

/** What the documented parameters can use at once, from what is rendered alone. */
function used(values: Readonly<Record<string, string>>): bigint {
  return (
    bytes(values.shared_buffers) +
    bytes(values.wal_buffers) +
    3n * bytes(values.maintenance_work_mem) +
    BigInt(values.max_connections ?? 0) * bytes(values.work_mem)
  );
}

const memory = fc.integer({ min: 256, max: 1_048_576 }).map((mi) => `${mi}Mi`);
const volume = fc.integer({ min: 512, max: 10_485_760 }).map((mi) => `${mi}Mi`);
const connections = fc.integer({ min: 10, max: 2000 });

describe("Memory parameters", () => {
  it("never add up to more than the memory, or the settings are refused", () => {
    fc.assert(
      fc.property(memory, connections, (text, max) => {
        const { values, problems } = decide({
          resources: { memory: text },
          parameters: { max_connections: String(max) },
        });
        const fits = used(values) <= size(text);
        assert.equal(paths(problems).includes("resources.memory"), !fits);
      }),
    );
  });

  it("fit by default from 512 MiB on with a hundred connections", () => {
    fc.assert(
      fc.property(
        memory.filter((text) => size(text) >= 512n << 20n),
        (text) => {
          const { values, problems } = decide({ resources: { memory: text } });
          assert.deepEqual(problems, []);
          assert(used(values) <= size(text));
        },
      ),
    );
  });

  it("are values that Postgres reads, of at least its minimum", () => {
    const minimum = {
      shared_buffers: 128n << 10n,
      wal_buffers: 32n << 10n,
      maintenance_work_mem: 1n << 20n,
      work_mem: 64n << 10n,
      effective_cache_size: 8n << 10n,
      max_wal_size: 32n << 20n,
      min_wal_size: 32n << 20n,
    };
    fc.assert(
      fc.property(memory, volume, fc.boolean(), (text, data, ownWal) => {
        const { values } = decide({
          resources: { memory: text },
          storage: { size: data },
          walStorage: { enabled: ownWal },
        });
        for (const [name, least] of Object.entries(minimum)) assert(bytes(values[name]) >= least, name);
      }),
    );
  });

  it("keep shared_buffers at a quarter, and the planner's hint at three quarters of memory", () => {
    fc.assert(
      fc.property(memory, (text) => {
        const { values } = decide({ resources: { memory: text } });
        const all = size(text);
        assert(bytes(values.shared_buffers) * 4n <= all);
        assert(bytes(values.shared_buffers) * 4n > all - (4n << 20n));
        assert(bytes(values.effective_cache_size) * 4n <= all * 3n);
      }),
    );
  });

  it("count those that are set by hand into the sum, bare numbers in Postgres' own unit", () => {
    const { problems } = decide({ parameters: { wal_buffers: "131072" } });
    assert.deepEqual(paths(problems), ["resources.memory"]);
    assert.match(problems[0]?.allowed ?? "", /^at least .* wal_buffers 1GB \+ /);
    assert.deepEqual(decide({ parameters: { wal_buffers: "16384" } }).problems, []);
  });

  it("appear as they were written when they are set by hand", () => {
    const parameters = {
      work_mem: "2048",
      shared_buffers: "0.25GB",
      wal_buffers: "-1",
      log_statement: "ddl",
    };
    const { values, problems } = decide({ parameters });
    assert.deepEqual(problems, []);
    for (const [name, value] of Object.entries(parameters)) assert.equal(values[name], value);
  });

  it("refuse a work_mem that all connections together could not have, and name the sum", () => {
    const { problems } = decide({ parameters: { work_mem: "16MB" } });
    assert.deepEqual(problems, [
      {
        path: "resources.memory",
        value: "1Gi",
        allowed:
          "at least 2064MB, which is what the parameters can use: shared_buffers 256MB + wal_buffers 16MB + " +
          "3 x maintenance_work_mem 64MB + 100 connections x work_mem 16MB; give more memory or lower them under parameters",
      },
    ]);
  });

  it("say nothing of the profile's memory when the memory that is written can't be read", () => {
    const { problems } = decide({ resources: { memory: "64GB" }, parameters: { shared_buffers: "16GB" } });
    assert.deepEqual(
      problems.map((p) => [p.path, p.value]),
      [["resources.memory", "64GB"]],
    );
  });
});

describe("The volume under the WAL", () => {
  it("holds at least three times max_wal_size where it is WAL's own, four times where it is shared", () => {
    fc.assert(
      fc.property(volume, fc.option(volume, { nil: undefined }), fc.boolean(), (data, wal, own) => {
        const { sizing, values, problems } = decide({
          storage: { size: data },
          walStorage: { enabled: own, ...(own && wal !== undefined && { size: wal }) },
        });
        const holder = own ? sizing.walStorage?.size : sizing.storage.size;
        const holds = size(holder) >= (own ? 3n : 4n) * bytes(values.max_wal_size);
        assert.equal(problems.length === 0, holds);
      }),
    );
  });

  it("needs no size: what is derived is always enough, for a max_wal_size set by hand too", () => {
    fc.assert(
      fc.property(volume, fc.integer({ min: 64, max: 200_000 }), (data, mb) => {
        const { sizing, problems } = decide({
          storage: { size: data },
          walStorage: { enabled: true },
          parameters: { max_wal_size: `${mb}MB` },
        });
        assert.deepEqual(problems, []);
        assert(size(sizing.walStorage?.size) >= 3n * (BigInt(mb) << 20n));
      }),
    );
  });

  it("is a volume of its own when it is given a size", () => {
    assert.equal(decide({ walStorage: { size: "4Gi" } }).sizing.walStorage?.size, "4Gi");
    assert.equal(decide().sizing.walStorage, undefined);
    assert.equal(decide({ walStorage: { enabled: false } }, "prod").sizing.walStorage, undefined);
  });

  it("can't have a size or a storage class that nothing would use", () => {
    const unused = { enabled: false, size: "4Gi", storageClass: "fast" };
    assert.deepEqual(paths(decide({ walStorage: unused }).problems).sort(), [
      "walStorage.size",
      "walStorage.storageClass",
    ]);
  });

  it("says of one that is too small how large it has to be", () => {
    const { problems } = decide({ walStorage: { size: "2Gi" }, parameters: { max_wal_size: "1GB" } });
    assert.deepEqual(problems, [
      {
        path: "walStorage.size",
        value: "2Gi",
        allowed:
          "at least 3 x max_wal_size (3Gi): WAL that is not archived yet, or that a replica still needs, comes on top of " +
          "max_wal_size (1GB), and CNPG stops an instance whose disk is full",
      },
    ]);
  });
});

describe("WAL parameters", () => {
  it("keep min_wal_size at or below max_wal_size", () => {
    fc.assert(
      fc.property(volume, fc.boolean(), (data, own) => {
        const { values } = decide({ storage: { size: data }, walStorage: { enabled: own } });
        assert(bytes(values.min_wal_size) <= bytes(values.max_wal_size));
      }),
    );
    const { problems } = decide({ parameters: { min_wal_size: "2GB", max_wal_size: "1GB" } });
    assert.deepEqual(paths(problems), ["parameters.min_wal_size"]);
  });

  it("hold at least two WAL segments, without which Postgres does not start", () => {
    for (const walSegmentSize of [1, 16, 64, 128, 512, 1024]) {
      const { values, problems } = decide({ initdb: { walSegmentSize } });
      const twoSegments = BigInt(2 * walSegmentSize) << 20n;
      const starts = bytes(values.min_wal_size) >= twoSegments && bytes(values.max_wal_size) >= twoSegments;
      assert(
        starts || problems.length > 0,
        `walSegmentSize ${walSegmentSize}: min_wal_size ${values.min_wal_size}`,
      );
    }
    assert(
      decide({ parameters: { max_wal_size: "16MB" } }).problems.length > 0,
      "max_wal_size of one segment",
    );
  });
});

describe("Resources", () => {
  it("are the profile's, with limits like the requests", () => {
    assert.deepEqual(decide({}, "prod").sizing.resources, {
      requests: { cpu: "2", memory: "8Gi" },
      limits: { cpu: "2", memory: "8Gi" },
    });
  });

  it("refuse a limit below the request", () => {
    const resources = { cpu: "2", memory: "4Gi", cpuLimit: "1500m", memoryLimit: "4000Mi" };
    const { problems } = decide({ resources });
    assert.deepEqual(
      problems.map(({ path, allowed }) => [path, allowed]),
      [
        ["resources.memoryLimit", "at least the request (4Gi)"],
        ["resources.cpuLimit", "at least the request (2)"],
      ],
    );
  });

  it("compare by amount, not by spelling", () => {
    const resources = { cpu: "2", memory: "4Gi", cpuLimit: "2000m", memoryLimit: "4096Mi" };
    assert.deepEqual(decide({ resources }).problems, []);
  });
});
