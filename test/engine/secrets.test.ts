import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { Offline } from "./offline";

describe("secrets, through the real engine", () => {
  const offline = new Offline();
  after(() => offline.remove());

  it("are in no output, no state and no rendered manifest in plain text, and only on demand in a file of one's own", async () => {
    const first = await offline.start([]);
    const hidden = files(offline.folder);
    // The same stack again, this time with the secrets shown: now the password is known and can be searched for.
    const shown = await offline.start(["--show-secrets"]);
    assert.equal(shown.code, 0, shown.output);
    const file = join(
      offline.folder,
      "dev",
      "manifests",
      "10-orders-orders-db-orders-credentials.secret.yaml",
    );
    const { stringData } = load(readFileSync(file, "utf8")) as {
      stringData: { password: string; uri: string };
    };
    assert.match(stringData.password, /^[A-Za-z0-9]{32}$/);
    assert.equal(
      stringData.uri,
      `postgresql://orders:${stringData.password}@orders-db-rw.orders.svc:5432/orders?sslmode=require`,
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);

    const needles = [stringData.password, Buffer.from(stringData.password).toString("base64").slice(0, 40)];
    for (const [place, text] of [
      ["output", first.output],
      ["output with --show-secrets", shown.output],
      ...hidden,
    ]) {
      for (const needle of needles) assert.ok(!text?.includes(needle), `the password stands in ${place}`);
    }
  });

  it("leaves a Secret without its values one that the API server refuses, with a note on what to do", async () => {
    assert.equal((await offline.start([])).code, 0);
    const text = readFileSync(
      join(offline.folder, "dev", "manifests", "10-orders-orders-db-orders-credentials.secret.yaml"),
      "utf8",
    );
    assert.match(text, /^# Offline: the values of dbname, host, password, port, uri, username are left out/);
    assert.match(text, /--show-secrets/);
    assert.doesNotMatch(text, /^(data|stringData):/m);
  });
});

/** Every file below a folder with its content, but for the engine's own workings. */
function files(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, "utf8")]);
}
