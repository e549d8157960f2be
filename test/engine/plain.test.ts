import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { getPulumiCli } from "../../tools/cli";
import { runOffline } from "../../tools/offline/engine";
import { readProject, readStackFile } from "../../tools/stackFile";
import { nodejsHost } from "./nodejsHost";
import { Offline, root } from "./offline";

interface ProjectFile {
  main?: string;
  stackConfigDir: string;
  runtime: { name: string; options: { typescript: boolean; nodeargs: string } };
}

/** Runs an operation as plain `pulumi` would, with the SDK's own runner in a process of its own. */
async function plainly(
  offline: Offline,
  operation: "up" | "preview",
  file?: string,
): Promise<{ code: number; output: string }> {
  const project = load(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as ProjectFile;
  let output = "";
  const say = (text: string) => {
    output += text;
  };
  const { exitCode } = await runOffline({
    cli: await getPulumiCli({ say }),
    operation,
    stack: "dev",
    project: "pulumi-cnpg",
    stackFile: readStackFile(root, readProject(root), "dev", file).content,
    folder: offline.folder,
    program: () => Promise.reject(new Error("the program runs in a process of its own")),
    languageHost: nodejsHost(root, project.runtime.options.nodeargs.split(" "), say),
    stdio: "pipe",
    onOutput: say,
  });
  return { code: exitCode, output };
}

describe("plain pulumi, with the SDK's own runner on index.ts and the options of Pulumi.yaml", () => {
  let offline: Offline;
  beforeEach(() => {
    offline = new Offline();
  });
  afterEach(() => offline.remove());

  it("declares the same resources as npm start, and changes nothing after it", async () => {
    const first = await plainly(offline, "up");
    assert.equal(first.code, 0, first.output);
    const { output } = await offline.start([]);
    assert.match(output, /16 unchanged/);
    assert.match(output, /Nothing changed/);
  });

  it("prints every problem of a bad stack file without a stack trace, and registers nothing", async () => {
    const file = offline.stackFile("dev", (settings) => {
      settings["pulumi-cnpg:profile"] = "staging";
      settings["pulumi-cnpg:backups"] = { retention: 7 };
    });
    const { code, output } = await plainly(offline, "preview", file);
    assert.notEqual(code, 0);
    assert.match(output, /stack dev: 2 problems, nothing was registered/);
    assert.match(output, /profile: "staging" is not allowed: one of dev, prod/);
    assert.match(output, /backups\.retention: 7 is not allowed: text/);
    assert.doesNotMatch(output, /\n\s+at /);
    assert.deepEqual(offline.state("dev"), []);
  });
});
