import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decideEnvironment } from "../../../components/environment/decide";
import type { PostgresEnvironmentArgs } from "../../../components/index";
import { Problems } from "../../../components/problems";
import { environmentArgs, image } from "../../helpers/samples";

interface Pod {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly automountServiceAccountToken: boolean;
    readonly containers: readonly [
      {
        readonly image: string;
        readonly args: readonly [string];
        readonly env: readonly { name: string; value?: string }[];
      },
    ];
  };
}

function checkOf(more: Partial<PostgresEnvironmentArgs> = {}, cluster: object = {}) {
  const problems = new Problems();
  const args = environmentArgs(
    { "orders-db": { namespace: "orders", image, databases: { orders: {} }, ...cluster } },
    more,
  );
  const plan = decideEnvironment(problems, "dev", args).clusters[0]?.plan;
  assert.deepEqual(problems.list, []);
  const check = plan?.archiveCheck;
  return check && { ...check, pod: check.pod as unknown as Pod };
}
const value = (pod: Pod | undefined, name: string) =>
  pod?.spec.containers[0].env.find((each) => each.name === name)?.value;

describe("What looks whether an archive is empty", () => {
  it("runs as the cluster's account, with its annotations, and lists the folder of its server name", () => {
    const check = checkOf();
    assert.equal(check?.url, "gs://acme-dev-dev-postgres-backups/cnpg/orders-db/orders-db-g1");
    assert.deepEqual(check?.account.metadata.annotations, {
      "iam.gke.io/gcp-service-account": "cnpg-dev@acme-dev.iam.gserviceaccount.com",
    });
    assert.equal(check?.pod.spec.serviceAccountName, "orders-db");
    assert.equal(check?.pod.spec.automountServiceAccountToken, false);
    assert.equal(
      value(check?.pod, "DUMP_REMOTE"),
      "store:acme-dev-dev-postgres-backups/cnpg/orders-db/orders-db-g1",
    );
    assert.ok(
      !("cnpg.io/cluster" in (check?.pod.metadata.labels ?? {})),
      "it would be one of the cluster's pods",
    );
  });

  it("has the environment of backups, the image of exports, and an emulator's address in rclone's words", () => {
    const backups = { env: { HTTPS_PROXY: "http://p:1", STORAGE_EMULATOR_HOST: "http://gcs:4443" } };
    const mirrored = "registry.example.com/rclone:1.71.2";
    const check = checkOf({ backups, exports: { image: mirrored } });
    assert.equal(check?.pod.spec.containers[0].image, mirrored);
    assert.equal(value(check?.pod, "HTTPS_PROXY"), "http://p:1");
    assert.equal(value(check?.pod, "RCLONE_GCS_ENDPOINT"), "http://gcs:4443/storage/v1/");
  });

  it("is left out without backups, and where somebody says so, for all clusters or for one", () => {
    assert.equal(checkOf({}, { backup: { enabled: false } }), undefined);
    assert.equal(checkOf({ backups: { checkArchive: false } }), undefined);
    assert.equal(checkOf({}, { backup: { checkArchive: false } }), undefined);
    assert.notEqual(
      checkOf({ backups: { checkArchive: false } }, { backup: { checkArchive: true } }),
      undefined,
    );
  });

  /** How the script ends where rclone says and ends so. */
  function run(says: string, code: number) {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-look-"));
    const program = (name: string, text: string) => {
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(folder, name), 0o755);
    };
    program("rclone", `echo x >> ${folder}/calls; printf '${says}'; echo 'why not' >&2; exit ${code}`);
    program("sleep", "exit 0");
    const [script] = checkOf()?.pod.spec.containers[0].args ?? [""];
    try {
      const env = { PATH: `${folder}:${process.env.PATH}`, DUMP_REMOTE: "store:b/p" };
      const ended = spawnSync("/bin/sh", ["-ceu", script], { env, encoding: "utf8" });
      const calls = spawnSync("wc", ["-l", join(folder, "calls")], { encoding: "utf8" });
      return { ...ended, calls: Number.parseInt(calls.stdout, 10) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it("ends with 0 where nothing is, whether or not the store calls that an error", () => {
    for (const [says, code] of [
      ["", 0],
      ["", 3],
    ] as const)
      assert.equal(run(says, code).status, 0);
  });

  it("ends with 9 where anything is, and says what", () => {
    const { status, stdout } = run("base/\\nwals/\\n", 0);
    assert.deepEqual([status, stdout], [9, "base/\nwals/\n"]);
  });

  it("tries again what fails, as a new grant may need minutes, and says why it gave up", () => {
    const { status, stderr, calls } = run("", 1);
    assert.deepEqual([status, stderr.trim(), calls], [1, "why not", 20]);
  });
});
