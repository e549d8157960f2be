import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dumpScript, fetchScript, finalExitCode, uploadScript } from "../../../components/export/scripts";

/** All of it falls on one second. */
const date = "#!/bin/sh\necho 20261122T020000Z\n";
const pgDump = `#!/bin/sh
for word in "$@"; do case "$word" in --file=*) echo "$CONTENT" >"\${word#--file=}" ;; esac; done
`;

/** A bucket in a folder, to which a put over what is there is a put as any other. */
const rclone = `#!/bin/sh
for last in "$@"; do before=\${after:-}; after=$last; done
case "$1" in
lsf) ls "$after" | grep '\\.dump\\.sha256$' || true ;;
copyto) cp "$before" "$after" ;;
esac
`;

describe("Dumps in a bucket that lets everybody write over everything", () => {
  let folder = "";
  let bucket = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-dumps-"));
    bucket = join(folder, "bucket");
    for (const each of ["bin", "bucket", "tmp"]) mkdirSync(join(folder, each));
    const psql = "#!/bin/sh\n";
    for (const [name, text] of Object.entries({ date, pg_dump: pgDump, pg_restore: psql, psql, rclone })) {
      writeFileSync(join(folder, "bin", name), text);
      chmodSync(join(folder, "bin", name), 0o755);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function run(script: string, env: Readonly<Record<string, string>>) {
    const here = script.replaceAll(/(?<!\w)\/(dump|tmp)\b/g, `${folder}/$1`);
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-ceu", here], {
      encoding: "utf8",
      env: {
        PATH: `${join(folder, "bin")}:${process.env.PATH}`,
        PGDATABASE: "orders",
        PGHOST: "db",
        DUMP_FOLDER: "s3://b/exports/db/orders",
        DUMP_REMOTE: bucket,
        ...env,
      },
    });
    return { code: status, output: stdout + stderr };
  }

  /** A pod of an export, in a room of its own. */
  function dump(name: string, pod: string, content: string, partial = false) {
    rmSync(join(folder, "dump"), { recursive: true, force: true });
    mkdirSync(join(folder, "dump"));
    const env = { EXPORT: name, PARTIAL: partial ? ".partial" : "", HOSTNAME: pod, CONTENT: content };
    for (const script of [dumpScript, uploadScript]) {
      const { code, output } = run(script, env);
      assert.equal(code, 0, output);
    }
  }

  function fetch(which: { readonly object?: string; readonly export?: string } = {}) {
    rmSync(join(folder, "dump"), { recursive: true, force: true });
    mkdirSync(join(folder, "dump"));
    const env = { OBJECT: which.object ?? "", EXPORT: which.export ?? "" };
    const fetched = run(fetchScript, env);
    const file = join(folder, "dump", "dump");
    return { ...fetched, content: existsSync(file) ? readFileSync(file, "utf8").trim() : undefined };
  }

  /** A dump as former versions named it. */
  function former(time: string, content: string) {
    writeFileSync(join(bucket, `${time}.dump`), `${content}\n`);
    const sum = spawnSync("sha256sum", [join(bucket, `${time}.dump`)], { encoding: "utf8" }).stdout;
    writeFileSync(join(bucket, `${time}.dump.sha256`), sum);
  }

  it("of one second are all there, each as it was exported", () => {
    dump("nightly", "db-export-nightly-29396760-aaaaa", "all");
    dump("some", "db-export-some-29396760-bbbbb", "part", true);
    // Another cluster of that name, whose dumps go to the same folder.
    dump("nightly", "db-export-nightly-29396760-ccccc", "of another");
    assert.deepEqual(
      readdirSync(bucket).filter((name) => name.endsWith(".dump")),
      [
        "20261122T020000Z-nightly-aaaaa.dump",
        "20261122T020000Z-nightly-ccccc.dump",
        "20261122T020000Z-some-bbbbb.partial.dump",
      ],
    );
    assert.equal(fetch({ object: "20261122T020000Z-nightly-aaaaa.dump" }).content, "all");
  });

  it("are imported without those from which tables were left out, if none is named", () => {
    dump("nightly", "x-aaaaa", "all");
    dump("some", "x-bbbbb", "part", true);
    assert.equal(fetch().content, "all");
  });

  it("are never taken for whole ones where there are partial ones alone", () => {
    dump("some", "x-bbbbb", "part", true);
    const { code, output, content } = fetch();
    assert.equal(code, finalExitCode);
    assert.equal(content, undefined);
    assert.match(
      output,
      /^refused: there is no dump in s3:\S+ that is known to be one from which nothing was left out; there are 1 others, the last of them 20261122T020000Z-some-bbbbb\.partial\.dump\. Name one with importDump\.from\.object/,
    );
  });

  it("are imported of the export that is named, and it is said if that one is partial", () => {
    dump("nightly", "x-aaaaa", "all");
    dump("night", "x-bbbbb", "part", true);
    const { content, output } = fetch({ export: "night" });
    assert.equal(content, "part");
    assert.match(output, /20261122T020000Z-night-bbbbb\.partial\.dump is partial: its export left/);
    assert.match(fetch({ export: "nigh" }).output, /^refused: .* to be one of export nigh;/);
  });

  it("of former versions are read if they are named, and are no default: nobody knows whether they are partial", () => {
    former("20261123T020000Z", "former");
    assert.equal(fetch({ object: "20261123T020000Z.dump" }).content, "former");
    assert.match(fetch().output, /^refused: .* there are 1 others, the last of them 20261123T020000Z\.dump/);
    dump("nightly", "x-aaaaa", "all");
    assert.equal(fetch().content, "all");
  });

  it("that are not there are told from those that are not known", () => {
    assert.match(
      fetch().output,
      /^refused: there is no dump with a checksum in s3:\/\/b\/exports\/db\/orders\n/,
    );
  });
});
