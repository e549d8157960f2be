import assert from "node:assert/strict";
import type { PlatformNeeds } from "../../../components/plan/platform";
import {
  type Installed,
  judgeInstalled,
  needsOf,
  type Running,
  versionOf,
} from "../../../components/platform/installed";

const deployed = (namespace: string, image: string, available = true): Running => ({
  namespace,
  deployment: { name: "it", image, available },
});
const operator = (version: string, available = true) =>
  deployed("cnpg-system", `ghcr.io/cloudnative-pg/cloudnative-pg:${version}`, available);
const plugin = (namespace = "cnpg-system", available = true) =>
  deployed(namespace, "ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.15.0", available);

const whole: Installed = {
  kubernetes: "v1.34.2-gke.1000",
  kinds: { operator: true, plugin: true },
  operator: operator("1.30.1"),
  plugins: [plugin()],
};
const needs: PlatformNeeds = { operatorVersion: "1.30.0", plugin: true, inTree: false };
const today = "2026-09-01";

const judge = (more: Partial<Installed>, asked: Partial<PlatformNeeds> = {}, day = today) =>
  judgeInstalled({ ...needs, ...asked }, { ...whole, ...more }, day);

describe("What is installed, for clusters that need it", () => {
  it("is right as it is documented", () => {
    assert.deepEqual(judge({}), { problems: [], passing: [], warnings: [] });
  });

  const refused: readonly [string, Partial<Installed>, RegExp, Partial<PlatformNeeds>?][] = [
    ["without the operator", { kinds: { operator: false } }, /has no CNPG operator/],
    [
      "without the plugin",
      { kinds: { operator: true, plugin: false } },
      /has no Barman Cloud plugin.*nothing is archived/,
    ],
    [
      "with the plugin's definitions alone",
      { plugins: [] },
      /no Service with the label cnpg\.io\/pluginName/,
    ],
    [
      "with the plugin in another namespace",
      { plugins: [plugin("barman")] },
      /is in barman, and .* only, cnpg-system/,
    ],
    [
      "with an older operator than the settings are for",
      { operator: operator("1.29.1") },
      /is 1\.29\.1, and the settings are for 1\.30\.0.*operatorVersion: 1\.29\.1/,
    ],
    [
      "with an operator that is too old for the plugin",
      { operator: operator("1.25.3") },
      /needs the CNPG operator 1\.26/,
      { operatorVersion: "1.25.3" },
    ],
    [
      "with an operator that has no in-tree Barman Cloud any more",
      { operator: operator("1.31.0") },
      /without in-tree Barman Cloud/,
      { inTree: true, plugin: false },
    ],
  ];
  for (const [name, installed, expected, asked] of refused)
    it(`is refused ${name}`, () => {
      const { problems } = judge(installed, asked);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0] ?? "", expected);
      assert.match(problems[0] ?? "", /To do: /);
    });

  it("may be there in a minute, where a pod is not ready or a Service has no Deployment yet", () => {
    assert.match(judge({ operator: operator("1.30.1", false) }).passing[0] ?? "", /has no pod that is ready/);
    assert.match(judge({ plugins: [plugin("cnpg-system", false)] }).passing[0] ?? "", /cert-manager/);
    assert.match(
      judge({ plugins: [{ namespace: "cnpg-system" }] }).passing[0] ?? "",
      /no Deployment behind it/,
    );
    assert.match(judge({ operator: { namespace: "cnpg-system" } }).passing[0] ?? "", /without a Deployment/);
  });

  it("is warned of near its end, after it, and on a Kubernetes that nobody has tested", () => {
    const warnings = (more: Partial<Installed>, day: string) =>
      judge(more, { operatorVersion: "1.28.0" }, day).warnings.join("\n");
    assert.match(
      warnings({}, "2026-12-01"),
      /gets fixes until 2026-12 only\. To do: upgrade it when the next/,
    );
    assert.match(
      warnings({ operator: operator("1.29.1") }, "2026-09-15"),
      /until 2026-09-29 only\. To do: upgrade it, to 1\.30/,
    );
    assert.match(warnings({ operator: operator("1.29.1") }, "2026-10-01"), /no more fixes since 2026-09-29/);
    assert.match(
      warnings({ kubernetes: "v1.29.4" }, today),
      /neither supported nor tested on Kubernetes 1\.29, but on 1\.34/,
    );
    assert.equal(warnings({ kubernetes: "v1.32.4" }, today), "");
    assert.match(judge({ operator: null }).warnings[0] ?? "", /no webhook/);
    const main = deployed("cnpg-system", "ghcr.io/cloudnative-pg/plugin-barman-cloud-testing:main");
    assert.match(judge({ plugins: [main] }).warnings[0] ?? "", /main branch/);
  });

  it("is not judged where it could not be seen", () => {
    const nothing = { problems: [], passing: [], warnings: [] };
    assert.deepEqual(judgeInstalled(needs, { kinds: {} }, today), nothing);
    assert.deepEqual(
      judgeInstalled(
        needs,
        { kinds: {}, operator: deployed("x", "mirror/cnpg@sha256:1"), plugins: [plugin("x")] },
        today,
      ),
      nothing,
    );
    // Where nobody knows the operator's namespace, the plugin's may be right.
    assert.deepEqual(judgeInstalled(needs, { kinds: {}, plugins: [plugin("elsewhere")] }, today), nothing);
  });

  it("is not asked for a plugin by clusters without backups", () => {
    assert.deepEqual(
      judge({ kinds: { operator: true, plugin: false }, plugins: [] }, { plugin: false }).problems,
      [],
    );
  });

  it("has the version of its image's tag", () => {
    assert.equal(versionOf("localhost:5000/cnpg/cloudnative-pg:1.30.1@sha256:abc"), "1.30.1");
    assert.equal(versionOf("ghcr.io/cloudnative-pg/cloudnative-pg:v1.30.1-ubi9"), "1.30.1-ubi9");
    assert.equal(versionOf("localhost:5000/cloudnative-pg"), undefined);
    assert.equal(versionOf("ghcr.io/cloudnative-pg/cloudnative-pg@sha256:abc"), undefined);
  });
});

describe("What clusters need of the platform", () => {
  const name = "barman-cloud.cloudnative-pg.io";

  it("is the plugin where one archives or begins by it, and in-tree Barman Cloud where one does so", () => {
    const of = (...specs: object[]) => {
      const { plugin: byPlugin, inTree } = needsOf("1.30.0", specs as never);
      return [byPlugin, inTree];
    };
    assert.deepEqual(of({}), [false, false]);
    assert.deepEqual(of({ plugins: [{ name }] }), [true, false]);
    assert.deepEqual(of({}, { externalClusters: [{ name: "a", plugin: { name } }] }), [true, false]);
    assert.deepEqual(of({ backup: { barmanObjectStore: {} } }, { plugins: [{ name }] }), [true, true]);
    assert.deepEqual(of({ externalClusters: [{ name: "a", barmanObjectStore: {} }] }), [false, true]);
  });
});
