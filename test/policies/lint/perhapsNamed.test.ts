// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of Flux
import assert from "node:assert/strict";
import { lint } from "../../../policies/lint/lint";
import { readText } from "../../../policies/lint/read";
import { rules } from "../../../policies/rules";

const object = (apiVersion: string, kind: string, name: string, spec: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: "${name}", namespace: a }\nspec: ${spec}\n`;
const cluster = (name: string) => object("postgresql.cnpg.io/v1", "Cluster", name, "{ instances: 3 }");
const store = (name: string) =>
  object("barmancloud.cnpg.io/v1", "ObjectStore", name, "{ configuration: {} }");
const withStore = object(
  "postgresql.cnpg.io/v1",
  "Cluster",
  "c",
  "{ plugins: [{ name: barman-cloud.cloudnative-pg.io, parameters: { barmanObjectName: garage-shop } }] }",
);
const backup = object("postgresql.cnpg.io/v1", "ScheduledBackup", "b", "{ cluster: { name: garage-shop } }");
const policy = object(
  "networking.k8s.io/v1",
  "NetworkPolicy",
  "p",
  "{ podSelector: { matchLabels: { cnpg.io/cluster: garage-shop } } }",
);
const secret = (user: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: a }\nstringData: { uri: "postgresql://${user}@garage-shop-rw:5432/app" }\n`;

/** What refers to the name garage-shop, what makes objects of that kind, and one that is not meant. */
const cases: readonly (readonly [rule: string, from: string, to: (name: string) => string, other: string])[] =
  [
    ["barman-object-store-found", withStore, store, "garage-shpo"],
    ["cnpg-references-here", withStore, store, "unlike"],
    ["cnpg-references-here", backup, cluster, "unlike"],
    ["cnpg-backup-cluster", backup, cluster, "garage-shpo"],
    ["k8s-network-policy-selects", policy, cluster, "unlike"],
    ["k8s-network-policy-selects", policy, cluster, "garage-shpo"],
    ["k8s-connection-leads", secret("app"), cluster, "garage-shpo"],
  ];

describe("an object whose name has a placeholder", () => {
  for (const [id, from, to, other] of cases)
    it(`may be the one that seems to be missing: ${id}, beside ${other}`, () => {
      const only = rules.filter((rule) => rule.id === id);
      const said = (...names: string[]) =>
        lint(readText([from, ...names.map(to)].join("---\n")).resources, { rules: only }).findings.map(
          ({ message }) => message,
        );
      assert.equal(said(other).length, 1);
      for (const name of ["garage-${APP}", "${APP}", "${X}-shop", "REPLACE_ME"])
        assert.deepEqual(said(other, name), [], name);
      assert.equal(said(other, "harbour-${APP}").length, 1);
    });

  it("may be a name with one too: what can be the same is not said to be away", () => {
    const only = rules.filter(({ id }) => id === "cnpg-references-here");
    const from = withStore.replace("garage-shop", "${APP}-store");
    const said = (name: string) =>
      lint(readText(`${from}---\n${store(name)}`).resources, { rules: only }).findings;
    assert.equal(said("shop-store").length, 0);
    assert.equal(said("shop-backups").length, 1);
  });
});
