import assert from "node:assert/strict";
import { PostgresEnvironment, type RoleArgs } from "../../components/index";
import { defaultSettings } from "../../policies/core/settings";
import { lint } from "../../policies/lint/lint";
import { readText } from "../../policies/lint/read";
import { record } from "../helpers/mocks";
import { environmentArgs, image } from "../helpers/samples";

/** A manifest, as deep as a case has to reach. */
// biome-ignore lint/suspicious/noExplicitAny: what is broken may be anywhere in it
type Manifest = any;

const applications = [{ namespace: "shop" }];
const externalSecret = { store: "vault", key: "orders/x", property: "password" };
const roles: Record<string, RoleArgs> = {
  readers: { login: false },
  reporting: { inRoles: ["pg_monitor", "readers"], connectionLimit: 5, applications },
  turning: { rotationMode: "twoUsers", credentials: { random: { rotation: 2 } }, applications },
  stored: { credentials: { externalSecret }, applications },
  made: { credentials: { generator: {} }, applications },
  found: { credentials: { secret: "found" }, applications },
  certified: { clientCertificate: true },
};

/** What our components render for a cluster in production with roles of every kind. */
async function rendered(rolesAs: "databaseRole" | "managed"): Promise<Manifest[]> {
  const { certified, ...others } = roles;
  const args = environmentArgs(
    {
      "orders-db": {
        namespace: "orders",
        image,
        databases: { orders: { applications } },
        rolesAs,
        roles: rolesAs === "managed" ? others : { ...others, ...(certified && { certified }) },
      },
    },
    { profile: "prod" },
  );
  const { resources } = await record(() => new PostgresEnvironment("prod", args));
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ inputs }) => structuredClone(inputs));
}

/** Ids of the rules that the manifests break, with all rules on. */
function broken(manifests: readonly Manifest[]): string[] {
  // JSON is YAML.
  const text = manifests.map((manifest) => JSON.stringify(manifest)).join("\n---\n");
  const { resources, unreadable } = readText(Buffer.from(text), "manifests.yaml");
  const settings = { ...defaultSettings(), pack: "strict" as const, production: true };
  const { findings, faults } = lint(resources, { settings, unreadable });
  assert.deepEqual(faults, []);
  assert.ok(!findings.some(({ message }) => message.includes("Password0")), "a password is echoed");
  // What a program makes is in no file, but for this test's own.
  const counted = findings.filter(
    ({ kind, rule }) => kind === "violation" && rule.id !== "k8s-secret-in-open",
  );
  return [...new Set(counted.map(({ rule }) => rule.id))].sort();
}

describe("Roles as the components render them", () => {
  let clean: Manifest[];
  let said: string[];
  const find = (all: Manifest[], kind: string, name: string): Manifest => {
    const found = all.find((one) => one.kind === kind && one.metadata.name === name);
    assert.ok(found !== undefined, `${kind} ${name}`);
    return found;
  };
  before(async () => {
    clean = await rendered("databaseRole");
    // What rules say of the Cluster itself, with the pack at its strictest, is not about roles.
    said = broken(
      clean.filter(({ kind }) => ["Namespace", "Cluster", "ObjectStore", "ScheduledBackup"].includes(kind)),
    );
  });
  /** What is said beyond that. */
  const ofRoles = (manifests: readonly Manifest[]) => broken(manifests).filter((id) => !said.includes(id));

  it("break no rule, as DatabaseRoles", () => assert.deepEqual(ofRoles(clean), []));

  it("break no rule, as managed roles", async () => assert.deepEqual(ofRoles(await rendered("managed")), []));

  const twins: [what: string, rules: string[], breakIt: (all: Manifest[]) => void][] = [
    [
      "the reload label on the ExternalSecret and not in its template",
      ["eso-reload-label"],
      (all) => {
        const { metadata, spec } = find(all, "ExternalSecret", "orders-db-stored-credentials");
        metadata.labels["cnpg.io/reload"] = "true";
        delete spec.target.template.metadata.labels["cnpg.io/reload"];
      },
    ],
    [
      "no reload label on a Secret",
      ["k8s-role-secret-reload"],
      (all) =>
        delete find(all, "Secret", "orders-db-reporting-credentials").metadata.labels["cnpg.io/reload"],
    ],
    [
      "another user name in a Secret",
      ["k8s-role-secret-keys"],
      (all) => {
        find(all, "Secret", "orders-db-reporting-credentials").stringData.username = "reports";
      },
    ],
    [
      "another user name in the template of an ExternalSecret",
      ["k8s-role-secret-keys"],
      (all) => {
        find(all, "ExternalSecret", "orders-db-made-credentials").spec.target.template.data.username =
          "maker";
      },
    ],
    [
      "an ExternalSecret with the password alone",
      ["k8s-role-secret-keys"],
      (all) =>
        delete find(all, "ExternalSecret", "orders-db-stored-credentials").spec.target.template.data.username,
    ],
    [
      "a Secret that goes when the store can't be read",
      ["eso-role-secret-kept"],
      (all) => {
        find(all, "ExternalSecret", "orders-db-stored-credentials").spec.target.deletionPolicy = "Delete";
      },
    ],
    [
      "a role in a DatabaseRole and in the Cluster",
      ["cnpg-role-managed-once"],
      (all) => {
        find(all, "Cluster", "orders-db").spec.managed = { roles: [{ name: "readers", login: false }] };
      },
    ],
    [
      "two DatabaseRoles of one role",
      ["cnpg-role-managed-once"],
      (all) => {
        const twin = structuredClone(find(all, "DatabaseRole", "orders-db-readers"));
        twin.metadata.name = "readers";
        all.push(twin);
      },
    ],
    [
      "a superuser",
      ["cnpg-role-superuser"],
      (all) => {
        find(all, "DatabaseRole", "orders-db-reporting").spec.superuser = true;
      },
    ],
    [
      "a role that replicates and one that row security does not hold for",
      ["cnpg-role-privileged"],
      (all) => {
        find(all, "DatabaseRole", "orders-db-reporting").spec.replication = true;
        find(all, "DatabaseRole", "orders-db-made").spec.bypassrls = true;
      },
    ],
    [
      "a role in production that goes with its object",
      ["cnpg-role-kept"],
      (all) => {
        find(all, "DatabaseRole", "orders-db-reporting").spec.databaseRoleReclaimPolicy = "delete";
      },
    ],
    [
      "an application's Secret without sslmode",
      ["k8s-connection-encrypted"],
      (all) => {
        const { stringData } = find(all, "Secret", "orders-db-reporting");
        stringData.uri = stringData.uri.replace("?sslmode=require", "");
      },
    ],
    [
      "an application's ExternalSecret without sslmode",
      ["k8s-connection-encrypted"],
      (all) => {
        const { data } = find(all, "ExternalSecret", "orders-db-stored").spec.target.template;
        data.uri = data.uri.replace("?sslmode=require", "");
      },
    ],
    [
      "an application that asks the generator again",
      ["eso-generator-once"],
      (all) => {
        const { dataFrom } = find(all, "ExternalSecret", "orders-db-made-credentials").spec;
        const { spec } = find(all, "ExternalSecret", "orders-db-made");
        delete spec.data;
        spec.dataFrom = dataFrom;
      },
    ],
  ];
  for (const [what, rules, breakIt] of twins)
    it(`break ${rules.join(" and ")} with ${what}`, () => {
      const all = structuredClone(clean);
      breakIt(all);
      assert.deepEqual(ofRoles(all), rules);
    });
});
