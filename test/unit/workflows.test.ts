import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { load } from "js-yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
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
  it("pin every action to a version, and give no credentials to what is checked out", () => {
    for (const file of globSync("*.yml", { cwd: folder }))
      for (const { steps } of Object.values(workflow(file).jobs))
        for (const { uses, with: given } of steps) {
          if (uses !== undefined) assert.match(uses, /^[\w-]+\/[\w-]+@v\d+(\.\d+)*$/, file);
          if (uses?.startsWith("actions/checkout@"))
            assert.equal(given?.["persist-credentials"], false, file);
        }
  });

  it("put nothing that a pull request says into a script", () => {
    for (const file of globSync("*.yml", { cwd: folder }))
      for (const { steps } of Object.values(workflow(file).jobs))
        for (const { run = "" } of steps) assert.doesNotMatch(run, /\$\{\{/, file);
  });

  it("preview every stack with the policies, for branches of the repository, with tokens instead of keys", () => {
    const preview = workflow("preview.yml");
    const job = only(preview);
    assert.deepEqual(Object.keys(preview.on), ["pull_request"]);
    assert.deepEqual(preview.permissions, {});
    assert.deepEqual(job.permissions, {
      contents: "read",
      "id-token": "write",
      "pull-requests": "write",
    });
    assert.equal(job.if, "github.event.pull_request.head.repo.full_name == github.repository");
    assert.deepEqual([...job.strategy.matrix.stack].sort(), stacks);
    assert.match(runs(job), /pulumi preview .*--policy-pack policies/);
    assert.match(runs(job), /pulumi stack export/);
    assert.doesNotMatch(readFileSync(join(folder, "preview.yml"), "utf8"), /secrets\./);
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
