import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { load } from "js-yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly strategy: { readonly matrix: { readonly stack: readonly string[] } };
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const root = resolve(__dirname, "../..");
const folder = join(root, ".github/workflows");
const workflow = (file: string) => load(readFileSync(join(folder, file), "utf8")) as Workflow;
const only = ({ jobs }: Workflow): Job => {
  const [job] = Object.values(jobs);
  assert.ok(job);
  return job;
};
const runs = ({ steps }: Job) => steps.map(({ run }) => run ?? "").join("\n");
const stacks = globSync("Pulumi.*.yaml", { cwd: join(root, "stacks") })
  .map((file) => file.split(".")[1])
  .sort();

describe("GitHub workflows", () => {
  const files = globSync("*.yml", { cwd: folder });
  const steps = files.flatMap((file) =>
    Object.values(workflow(file).jobs).flatMap((job) => job.steps.map((step) => ({ file, ...step }))),
  );

  it("pin every action to a commit, which unlike a tag can't be moved, and say its version", () => {
    const guide = readFileSync(join(root, "docs/lint.md"), "utf8");
    const texts = [guide, ...files.map((file) => readFileSync(join(folder, file), "utf8"))];
    const lines = texts.flatMap((text) => text.match(/^ *- uses: .*|^ *uses: .*/gm) ?? []);
    assert(lines.length > 10);
    for (const line of lines) assert.match(line, /uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("give no credentials to what is checked out, and let no package run a script", () => {
    for (const { file, uses, run = "", with: given } of steps) {
      if (uses?.startsWith("actions/checkout@")) assert.equal(given?.["persist-credentials"], false, file);
      if (/npm (ci|install|i)\b/.test(run)) assert.match(run, /^npm ci --ignore-scripts$/, file);
    }
  });

  it("put nothing that a pull request says into a script", () => {
    for (const file of globSync("*.yml", { cwd: folder }))
      for (const { steps } of Object.values(workflow(file).jobs))
        for (const { run = "" } of steps) assert.doesNotMatch(run, /\$\{\{/, file);
  });

  it("preview every stack with the policies, for branches of the repository, with tokens instead of keys", () => {
    const preview = workflow("preview.yml");
    const { preview: job } = preview.jobs;
    assert.ok(job);
    assert.deepEqual(Object.keys(preview.on), ["pull_request"]);
    assert.deepEqual(preview.permissions, {});
    assert.deepEqual(job.permissions, { contents: "read", "id-token": "write" });
    assert.equal(job.if, "github.event.pull_request.head.repo.full_name == github.repository");
    assert.deepEqual([...job.strategy.matrix.stack].sort(), stacks);
    assert.match(runs(job), /pulumi preview .*--policy-pack policies/);
    assert.match(runs(job), /pulumi stack export/);
    assert.doesNotMatch(readFileSync(join(folder, "preview.yml"), "utf8"), /secrets\./);
  });

  it("install before there are credentials, which are for an environment, one stack and a few minutes", () => {
    const job = workflow("preview.yml").jobs.preview;
    assert.ok(job);
    assert.equal(job.environment, `preview-\${{ matrix.stack }}`);
    const at = (what: RegExp) => job.steps.findIndex(({ uses = "", run = "" }) => what.test(`${uses}${run}`));
    const [install, login, google] = [at(/npm ci/), at(/auth-actions@/), at(/google-github-actions\/auth@/)];
    assert(install >= 0 && install < login && install < google);
    const given = job.steps[login]?.with;
    assert.equal(given?.["requested-token-type"], "urn:pulumi:token-type:access_token:team");
    assert.equal(given?.scope, `team:\${{ vars.PULUMI_PREVIEW_TEAM }}`);
    assert(Number(given?.["token-expiration"]) <= 1200);
    assert.equal(given?.["export-environment-variables"], false);
    for (const { run = "", env } of job.steps)
      assert.equal(env?.PULUMI_ACCESS_TOKEN !== undefined, /^\s*(set.*\s+)?pulumi /.test(run), run);
  });

  it("comment from a job that runs nothing of the branch, and in which its code has not run", () => {
    const { jobs } = workflow("preview.yml");
    for (const [name, { permissions = {}, steps: own }] of Object.entries(jobs)) {
      const runsCode = own.some(({ uses }) => uses?.startsWith("actions/checkout@"));
      const writes = Object.entries(permissions).filter(
        ([what, may]) => may === "write" && what !== "id-token",
      );
      assert(!runsCode || writes.length === 0, name);
    }
    assert.deepEqual(jobs.comment?.permissions, { "pull-requests": "write" });
    assert.deepEqual([...(jobs.comment?.strategy.matrix.stack ?? [])].sort(), stacks);
  });

  it("check every stack offline for pull requests of forks, which can read and nothing else", () => {
    const forks = workflow("preview-forks.yml");
    const job = only(forks);
    assert.deepEqual(Object.keys(forks.on), ["pull_request"]);
    assert.deepEqual(forks.permissions, { contents: "read" });
    assert.equal(job.permissions, undefined);
    assert.equal(job.if, "github.event.pull_request.head.repo.full_name != github.repository");
    assert.deepEqual([...job.strategy.matrix.stack].sort(), stacks);
    assert.match(runs(job), /npm run --silent check -- --stack/);
    assert.match(runs(job), /npm run --silent cnpg-lint/);
    assert.match(runs(job), /GITHUB_STEP_SUMMARY/);
    assert.doesNotMatch(readFileSync(join(folder, "preview-forks.yml"), "utf8"), /secrets\.|github\.token/);
  });
});
