import assert from "node:assert/strict";
import { decided, jobOf, objectsOf } from "./planned";

describe("The Job that puts a password right", () => {
  const plan = () =>
    decided({
      cluster: {
        databases: { orders: { ownerSecret: "orders-login", syncOwnerPassword: "1" }, billing: {} },
        initdb: { database: "orders" },
        roles: { reporting: { credentials: { secret: "reporting-login" }, syncPassword: "1" } },
      },
    });
  const script = (user: string) => {
    const job = objectsOf(plan()).find(({ key }) => key === `sync/${user}`) ?? assert.fail(user);
    return jobOf(job).template.spec.containers[0]?.args[0] ?? "";
  };

  it("takes a password as CNPG does: without the line break at its end, but for the owner's who comes with the Cluster", () => {
    assert.match(script("reporting"), /PGPASSWORD=\$\(trim "\$PGPASSWORD"\)/);
    assert.doesNotMatch(script("orders"), /trim/);
  });
});
