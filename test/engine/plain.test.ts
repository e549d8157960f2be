import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { getPulumiCli } from "../../cli";
import { runOffline } from "../../offline/engine";
import { readProject, readStackFile } from "../../offline/stackFile";
import { nodejsHost } from "./nodejsHost";
import { clusterIn, Offline, root } from "./offline";

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
  stack = "dev",
): Promise<{ code: number; output: string }> {
  const project = load(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as ProjectFile;
  let output = "";
  const say = (text: string) => {
    output += text;
  };
  const { exitCode } = await runOffline({
    cli: await getPulumiCli({ say }),
    operation,
    stack,
    project: "pulumi-cnpg",
    stackFile: readStackFile(root, readProject(root), stack, file).content,
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

  it("reads from the engine where the archive lies that a cluster is recovered from", async () => {
    const file = offline.stackFile("dev-clone", (settings) => {
      // The organization of every stack whose state is in a folder or a bucket.
      const { recoverFrom } = clusterIn(settings, "orders-db") as { recoverFrom: Record<string, unknown> };
      recoverFrom.stack = "organization/pulumi-cnpg/prod";
    });
    const early = await plainly(offline, "preview", file, "dev-clone");
    assert.notEqual(early.code, 0);
    assert.match(
      early.output,
      /recoverFrom\.stack: got .*, expected a stack that can be read \(unknown stack/,
    );

    const generation = offline.stackFile("prod", (settings) =>
      Object.assign(clusterIn(settings, "orders-db"), { generation: 7 }),
    );
    const prod = await plainly(offline, "up", generation, "prod");
    assert.equal(prod.code, 0, prod.output);
    const again = offline.stackFile("dev-clone", (settings) => {
      const { recoverFrom } = clusterIn(settings, "orders-db") as { recoverFrom: Record<string, unknown> };
      recoverFrom.stack = "organization/pulumi-cnpg/prod";
    });
    const { code, output } = await plainly(offline, "up", again, "dev-clone");
    assert.equal(code, 0, output);
    const [cluster] = offline.state("dev-clone").filter(({ type }) => type.endsWith("v1:Cluster"));
    assert.match(
      JSON.stringify(cluster?.inputs),
      /"barmanObjectName":"orders-db-source","serverName":"orders-db-g7"/,
    );
  });

  it("prints every problem of a bad stack file without a stack trace, and registers nothing", async () => {
    const file = offline.stackFile("dev", (settings) => {
      settings["pulumi-cnpg:profile"] = "staging";
      settings["pulumi-cnpg:backups"] = { retention: 7 };
    });
    const { code, output } = await plainly(offline, "preview", file);
    assert.notEqual(code, 0);
    assert.match(output, /stack dev: 2 problems, nothing was registered/);
    assert.match(output, /profile: got "staging", expected one of dev, prod/);
    assert.match(output, /backups\.retention: got 7, expected text/);
    assert.doesNotMatch(output, /\n\s+at /);
    assert.deepEqual(offline.state("dev"), []);
  });
});
