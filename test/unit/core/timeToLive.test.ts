import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { parseTimeToLive } from "../../../components/cluster/timeToLive";
import { decideEnvironment } from "../../../components/environment/decide";
import { Problems } from "../../../components/problems";
import { validateManifest } from "../../../offline/validate";
import { manifestsOf } from "../../helpers/manifestsOf";
import { environmentArgs, image } from "../../helpers/samples";

function environment(changes: object = {}) {
  const problems = new Problems();
  const orders = { namespace: "orders", image, timeToLive: "72h", ...changes };
  const plan = decideEnvironment(problems, "dev", environmentArgs({ "orders-db": orders }));
  assert.deepEqual(problems.list, []);
  return plan;
}

const objects = (changes?: object) => environment(changes).clusters[0]?.plan.objects ?? [];
const one = (kind: string, changes?: object) => {
  const found = objects(changes).find((object) => object.kind === kind);
  assert(found !== undefined, kind);
  return found;
};

describe("A time to live", () => {
  it("is hours or days, from one hour to a year", () => {
    for (const [text, seconds] of [
      ["1h", 3600],
      ["72h", 259_200],
      ["3d", 259_200],
      ["366d", 31_622_400],
    ] as const) {
      const parsed = parseTimeToLive(text);
      assert.equal(parsed.ok && parsed.value, seconds, text);
    }
    for (const text of ["", "0h", "59m", "367d", "1.5h", "-1h", "1H", "1 h", "99999d", "1h30m"])
      assert.equal(parseTimeToLive(text).ok, false, text);
  });

  it("is a CronJob that Kubernetes takes, with an account of its own", () => {
    const manifests = manifestsOf(environment());
    for (const manifest of manifests) assert.deepEqual(validateManifest(manifest), [], String(manifest.kind));
    const kinds = manifests.map(({ kind }) => kind);
    for (const kind of ["ServiceAccount", "Role", "RoleBinding", "CronJob"])
      assert(kinds.includes(kind), kind);
  });

  it("may delete that one Cluster and its schedule, and do nothing else", () => {
    assert.deepEqual(one("Role").body.rules, [
      {
        apiGroups: ["postgresql.cnpg.io"],
        resources: ["clusters"],
        resourceNames: ["orders-db"],
        verbs: ["get", "delete"],
      },
      {
        apiGroups: ["postgresql.cnpg.io"],
        resources: ["scheduledbackups"],
        resourceNames: ["orders-db-backup"],
        verbs: ["delete"],
      },
    ]);
    assert.equal((one("Role", { backup: { enabled: false } }).body.rules as unknown[]).length, 1);
  });

  it("has a name that fits, whatever the cluster's", () => {
    const name = "a".repeat(50);
    assert.ok(one("CronJob", { name }).name.length <= 52);
  });

  it("runs a script that bash reads", () => {
    const text = JSON.stringify(one("CronJob").body);
    const [script] = (JSON.parse(text) as Spec).spec.jobTemplate.spec.template.spec.containers[0].args;
    const { status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
    assert.equal(status, 0, stderr);
  });

  it("is nothing at all unless it is asked for", () => {
    assert.deepEqual(objects({ timeToLive: undefined }), []);
  });
});

interface Spec {
  readonly spec: {
    readonly jobTemplate: {
      readonly spec: { readonly template: { readonly spec: { readonly containers: [{ args: [string] }] } } };
    };
  };
}
