import assert from "node:assert/strict";
import { Bucket } from "@pulumi/gcp/storage/bucket";
import * as pulumi from "@pulumi/pulumi";
import { BackupIdentity, type BackupIdentityArgs } from "../../components/index";
import { deepFreeze, settled } from "../helpers/mocks";
import { children, paths, recordValid, refused, types } from "../helpers/samples";

const bucket = "acme-dev-backups";
const tenants = [
  { namespace: "orders", cluster: "orders-db" },
  { namespace: "billing", cluster: "billing-db", prefix: "archive/billing" },
];
const args = (more: Partial<BackupIdentityArgs> = {}): BackupIdentityArgs =>
  deepFreeze({ project: "acme-dev", bucket, tenants: structuredClone(tenants), ...more });
const objects = "roles/storage.objectUser";
const reader = "roles/storage.bucketViewer";
const member = (workload: string) => `serviceAccount:acme-dev.svc.id.goog[${workload}]`;

function condition(workload: string, prefix: string) {
  return {
    title: `Backups of ${workload}`,
    description: `Objects below ${prefix}/ only`,
    expression:
      `resource.name.startsWith("projects/_/buckets/${bucket}/objects/${prefix}/") || ` +
      `api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("${prefix}/")`,
  };
}

describe("BackupIdentity with one shared account", () => {
  const email = "cnpg-dev@acme-dev.iam.gserviceaccount.com";

  it("declares one account, a member for every cluster and two roles on the bucket", async () => {
    const recording = await recordValid(() => new BackupIdentity("dev", args()));
    assert.deepEqual(children(recording), [
      `${types.account} dev`,
      `${types.member} dev/billing/billing-db`,
      `${types.member} dev/orders/orders-db`,
      `${types.grant} dev/bucket`,
      `${types.grant} dev/objects`,
    ]);
    assert.deepEqual(recording.one(types.account).inputs, {
      accountId: "cnpg-dev",
      project: "acme-dev",
      displayName: "CloudNativePG backups of dev",
    });
    for (const workload of ["orders/orders-db", "billing/billing-db"]) {
      assert.deepEqual(recording.one(types.member, `dev/${workload}`).inputs, {
        serviceAccountId: `projects/acme-dev/serviceAccounts/${email}`,
        role: "roles/iam.workloadIdentityUser",
        member: member(workload),
      });
    }
    const grantee = `serviceAccount:${email}`;
    assert.deepEqual(recording.one(types.grant, "dev/objects").inputs, {
      bucket,
      role: objects,
      member: grantee,
    });
    assert.deepEqual(recording.one(types.grant, "dev/bucket").inputs, {
      bucket,
      role: reader,
      member: grantee,
    });
  });

  it("answers with the member and the account of every cluster", async () => {
    const { value } = await recordValid(() => new BackupIdentity("dev", args()));
    assert.deepEqual(await settled(value.members), {
      "orders/orders-db": member("orders/orders-db"),
      "billing/billing-db": member("billing/billing-db"),
    });
    assert.deepEqual(await settled(value.emails), { "orders/orders-db": email, "billing/billing-db": email });
  });

  it("makes roles wait for the account and for the bucket, and notes when each grant was made or changed", async () => {
    const noted = {
      afterCreate: ["pulumi-cnpg-note-iam-grant", "pulumi-cnpg-note-archive-change"],
      afterUpdate: ["pulumi-cnpg-note-archive-change"],
    };
    const recording = await recordValid(() => {
      const store = new Bucket("store", { location: "EU" });
      return new BackupIdentity("dev", args(), { dependsOn: [store] });
    });
    for (const grant of recording.all(types.grant)) {
      assert.deepEqual(grant.options.dependsOn, [`${types.account}::dev`, `${types.bucket}::store`]);
      assert.deepEqual(grant.options.hooks, noted);
      assert.equal(grant.options.parent, `${types.identityComponent}::dev`);
    }
    for (const each of recording.all(types.member)) {
      assert.deepEqual(each.options.dependsOn, [`${types.account}::dev`]);
      assert.deepEqual(each.options.hooks, noted);
    }
  });

  it("takes the account id that is given", async () => {
    const recording = await recordValid(
      () => new BackupIdentity("dev", args({ serviceAccount: "pg-backups" })),
    );
    assert.equal(recording.one(types.account).inputs.accountId, "pg-backups");
  });
});

describe("BackupIdentity with an account for every cluster", () => {
  it("limits the object role of each to its own prefix and gives the bucket role without condition", async () => {
    const recording = await recordValid(() => new BackupIdentity("dev", args({ mode: "perCluster" })));
    const ids = new Map([
      ["orders/orders-db", "cnpg-dev-orders-orders-722bcb"],
      ["billing/billing-db", "cnpg-dev-billing-billin-9d1238"],
    ]);
    assert.equal(children(recording).length, 2 * 4);
    for (const [workload, prefix] of [
      ["orders/orders-db", "cnpg/orders-db"],
      ["billing/billing-db", "archive/billing"],
    ] as const) {
      const email = `${ids.get(workload)}@acme-dev.iam.gserviceaccount.com`;
      const grantee = `serviceAccount:${email}`;
      assert.deepEqual(recording.one(types.account, `dev/${workload}`).inputs, {
        accountId: ids.get(workload),
        project: "acme-dev",
        displayName: `CloudNativePG backups of ${workload}`,
      });
      assert.deepEqual(recording.one(types.member, `dev/${workload}`).inputs, {
        serviceAccountId: `projects/acme-dev/serviceAccounts/${email}`,
        role: "roles/iam.workloadIdentityUser",
        member: member(workload),
      });
      assert.deepEqual(recording.one(types.grant, `dev/${workload}/objects`).inputs, {
        bucket,
        role: objects,
        member: grantee,
        condition: condition(workload, prefix),
      });
      assert.deepEqual(recording.one(types.grant, `dev/${workload}/bucket`).inputs, {
        bucket,
        role: reader,
        member: grantee,
      });
    }
  });

  it("refuses an account id, because every cluster has its own", async () => {
    const problems = await refused(
      () => new BackupIdentity("dev", args({ mode: "perCluster", serviceAccount: "pg-backups" })),
    );
    assert.deepEqual(paths(problems), ["serviceAccount"]);
  });
});

describe("BackupIdentity without an account", () => {
  const principal = (workload: string) => {
    const [namespace, cluster] = workload.split("/");
    return (
      "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/" +
      `acme-dev.svc.id.goog/subject/ns/${namespace}/sa/${cluster}`
    );
  };

  it("declares roles for the Kubernetes accounts themselves, and neither account nor member", async () => {
    const recording = await recordValid(
      () => new BackupIdentity("dev", args({ mode: "direct", projectNumber: "123456789012" })),
    );
    assert.deepEqual(children(recording), [
      `${types.grant} dev/billing/billing-db/bucket`,
      `${types.grant} dev/billing/billing-db/objects`,
      `${types.grant} dev/orders/orders-db/bucket`,
      `${types.grant} dev/orders/orders-db/objects`,
    ]);
    assert.deepEqual(recording.one(types.grant, "dev/orders/orders-db/objects").inputs, {
      bucket,
      role: objects,
      member: principal("orders/orders-db"),
      condition: condition("orders/orders-db", "cnpg/orders-db"),
    });
    assert.deepEqual(await settled(recording.value.emails), {});
    assert.deepEqual(await settled(recording.value.members), {
      "orders/orders-db": principal("orders/orders-db"),
      "billing/billing-db": principal("billing/billing-db"),
    });
  });

  it("refuses a missing project number", async () => {
    assert.deepEqual(paths(await refused(() => new BackupIdentity("dev", args({ mode: "direct" })))), [
      "projectNumber",
    ]);
  });
});

describe("BackupIdentity", () => {
  it("names every wrong setting at once, before anything is registered", async () => {
    const wrong = args({
      project: "Acme",
      bucket: "B",
      tenants: [{ namespace: "Orders", cluster: "orders.db", prefix: "/cnpg" }],
    });
    assert.deepEqual(paths(await refused(() => new BackupIdentity("dev", wrong))).sort(), [
      "bucket",
      "project",
      "tenants[0].cluster",
      "tenants[0].namespace",
      "tenants[0].prefix",
    ]);
  });

  it("refuses an Output in dependsOn, which can't be handed to the children", async () => {
    await recordValid(() => {
      const store = new Bucket("store", { location: "EU" });
      assert.throws(
        () => new BackupIdentity("dev", args(), { dependsOn: pulumi.output([store]) }),
        (error) => pulumi.RunError.isInstance(error) && /dependsOn/.test(String(error)),
      );
    });
  });

  it("never grants a role that could delete the bucket or give access away", async () => {
    for (const mode of ["shared", "perCluster", "direct"] as const) {
      const recording = await recordValid(
        () => new BackupIdentity("dev", args({ mode, ...(mode === "direct" && { projectNumber: "1" }) })),
      );
      for (const { inputs } of recording.all(types.grant))
        assert([objects, reader].includes(inputs.role as string));
    }
  });
});
