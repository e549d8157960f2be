import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import {
  type CredentialsArgs,
  PostgresEnvironment,
  type SecretManifest,
  secretManifests,
} from "../../components/index";
import { environmentArgs, image, recordValid, types } from "../helpers/samples";

const password = "p/w@x:y%z";
const args = (credentials?: CredentialsArgs) =>
  environmentArgs({
    "orders-db": {
      namespace: "orders",
      image,
      databases: { orders: {} },
      roles: {
        reporting: {
          ...(credentials !== undefined && { credentials }),
          applications: [{ namespace: "shop" }, { namespace: "front", service: "r" }],
        },
      },
    },
  });
const of = { cluster: "orders-db", role: "reporting", password };

describe("The Secrets of a role that GitOps makes", () => {
  it("say what those say that Pulumi would make", async () => {
    const made = await recordValid(() => new PostgresEnvironment("dev", args()), password);
    const byPulumi = made
      .all(types.secret)
      .filter(({ name }) => name.includes("reporting"))
      .map(({ inputs }) => inputs as unknown as SecretManifest);
    const manifests = secretManifests("dev", args({ sops: "reporting-login" }), of);
    const sorted = (all: readonly SecretManifest[]) =>
      [...all].sort((a, b) => (a.metadata.namespace < b.metadata.namespace ? -1 : 1));
    // But for its name: under that of Pulumi's own, Pulumi would delete it on the way from the one to the other.
    const renamed = byPulumi.map((each) => ({
      ...each,
      metadata: {
        ...each.metadata,
        name: each.metadata.name.replace("orders-db-reporting-credentials", "reporting-login"),
      },
    }));
    assert.deepEqual(sorted(manifests), sorted(renamed));
  });

  it("are written for such a role only", () => {
    assert.throws(
      () => secretManifests("dev", args(), of),
      /role reporting of orders-db has no credentials\.sops/,
    );
    assert.throws(() => secretManifests("dev", args(), { ...of, cluster: "other" }), /there is orders-db/);
  });
});

describe("npm run secrets", () => {
  const run = (stdout: "pipe" | "ignore") =>
    spawnSync(
      process.execPath,
      [
        ...["--import", "tsx", "offline/secrets.ts", "--cluster", "encrypted", "--role", "reporting"],
        ...["--stack", "dev", "--stack-file", join(__dirname, "../fixtures/sops.yaml")],
      ],
      { cwd: join(__dirname, "../.."), encoding: "utf8", stdio: ["ignore", stdout, "pipe"] },
    );

  it("writes them to a pipe, with another password each time", () => {
    const passwords = [run("pipe"), run("pipe")].map(({ stdout, stderr }) => {
      assert.equal(stderr, "");
      const secrets = loadAll(stdout) as SecretManifest[];
      assert.equal(secrets.length, 2);
      const [first, ...others] = secrets.map(({ stringData }) => stringData.password ?? "");
      for (const other of others) assert.equal(other, first);
      assert.match(first ?? "", /^[A-Za-z0-9]{32}$/);
      return first;
    });
    assert.notEqual(passwords[0], passwords[1]);
  });

  it("writes none anywhere else", () => {
    const { status, stderr } = run("ignore");
    assert.equal(status, 1);
    assert.match(stderr, /pipe it into sops/);
  });
});
