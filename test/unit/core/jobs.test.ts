import assert from "node:assert/strict";
import { jobName, jobSpec } from "../../../components/jobs/job";
import { caMount, caVolume, clientImage, connectionEnv } from "../../../components/jobs/psql";
import { Workload } from "../../../components/units/workload";
import { validateManifest } from "../../../offline/validate";

const workload = new Workload("orders", "orders-db");
const connection = { workload, database: "orders", secret: "orders-db-orders-credentials" };
const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";

function job() {
  return jobSpec({
    containers: [
      { name: "psql", image, env: connectionEnv(connection), volumeMounts: [caMount] },
      { name: "own", image, resources: { limits: { memory: "1Gi" } } },
    ],
    volumes: [caVolume("orders-db-ca")],
  });
}

describe("a job that talks to Postgres", () => {
  it("is a Job that Kubernetes takes", () => {
    const metadata = { name: "orders-db-job", namespace: "orders" };
    assert.deepEqual(validateManifest({ apiVersion: "batch/v1", kind: "Job", metadata, spec: job() }), []);
    const cron = { schedule: "0 3 * * *", jobTemplate: { spec: job() } };
    assert.deepEqual(validateManifest({ apiVersion: "batch/v1", kind: "CronJob", metadata, spec: cron }), []);
  });

  it("ends after ten minutes at most, and is cleared away an hour later", () => {
    const { activeDeadlineSeconds, ttlSecondsAfterFinished } = job();
    assert.deepEqual([activeDeadlineSeconds, ttlSecondsAfterFinished], [600, 3600]);
  });

  it("has what the restricted Pod Security Standard asks, and no token", () => {
    const { spec } = job().template;
    assert.equal(spec.automountServiceAccountToken, false);
    assert.equal(spec.securityContext.runAsNonRoot, true);
    assert.deepEqual(spec.securityContext.seccompProfile, { type: "RuntimeDefault" });
    for (const { securityContext } of spec.containers)
      assert.deepEqual(securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
  });

  it("has limits of memory, its own or small ones", () => {
    const limits = job().template.spec.containers.map(({ resources }) => resources.limits);
    assert.deepEqual(limits, [{ memory: "256Mi" }, { memory: "1Gi" }]);
  });

  it("connects only to the server that has the cluster's certificate, and has no password in its manifest", () => {
    const env = new Map(connectionEnv(connection).map(({ name, ...rest }) => [name, rest]));
    assert.deepEqual(env.get("PGHOST"), { value: "orders-db-rw" });
    assert.deepEqual(env.get("PGSSLMODE"), { value: "verify-full" });
    assert.deepEqual(env.get("PGPASSWORD"), {
      valueFrom: { secretKeyRef: { name: connection.secret, key: "password" } },
    });
  });

  it("gets the CA's certificate, and not its key", () => {
    assert.deepEqual(caVolume("orders-db-ca").secret, {
      secretName: "orders-db-ca",
      items: [{ key: "ca.crt", path: "ca.crt" }],
    });
  });

  it("is called otherwise when anything in it changes, and the same when nothing does", () => {
    const name = jobName("orders-db", "grants", job(), "select 1");
    assert.equal(name, jobName("orders-db", "grants", job(), "select 1"));
    assert.notEqual(name, jobName("orders-db", "grants", job(), "select 2"));
    assert.match(name, /^orders-db-grants-[a-z0-9]+$/);
    assert.ok(jobName("c".repeat(50), "a-long-purpose-of-a-job", job()).length <= 63);
  });

  it("runs the cluster's own image, or the smallest of the major that a catalog names", () => {
    assert.equal(clientImage(image, 17), image);
    assert.equal(clientImage(undefined, 16), "ghcr.io/cloudnative-pg/postgresql:16-minimal-trixie");
  });
});
