import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Check } from "../../../components/check";
import { emailOf } from "../../../components/identity/accounts";
import { decideIdentity } from "../../../components/identity/decide";
import type { IdentityBasis, Tenant } from "../../../components/plan/identity";
import { Problems } from "../../../components/problems";
import { serviceAccountId } from "../../../components/units";
import { ObjectStoreLocation } from "../../../components/units/location";
import { Workload } from "../../../components/units/workload";
import { paths } from "../../helpers/samples";

const tenant = (namespace: string, cluster: string): Tenant => ({
  workload: new Workload(namespace, cluster),
  location: new ObjectStoreLocation("acme-backups", `cnpg/${cluster}`, `${cluster}-g1`),
});

function decide(more: Partial<IdentityBasis> = {}) {
  const problems = new Problems();
  const basis: IdentityBasis = {
    project: "acme-dev",
    projectNumber: undefined,
    environment: "dev",
    mode: "shared",
    serviceAccount: undefined,
    namesKnown: true,
    tenants: [tenant("orders", "orders-db")],
    ...more,
  };
  return { basis, plan: decideIdentity(new Check(problems, "backups"), basis), problems: problems.list };
}

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/);
const workloads = fc.uniqueArray(fc.tuple(label, label), {
  minLength: 1,
  maxLength: 6,
  selector: ([namespace, cluster]) => `${namespace}/${cluster}`,
});

describe("Identities of an environment", () => {
  it("give every cluster the e-mail that its Cluster is annotated with, in each mode", () => {
    fc.assert(
      fc.property(workloads, fc.constantFrom("shared", "perCluster", "direct"), (all, mode) => {
        const { basis, plan } = decide({
          mode,
          projectNumber: mode === "direct" ? "1" : undefined,
          tenants: all.map(([n, c]) => tenant(n, c)),
        });
        for (const { workload } of basis.tenants)
          assert.equal(plan.emails.get(workload.toString()), emailOf(basis, workload));
      }),
    );
  });

  it("have account ids that Google takes, whatever environment and clusters are called", () => {
    fc.assert(
      fc.property(workloads, label, fc.constantFrom("shared", "perCluster"), (all, environment, mode) => {
        const { plan, problems } = decide({ mode, environment, tenants: all.map(([n, c]) => tenant(n, c)) });
        assert.deepEqual(problems, []);
        for (const { id } of plan.accounts) assert(serviceAccountId(id).ok, id);
      }),
    );
  });

  it("are one account for each cluster with perCluster, and nobody else's", () => {
    fc.assert(
      fc.property(workloads, (all) => {
        const { plan } = decide({ mode: "perCluster", tenants: all.map(([n, c]) => tenant(n, c)) });
        assert.equal(plan.accounts.length, all.length);
      }),
      {
        examples: [
          [
            [
              ["a-b", "c"],
              ["a", "b-c"],
            ],
          ],
        ],
      },
    );
  });

  it("give each cluster both roles for its own member, the object role within its prefix", () => {
    for (const mode of ["perCluster", "direct"] as const) {
      const tenants = [tenant("orders", "orders-db"), tenant("billing", "billing-db")];
      const { plan } = decide({ mode, projectNumber: mode === "direct" ? "1" : undefined, tenants });
      for (const { workload, location } of tenants) {
        const grants = plan.grants.filter((grant) => grant.workload === workload.toString());
        assert.deepEqual(
          grants.map((g) => [g.key, g.role, g.condition?.expression]),
          [
            [`${workload}/objects`, "roles/storage.objectUser", location.iamCondition],
            [`${workload}/bucket`, "roles/storage.bucketViewer", undefined],
          ],
        );
        assert.equal(new Set(grants.map((g) => g.member)).size, 1);
      }
    }
  });

  it("give the shared account both roles once, without a condition", () => {
    const { plan } = decide({ tenants: [tenant("a", "b"), tenant("c", "d")] });
    assert.deepEqual(
      plan.grants.map(({ key, workload, condition }) => ({ key, workload, condition })),
      [
        { key: "objects", workload: undefined, condition: undefined },
        { key: "bucket", workload: undefined, condition: undefined },
      ],
    );
    assert.equal(plan.accounts[0]?.tenants.length, 2);
  });

  it("keep titles and descriptions within what IAM takes", () => {
    const long = tenant("n".repeat(63), "c".repeat(50));
    const { plan } = decide({ mode: "perCluster", tenants: [long] });
    for (const { condition } of plan.grants) {
      assert((condition?.title.length ?? 0) <= 100);
      assert((condition?.description.length ?? 0) <= 256);
    }
    assert((plan.accounts[0]?.displayName.length ?? 0) <= 100);
  });

  it("refuse an account id that no account can have, and one in a mode without it", () => {
    assert.deepEqual(paths(decide({ serviceAccount: "short" }).problems), ["backups.serviceAccount"]);
    assert.deepEqual(paths(decide({ serviceAccount: "x".repeat(31) }).problems), ["backups.serviceAccount"]);
    assert.deepEqual(paths(decide({ mode: "perCluster", serviceAccount: "pg-backups" }).problems), [
      "backups.serviceAccount",
    ]);
  });

  it("need the project's number with direct, and digits in it", () => {
    assert.deepEqual(paths(decide({ mode: "direct" }).problems), ["backups.projectNumber"]);
    assert.deepEqual(paths(decide({ mode: "direct", projectNumber: "acme" }).problems), [
      "backups.projectNumber",
    ]);
    assert.deepEqual(decide({ mode: "direct", projectNumber: "123456789012" }).problems, []);
  });

  it("are nobody's when no cluster is backed up", () => {
    const { plan, problems } = decide({ tenants: [] });
    assert.deepEqual(
      { accounts: plan.accounts, grants: plan.grants, problems },
      { accounts: [], grants: [], problems: [] },
    );
  });
});
