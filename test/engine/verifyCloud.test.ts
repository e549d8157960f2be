import assert from "node:assert/strict";
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ended, Offline, root, run } from "./offline";

interface Recorded {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
type Answers = Record<string, Recorded>;

const fixtures = join(root, "test/fixtures/gcloud");

describe("npm run verify:cloud, with a gcloud that replays what gcloud answered", () => {
  let offline: Offline;
  beforeEach(() => {
    offline = new Offline();
    // The PATH has this gcloud and no other.
    symlinkSync(process.execPath, join(offline.folder, "node"));
  });
  afterEach(() => offline.remove());

  const verify = (args: readonly string[] = []): Promise<Ended> =>
    run(process.execPath, ["--import", "tsx", "offline/verifyCloud.ts", ...args], {
      PATH: offline.folder,
    });
  const gcloud = (change: (answers: Answers) => void = () => {}): void => {
    copyFileSync(join(fixtures, "gcloud.js"), join(offline.folder, "gcloud"));
    const answers = JSON.parse(readFileSync(join(fixtures, "answers.json"), "utf8")) as Answers;
    change(answers);
    writeFileSync(join(offline.folder, "answers.json"), JSON.stringify(answers));
  };
  const lines = (output: string, mark: string): string[] =>
    output.split("\n").filter((line) => line.trimStart().startsWith(`${mark} `));

  it("finds what the stack dev declares, and ends with 0", async () => {
    gcloud();
    const { code, output } = await verify();
    assert.equal(code, 0, output);
    assert.equal(lines(output, "✓").length, 14, output);
    assert.match(output, /^dev: 14 as declared, 0 not, 0 not looked at/m);
    assert.match(output, /^ {2}✓ lifecycle: \[\{"action":\{"type":"Delete"\},"condition":\{"age":16\}\}\]$/m);
  });

  it("ends with 1 where something is not as declared, and names it with what to do", async () => {
    gcloud((answers) => {
      const key = "storage buckets get-iam-policy gs://acme-dev-dev-postgres-backups --format=json";
      answers[key] = { code: 0, stdout: '{"bindings":[]}', stderr: "" };
    });
    const { code, output } = await verify();
    assert.equal(code, 1, output);
    assert.equal(lines(output, "✗").length, 2, output);
    assert.match(
      output,
      /✗ roles\/storage\.objectUser for serviceAccount:.*: it is not there: `pulumi up --refresh`/,
    );
  });

  it("has not one ✓ without gcloud, says where to get it, and ends with 2", async () => {
    const { code, output } = await verify();
    assert.equal(code, 2, output);
    assert.deepEqual(lines(output, "✓"), []);
    assert.match(
      output,
      /– bucket: gcloud is not on the PATH: https:\/\/cloud\.google\.com\/sdk\/docs\/install/,
    );
  });

  it("says that there is nothing to look at of a stack in S3", async () => {
    const { code, output } = await verify(["--stack", "s3"]);
    assert.equal(code, 0, output);
    assert.match(output, /declares nothing of Google Cloud/);
  });
});
