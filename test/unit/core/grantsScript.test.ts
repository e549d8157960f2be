import assert from "node:assert/strict";
import { Check } from "../../../components/check";
import { decideDatabases } from "../../../components/database/decide";
import { decideGrants } from "../../../components/grants/decide";
import type { Container } from "../../../components/plan/job";
import type { PlannedObject } from "../../../components/plan/object";
import { Problems } from "../../../components/problems";
import { Workload } from "../../../components/units/workload";
import { type Answer, play } from "../../helpers/standInPsql";

const refused = { code: 2, says: 'FATAL:  password authentication failed for user "auditor"' };
const gone = { code: 2, says: "connection refused" };
const failed = { code: 3, says: "ERROR:  deadlock detected" };
const owner = "remember+grants orders";

function found(objects: readonly PlannedObject[], key: string): PlannedObject {
  const object = objects.find((each) => each.key === key);
  assert(object !== undefined, key);
  return object;
}

/** The Job of roles `auditor` and `vendor` in a database, and what it is told of its Secrets. */
function job(database = "orders") {
  const check = new Check(new Problems());
  const args = { orders: {}, stock: {} };
  const databases = decideDatabases(check, "db", args, { database: "orders" });
  const grantees = ["auditor", "vendor"].map((name) => ({
    name,
    grants: { [database]: {} },
    inRoles: [],
    inherits: true,
    connectionLimit: undefined,
    users: [{ role: name, secretName: `db-${name}-credentials` }],
    after: [],
  }));
  const objects = decideGrants(check, grantees, {
    workload: new Workload("orders", "db"),
    databases,
    args,
    image: "image",
    caSecret: "ca",
    major: 17,
  });
  const { body, annotations } = found(objects, `grants/${database}`);
  const { spec } = body as unknown as {
    spec: {
      podFailurePolicy?: unknown;
      backoffLimit?: number;
      template: { spec: { containers: readonly Container[] } };
    };
  };
  return {
    container: spec.template.spec.containers[0] as Container,
    policy: spec.podFailurePolicy,
    backoffLimit: spec.backoffLimit,
    annotations,
  };
}

/** Plays it; a Secret's name tells whose it is, and `padding` stands around what is in one. */
function played(
  answers: Readonly<Record<string, readonly Answer[]>>,
  { database = "orders", padding = (text: string) => text } = {},
) {
  const { container } = job(database);
  const env = Object.fromEntries(
    (container.env ?? []).map(({ name, value, valueFrom }) => {
      if (valueFrom === undefined) return [name, value ?? ""];
      const { name: secret, key } = valueFrom.secretKeyRef;
      const user = secret.replace(/^db-|-credentials$/g, "");
      return [name, key === "username" ? user : padding(`secret of ${user}`)];
    }),
  );
  return play(container.args?.[0] ?? "", env, answers);
}

describe("The Job of grants", () => {
  it("notes who gets rights in the transaction that gives them, before any user is tried", () => {
    const { code, calls, output } = played({});
    assert.equal(code, 0, output);
    assert.deepEqual(
      calls.filter((call) => !call.startsWith("missing")),
      [owner, "grants auditor", "grants vendor", "report orders"],
    );
    assert.match(output, /auditor can connect\nvendor can connect\norders: done\n$/);
  });

  it("waits on for a role, also when the connection is lost meanwhile", () => {
    const missing = [{ says: "role auditor" }, gone, gone, { says: "role auditor" }, {}];
    const { code, calls, output } = played({ "missing orders": missing });
    assert.equal(code, 0, output);
    assert.equal(calls.indexOf(owner), missing.length, calls.join());
  });

  it("tries those who are not let in for a while, goes on with the others, and names each at the end", () => {
    const { code, calls, output } = played({
      "grants auditor": [refused],
      "refusals orders": [{ says: "0 its password expired on 2026-01-01 (validUntil)" }],
    });
    assert.equal(code, 4, output);
    assert.match(output, /vendor can connect/);
    assert.equal(calls.at(-1), "report orders");
    const tries = calls.filter((call) => call === "grants auditor").length;
    assert(tries > 10 && tries < 100, `${tries}`);
    assert.match(
      output,
      /ERROR: +auditor is not let in: its password expired on 2026-01-01 \(validUntil\): FATAL: +password authentication failed for user "auditor"\n.*\n$/,
    );
  });

  it("names all of them, with what Postgres answered each", () => {
    const { code, output } = played({
      "grants auditor": [refused],
      "grants vendor": [{ code: 2, says: "FATAL:  too many connections" }],
    });
    assert.equal(code, 4, output);
    assert.match(
      output,
      /auditor is not let in: FATAL: +password[^\n]*\nERROR: +vendor is not let in: FATAL: +too many/,
    );
  });

  it("is content with a user who is let in only later, once CNPG has set the password", () => {
    const { code, output } = played({ "grants auditor": [refused, refused, {}] });
    assert.equal(code, 0, output);
    assert.match(output, /vendor can connect\n[\s\S]*auditor can connect\n/);
  });

  it("does not count the time in which the server lets nobody in", () => {
    const { code, output } = played({
      "grants auditor": [refused, refused, {}],
      "refusals orders": [...Array<Answer>(200).fill(gone), {}],
    });
    assert.equal(code, 0, output);
  });

  it("goes on after a user's statement that failed, and fails so that it is tried again", () => {
    const { code, calls, output } = played({ "grants auditor": [failed] });
    assert.equal(code, 3, output);
    assert.match(output, /deadlock detected[\s\S]*vendor can connect/);
    assert.equal(calls.at(-1), "report orders");
    assert.equal(calls.filter((call) => call === "grants auditor").length, 1);
  });

  it("fails at once with the owner's statement that failed", () => {
    const { code, calls } = played({ [owner]: [failed] });
    assert.equal(code, 3);
    assert.equal(calls.at(-1), owner);
  });

  it("is not tried again: it has waited already, and Pulumi's provider sees the end of a Job without another try alone", () => {
    assert.deepEqual(job().policy, {
      rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
    });
    assert.equal(job().backoffLimit, 0);
  });

  it("is made anew by the next update where it failed: what it lacked may be there by then", () => {
    assert.equal(job().annotations?.["pulumi.com/replaceUnready"], "true");
  });

  const around = (text: string) => `\n \t${text} \r\n\n`;
  it("takes blanks and line breaks off the ends of the passwords that CNPG takes them off", () => {
    const { passwords } = played({}, { database: "stock", padding: around });
    for (const user of ["stock", "auditor", "vendor"]) assert.equal(passwords.get(user), `secret of ${user}`);
  });

  it("leaves the password of the owner that initdb made as it is, since CNPG does", () => {
    const { passwords } = played({}, { padding: around });
    assert.equal(passwords.get("orders"), around("secret of orders"));
    assert.equal(passwords.get("vendor"), "secret of vendor");
  });
});
