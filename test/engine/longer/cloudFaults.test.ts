import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getPulumiCli } from "../../../cli";
import type { PostgresEnvironmentArgs } from "../../../components/index";
import { type Operation, runOffline } from "../../../offline/engine";
import { offlineProviders } from "../../../offline/providers";
import { CloudOfGoogle, type Failing } from "../../helpers/cloudOfGoogle";
import type { StateResource } from "../offline";

const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";

/** Every kind of grant: each cluster's own, one for a source, and one for a reader. */
const environment = (
  change: Partial<NonNullable<PostgresEnvironmentArgs["backups"]>> = {},
): PostgresEnvironmentArgs => ({
  project: "acme-dev",
  region: "europe-west1",
  profile: "dev",
  backups: {
    identity: "perCluster",
    retention: "7d",
    readers: [{ cluster: "orders-db", member: "group:audit@acme.example", expires: "2030-01-01T00:00:00Z" }],
    ...change,
  },
  clusters: { "orders-db": { namespace: "orders", image } },
});

/** Another retention changes the bucket, and another mode every account and grant. */
const change = environment({ retention: "30d", identity: "shared" });

/** A stack with a cloud of its own behind it. */
class Stack {
  readonly cloud = new CloudOfGoogle();
  readonly folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-cloud-"));
  output = "";

  /** @param from the stack that it begins as a copy of, which is sooner than another first update */
  constructor(from?: Stack) {
    if (from === undefined) return;
    cpSync(from.folder, this.folder, { recursive: true });
    this.cloud.begin(from.cloud);
  }

  async run(operation: Operation, args: PostgresEnvironmentArgs): Promise<number> {
    this.output = "";
    const { exitCode } = await runOffline({
      cli: await getPulumiCli({ say: () => {} }),
      operation,
      stack: "dev",
      project: "shop",
      stackFile: { config: {} },
      folder: this.folder,
      providers: { ...offlineProviders(), gcp: this.cloud.provider(offlineProviders().gcp) },
      saveEachStep: true,
      stdio: "pipe",
      onOutput: (text) => {
        this.output += text;
      },
      program: () => {
        const { PostgresEnvironment } =
          require("../../../components/index") as typeof import("../../../components/index");
        // Outputs keep the program from ending before its resources are told: a former run in this process failed.
        const { urn, bucket } = new PostgresEnvironment("dev", args);
        return Promise.resolve({ urn, bucket });
      },
    });
    return exitCode;
  }

  async runs(operation: Operation, args: PostgresEnvironmentArgs): Promise<void> {
    assert.equal(await this.run(operation, args), 0, this.output);
  }

  /** What the engine remembers, without times. */
  get state(): unknown {
    const file = join(this.folder, "state", ".pulumi", "stacks", "shop", "dev.json");
    const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as {
      checkpoint: { latest?: { resources?: StateResource[]; pending_operations?: unknown } };
    };
    const { resources = [], pending_operations = [] } = checkpoint.latest ?? {};
    const google = resources.filter(({ type }) => type.startsWith("gcp:"));
    return [
      pending_operations,
      google
        .map(({ urn, inputs, outputs }) => ({ urn, inputs, outputs }))
        .sort((a, b) => (a.urn < b.urn ? -1 : 1)),
    ];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function withStack<T>(work: (stack: Stack) => Promise<T>, from?: Stack): Promise<T> {
  const stack = new Stack(from);
  try {
    return await work(stack);
  } finally {
    stack.remove();
  }
}

/** What an undisturbed run comes to, and which calls it takes. */
const undisturbed = (to: (stack: Stack) => Promise<void>, from?: Stack) =>
  withStack(async (stack) => {
    await to(stack);
    assert.deepEqual(stack.cloud.leftBehind, []);
    return { content: stack.cloud.content, state: stack.state, calls: [...stack.cloud.calls] };
  }, from);

const failingIn = (calls: readonly string[], fault: Failing["fault"]): Failing[] =>
  [...new Set(calls)].map((text) => {
    const [call, ...resource] = text.split(" ") as [Failing["call"], ...string[]];
    return { call, resource: resource.join(" "), fault };
  });

/** Google's answer is lost after it made something whose name can be taken once only. */
const namedOnce = (failing: Failing): boolean =>
  failing.fault === "answer lost" && failing.call === "create" && /^(Bucket|Account) /.test(failing.resource);

describe("A cloud half that fails half-way, through the real engine", () => {
  const first = environment();
  const up = new Stack();
  before(() => up.runs("up", first));
  after(() => up.remove());

  for (const fault of ["refused", "answer lost"] as const)
    it(`is whole after another run, whichever of its creations was ${fault}`, async () => {
      const expected = await undisturbed((stack) => stack.runs("up", first));
      assert.equal(expected.calls.length, 6, expected.calls.join("\n"));
      const all = failingIn(expected.calls, fault);
      // A lost answer of a grant is like that of another.
      const grant = all.find((failing) => !namedOnce(failing));
      for (const failing of fault === "refused" ? all : all.filter((one) => namedOnce(one) || one === grant))
        await withStack(async (stack) => {
          stack.cloud.failing = failing;
          assert.notEqual(await stack.run("up", first), 0, stack.output);
          assert.equal(stack.cloud.failing, undefined, `${failing.resource} was never asked for`);
          if (namedOnce(failing)) {
            assert.notEqual(await stack.run("up", first), 0, stack.output);
            assert.match(stack.output, /Error 409/);
            return;
          }
          await stack.runs("up", first);
          assert.deepEqual(
            [stack.cloud.content, stack.state],
            [expected.content, expected.state],
            failing.resource,
          );
        });
    }).timeout(240_000);

  it("is whole after another run, whichever call of a change failed, and no grant outlives its account", async () => {
    const expected = await undisturbed((stack) => stack.runs("up", change), up);
    assert.ok(expected.calls.length > 0);
    for (const failing of failingIn(expected.calls, "refused"))
      await withStack(async (stack) => {
        stack.cloud.failing = failing;
        assert.notEqual(await stack.run("up", change), 0, stack.output);
        await stack.runs("up", change);
        assert.deepEqual(
          [stack.cloud.content, stack.state],
          [expected.content, expected.state],
          failing.resource,
        );
        assert.deepEqual(stack.cloud.leftBehind, []);
      }, up);
  }).timeout(360_000);

  it("is gone after another destroy, whichever of its deletions was refused", async () => {
    const { calls } = await undisturbed((stack) => stack.runs("destroy", first), up);
    assert.equal(calls.length, 6);
    for (const failing of failingIn(calls, "refused"))
      await withStack(async (stack) => {
        stack.cloud.failing = failing;
        assert.notEqual(await stack.run("destroy", first), 0, stack.output);
        await stack.runs("destroy", first);
        assert.deepEqual(stack.cloud.content, { buckets: [], accounts: [], policies: [] }, failing.resource);
        assert.deepEqual(stack.cloud.leftBehind, []);
      }, up);
  }).timeout(240_000);
});
