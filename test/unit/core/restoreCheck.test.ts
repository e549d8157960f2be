import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { decideEnvironment } from "../../../components/environment/decide";
import type { ClusterArgs, PostgresEnvironmentArgs } from "../../../components/index";
import { Problems } from "../../../components/problems";
import { environmentArgs, image } from "../../helpers/samples";

interface Look {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly containers: readonly [
      { readonly args: readonly [string]; readonly env: readonly { name: string; value?: string }[] },
    ];
  };
}

const inPlace = { generation: 2, recoverFrom: { generation: 1 } };

function checkOf(cluster: Partial<ClusterArgs> = inPlace, more: Partial<PostgresEnvironmentArgs> = {}) {
  const problems = new Problems();
  const orders = { namespace: "orders", image, databases: { orders: {} }, ...cluster };
  const plan = decideEnvironment(problems, "dev", environmentArgs({ "orders-db": orders }, more)).clusters[0]
    ?.plan;
  assert.deepEqual(problems.list, []);
  const check = plan?.restoreCheck;
  return check && { ...check, pod: check.pod as unknown as Look };
}
const envOf = (target?: NonNullable<ClusterArgs["recoverFrom"]>["target"]) => {
  const check = checkOf({ generation: 2, recoverFrom: { generation: 1, ...(target && { target }) } });
  const { env } = check?.pod.spec.containers[0] ?? { env: [] };
  return Object.fromEntries(env.map(({ name, value = "" }) => [name, value]));
};

describe("What looks whether a former generation of a cluster can be restored", () => {
  it("runs as the cluster's account, looks at the former archive, and knows how the restored one will be called", () => {
    const check = checkOf();
    assert.equal(check?.url, "gs://acme-dev-dev-postgres-backups/cnpg/orders-db/orders-db-g1");
    assert.equal(check?.server, "orders-db-g2");
    assert.equal(check?.pod.metadata.name, "orders-db-restore-check");
    assert.equal(check?.pod.spec.serviceAccountName, "orders-db");
  });

  it("is there in place alone, and where archives are looked at", () => {
    const elsewhere = { bucket: "acme-prod-backups", serverName: "orders-db-g1", postgresMajor: 17 };
    assert.equal(checkOf({}), undefined);
    assert.equal(checkOf({ recoverFrom: elsewhere }), undefined);
    assert.equal(checkOf({ ...inPlace, backup: { checkArchive: false } }), undefined);
    assert.equal(checkOf(inPlace, { backups: { checkArchive: false } }), undefined);
    assert.notEqual(checkOf({ generation: 2, recoverFrom: { serverName: "former" } }), undefined);
  });

  it("is told the target in UTC, whatever zone it was written in", () => {
    assert.equal(envOf({ time: "2026-11-21 04:30:00.25+01:30" }).TARGET_TIME, "20261121030000");
    assert.equal(envOf({ lsn: "0/3000060" }).TARGET_TIME, "");
    assert.equal(envOf({ lsn: "0/3000060", timeline: "17" }).TIMELINE, "00000011");
    assert.equal(envOf({ lsn: "0/3000060", timeline: "latest" }).TIMELINE, "");
  });

  it("is told a place in the WAL in sixteen digits", () => {
    assert.equal(envOf({ lsn: "1a/3000060" }).TARGET_LSN, "0000001A03000060");
    assert.equal(envOf({ time: "2026-11-21T03:00:00Z" }).TARGET_LSN, "");
  });
});

/** An archive as Barman leaves it: base backups with their `backup.info`, and when which WAL file was uploaded. */
interface Archive {
  readonly base?: Readonly<Record<string, string>>;
  readonly wals?: Readonly<Record<string, string>>;
}
const info = (end: string, status = "DONE") =>
  `begin_time=x\nend_time=${end}\nserver_name=cloud\nstatus=${status}\n`;
const done = {
  "20261120T030000": info("2026-11-20 03:05:00.123456+00:00"),
  "20261121T030000": info("2026-11-21 03:05:00.123456+00:00"),
};
const wals = {
  "0000000100000000/000000010000000000000004.gz": "2026-11-21T05:00:00Z",
  "0000000200000000/000000020000000000000009.gz": "2026-11-21T06:00:00Z",
  "0000000200000000/000000020000000000000008.gz": "2026-11-21T05:30:00Z",
};

describe("The script that looks whether a former generation can be restored", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-restorable-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const program = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  const put = (path: string, content: string, uploaded?: string) => {
    const file = join(folder, "bucket", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    if (uploaded !== undefined) utimesSync(file, new Date(uploaded), new Date(uploaded));
  };

  /** How the script ends over an archive, and what it says. */
  function run(archive: Archive, env: Readonly<Record<string, string>> = {}, rclone?: string) {
    for (const [id, text] of Object.entries(archive.base ?? {})) put(`base/${id}/backup.info`, text);
    for (const [name, uploaded] of Object.entries(archive.wals ?? {})) put(`wals/${name}`, "", uploaded);
    // As rclone 1.71 answers: 3 for a folder, 4 for a file that is not there.
    program(
      "rclone",
      rclone ??
        `for word in "$@"; do case "$word" in store:*) path=${folder}/bucket/\${word#store:b/p/} ;; esac; done
case "$*" in
  cat*) [ -f "$path" ] || exit 4; cat "$path" ;;
  *--files-only*"--format p"*) cd "$path" || exit 3; ls ;;
  *--dirs-only*) cd "$path" 2>/dev/null || exit 3; ls -d */ ;;
  *) cd "$path" || exit 3; for file in *; do date -u -r "$file" '+%Y-%m-%d %H:%M:%S'; done ;;
esac`,
    );
    program("sleep", "exit 0");
    const [script] = checkOf()?.pod.spec.containers[0].args ?? [""];
    const ended = spawnSync("/bin/sh", ["-ceu", script.replaceAll("/tmp/said", `${folder}/said`)], {
      env: {
        PATH: `${folder}:${process.env.PATH}`,
        DUMP_REMOTE: "store:b/p",
        TARGET_TIME: "",
        TARGET_LSN: "",
        BACKUP_ID: "",
        TIMELINE: "",
        BASE: "barman",
        ...env,
      },
      encoding: "utf8",
    });
    return [ended.status, (ended.stdout + ended.stderr).trim()];
  }

  it("has nothing against an archive with a base backup and WAL, nor against a target between both", () => {
    for (const env of [
      {},
      { TARGET_TIME: "20261121030500" },
      { TARGET_TIME: "20261121060000" },
      { TARGET_TIME: "20261120030501" },
      { BACKUP_ID: "20261120T030000" },
      { TIMELINE: "00000001", TARGET_TIME: "20261121050000" },
    ])
      assert.deepEqual(run({ base: done, wals }, env), [0, ""], JSON.stringify(env));
  });

  it("refuses where nothing is, or nothing that is complete", () => {
    assert.deepEqual(run({}), [9, "there is no complete base backup"]);
    const failed = { "20261121T030000": info("None", "FAILED") };
    assert.deepEqual(run({ base: failed, wals }), [9, "there is no complete base backup"]);
  });

  it("refuses a base backup without any WAL", () => {
    assert.deepEqual(run({ base: done }), [9, "there is no WAL"]);
  });

  it("refuses a target from before the end of the first base backup", () => {
    assert.deepEqual(run({ base: done, wals }, { TARGET_TIME: "20261120030459" }), [
      9,
      "there is no complete base backup that ended before the target (20261120030459 UTC)",
    ]);
  });

  it("refuses a target from after the last WAL, and one on a timeline that there is not", () => {
    assert.deepEqual(run({ base: done, wals }, { TARGET_TIME: "20261121060001" }), [
      9,
      "its last WAL was archived at 20261121060000 UTC, before the target (20261121060001 UTC)",
    ]);
    assert.deepEqual(run({ base: done, wals }, { TIMELINE: "00000003" }), [
      9,
      "there is no WAL of timeline 00000003",
    ]);
  });

  it("refuses a base backup by an id that there is not, and says which there are", () => {
    assert.deepEqual(run({ base: done, wals }, { BACKUP_ID: "20261119T030000" }), [
      9,
      "there is no base backup 20261119T030000; the newest ones: 20261121T030000 20261120T030000",
    ]);
  });

  /** Two base backups that end at 0/2000120 and 2/FE000028, and WAL up to the end of segment 2/FF. */
  const placed = {
    "20261120T030000": `${info("2026-11-20 03:05:00+00:00")}end_xlog=0/2000120\nxlog_segment_size=16777216\n`,
    "20261121T030000": `${info("2026-11-21 03:05:00+00:00")}end_xlog=2/FE000028\nxlog_segment_size=16777216\n`,
  };
  const segments = {
    "0000000100000002/0000000100000002000000FE.00000028.backup.gz": "2026-11-21T03:05:00Z",
    "0000000100000002/0000000100000002000000FF.gz": "2026-11-21T05:00:00Z",
    "0000000100000002/000000010000000300000000.partial": "2026-11-21T05:00:00Z",
  };

  it("has nothing against a place in the WAL between a base backup and the last file", () => {
    for (const lsn of ["0/2000120", "0/3000000", "2/FE000028", "2/FFFFFFFF"])
      assert.deepEqual(
        run({ base: placed, wals: segments }, { TARGET_LSN: envOf({ lsn }).TARGET_LSN ?? "" }),
        [0, ""],
        lsn,
      );
  });

  it("refuses a place in the WAL from before the first base backup, or from after the last file", () => {
    const at = (lsn: string) =>
      run({ base: placed, wals: segments }, { TARGET_LSN: envOf({ lsn }).TARGET_LSN ?? "" });
    assert.deepEqual(at("0/200011F"), [
      9,
      "there is no complete base backup that ended before the target (000000000200011F)",
    ]);
    assert.deepEqual(at("3/0"), [
      9,
      "its last WAL file is 0000000100000002000000FF, before the target (0000000300000000)",
    ]);
  });

  it("says nothing of a place in the WAL where it does not know how long a WAL file is", () => {
    const beyond = { TARGET_LSN: "0000000900000000" };
    assert.deepEqual(run({ base: done, wals: segments }, beyond), [0, ""]);
    assert.deepEqual(run({ wals: segments }, { ...beyond, BASE: "snapshot" }), [0, ""]);
  });

  it("takes snapshots in place of a base backup, and WAL from the archive", () => {
    assert.deepEqual(run({ wals }, { BASE: "snapshot", TARGET_TIME: "20261121055900" }), [0, ""]);
    const [status] = run({ wals }, { BASE: "snapshot", TARGET_TIME: "20261121070000" });
    assert.equal(status, 9);
  });

  it("tries again what fails, and says why it gave up", () => {
    const rclone = `echo x >> ${folder}/calls; echo '403 Forbidden' >&2; exit 1`;
    assert.deepEqual(run({}, {}, rclone), [1, "403 Forbidden"]);
    const calls = spawnSync("wc", ["-l", join(folder, "calls")], { encoding: "utf8" });
    assert.equal(Number.parseInt(calls.stdout, 10), 8);
  });
});
