import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Declared } from "../../../offline/providers";
import { render } from "../../../offline/render";

describe("a rendered folder", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "render-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("has what Prometheus and Grafana take as files beside the manifests", () => {
    const { monitoring } = render(folder, [configMap("alerts", rules), configMap("dashboard", board)], false);
    assert.equal(monitoring, join(folder, "monitoring"));
    assert.deepEqual(readdirSync(join(folder, "monitoring")), ["board.json", "rules.yml", "scrape.yml"]);
    assert.equal(readFileSync(join(folder, "monitoring", "rules.yml"), "utf8"), rules["rules.yml"]);
    assert.equal(readdirSync(join(folder, "manifests")).length, 2);
  });

  it("has no such folder without monitoring", () => {
    const { monitoring } = render(folder, [configMap("queries", { queries: "a: {}" })], false);
    assert.equal(monitoring, undefined);
    assert.deepEqual(readdirSync(folder), ["cloud.md", "manifests"]);
  });
});

const rules = { "scrape.yml": "scrape_configs: []\n", "rules.yml": "groups: []\n" };
const board = { "board.json": "{}" };

const configMap = (name: string, data: Readonly<Record<string, string>>) =>
  ({
    type: "kubernetes:core/v1:ConfigMap",
    urn: `urn:pulumi:dev::p::kubernetes:core/v1:ConfigMap::${name}`,
    inputs: { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "shop" }, data },
  }) as unknown as Declared;
