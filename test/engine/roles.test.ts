import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { clusterIn, Offline, type StateResource, touched } from "./offline";

describe("a rotation, through the real engine", () => {
  const offline = new Offline();
  after(() => offline.remove());

  const applications = [{ namespace: "shop" }];
  const rolesOf = (rotation: number) => {
    const credentials = { random: { rotation } };
    return {
      changing: { credentials, applications },
      turning: { credentials, rotationMode: "twoUsers", applications },
      stored: { credentials: { externalSecret: { store: "vault", key: "orders/stored" } }, applications },
      made: { credentials: { generator: {} }, applications },
    };
  };
  const start = (rotation: number, ...more: string[]) =>
    offline.start([
      "--stack-file",
      offline.stackFile("dev", (settings) =>
        Object.assign(clusterIn(settings, "orders-db"), { roles: rolesOf(rotation) }),
      ),
      ...more,
    ]);

  /** What the Secrets say, by name, once they are shown. */
  async function shown(rotation: number): Promise<Map<string, Record<string, string>>> {
    const { code, output } = await start(rotation, "--show-secrets");
    assert.equal(code, 0, output);
    said.push(["output with --show-secrets", output]);
    const folder = join(offline.folder, "dev", "manifests");
    const secrets = readdirSync(folder)
      .filter((file) => file.endsWith(".secret.yaml"))
      .map((file) => load(readFileSync(join(folder, file), "utf8")) as Secret);
    return new Map(secrets.map(({ metadata, stringData }) => [metadata.name, stringData]));
  }
  interface Secret {
    readonly metadata: { readonly name: string };
    readonly stringData: Record<string, string>;
  }

  /** Everything that was printed, and everything that was written while secrets were hidden. */
  const said: [place: string, text: string][] = [];
  const written = () => {
    for (const entry of readdirSync(offline.folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) {
        const path = join(entry.parentPath, entry.name);
        said.push([path, readFileSync(path, "utf8")]);
      }
  };
  let first: Map<string, Record<string, string>>;
  let second: Map<string, Record<string, string>>;
  let states: [StateResource[], StateResource[]];
  let preview = "";

  before(async () => {
    const run = async (rotation: number, ...more: string[]) => {
      const { code, output } = await start(rotation, ...more);
      assert.equal(code, 0, output);
      said.push([`output of rotation ${rotation} ${more.join(" ")}`, output]);
      return output;
    };
    await run(1);
    written();
    first = await shown(1);
    const before = offline.state("dev");
    preview = await run(2, "--preview");
    await run(2);
    written();
    states = [before, offline.state("dev")];
    second = await shown(2);
  });

  const value = (of: typeof first, secret: string, key: string) => of.get(secret)?.[key] ?? `no ${secret}`;

  it("gives the role and the application another password, the same for both", () => {
    const [role, application] = ["orders-db-changing-credentials", "orders-db-changing"];
    for (const secrets of [first, second])
      assert.equal(value(secrets, role, "password"), value(secrets, application, "password"));
    assert.notEqual(value(first, role, "password"), value(second, role, "password"));
  });

  it("with two users leaves the former one's password, and leads the application to the other one", () => {
    assert.equal(value(first, "orders-db-turning", "username"), "turning_a");
    assert.equal(value(second, "orders-db-turning", "username"), "turning_b");
    const a = [...second.entries()].find(
      ([, { username, dbname, sslmode }]) => username === "turning_a" && dbname && !sslmode,
    );
    const b = [...second.entries()].find(([, { username, sslmode }]) => username === "turning_b" && !sslmode);
    assert(a !== undefined && b !== undefined);
    assert.equal(a[1].password, value(first, a[0], "password"));
    assert.notEqual(b[1].password, value(first, b[0], "password"));
    assert.equal(value(second, "orders-db-turning", "password"), b[1].password);
  });

  it("makes nothing anew but two passwords and the Job that tries the new user", () => {
    const [before, after] = states;
    const known = new Set(touched(before));
    const changed = after.filter((resource) => !known.has(touched([resource])[0] ?? ""));
    const names = changed.map(({ type, urn }) => `${type} ${urn.split("::").at(-1)}`).sort();
    assert.deepEqual(names, [
      "kubernetes:batch/v1:Job dev/orders-db/login/turning",
      "kubernetes:core/v1:Secret dev/orders-db/application/shop/orders-db-changing",
      "kubernetes:core/v1:Secret dev/orders-db/application/shop/orders-db-turning",
      "kubernetes:core/v1:Secret dev/orders-db/changing",
      "kubernetes:core/v1:Secret dev/orders-db/turning_b",
      "random:index/randomPassword:RandomPassword dev/orders-db/changing",
      "random:index/randomPassword:RandomPassword dev/orders-db/turning_b",
    ]);
    assert.deepEqual(
      before.map(({ urn }) => urn),
      after.map(({ urn }) => urn),
    );
    assert.match(preview, /turning_b/);
  });

  it("leaves no password in plain text in any output, state or manifest", () => {
    const passwords = [first, second].flatMap((secrets) =>
      [...secrets.values()].map(({ password = "" }) => password),
    );
    assert(new Set(passwords).size >= 6, `${passwords.length}`);
    for (const password of new Set(passwords)) {
      assert.match(password, /^[A-Za-z0-9]{32}$/);
      const encoded = Buffer.from(password).toString("base64").slice(0, 40);
      for (const [place, text] of said)
        for (const needle of [password, encoded])
          assert.ok(!text.includes(needle), `a password stands in ${place}`);
    }
  });
});
