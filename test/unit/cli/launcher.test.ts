import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { getPulumiCli } from "../../../cli/index";
import { Sandbox } from "./sandbox";

describe("getPulumiCli: the vendor's launcher", () => {
  let box: Sandbox;
  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(() => box.remove());

  const hasty = () => {
    const options = box.options();
    return { ...options, limits: { ...options.limits, connectMs: 500 } };
  };

  it("gives the binary that the launcher downloaded, not the launcher, and says that it downloads", async () => {
    box.launcherThatWorks();
    assert.deepEqual(await getPulumiCli(box.options()), {
      path: box.downloaded,
      version: "3.265.0",
      how: "launcher",
    });
    assert.deepEqual(box.said, ["Downloading pulumi v3.265.0... (by the npm package `pulumi`)"]);
  });

  it("is not started when its binary is there from earlier", async () => {
    box.launcherThat("process.exit(1)");
    box.pulumi(box.downloaded, "v3.265.0");
    assert.equal((await getPulumiCli(box.options())).path, box.downloaded);
  });

  it("keeps its binary under PULUMI_HOME and by PULUMI_VERSION, as the launcher does", async () => {
    const home = box.folder("pulumi-home");
    box.launcherThat("process.exit(1)");
    const file = box.pulumi(path.join(home, "versions", "3.260.0", "bin", "pulumi"), "v3.260.0");
    const env = { PULUMI_HOME: home, PULUMI_VERSION: "3.260.0" };
    assert.equal((await getPulumiCli(box.options(env))).path, file);
  });

  it("hands over to the Go build when it fails", async () => {
    box.launcherThat('console.error("pulumi: fetch failed"); process.exit(1)');
    box.go();
    assert.equal((await getPulumiCli(box.options())).how, "go build");
    assert.equal(box.said[0], "That download did not work: pulumi: fetch failed, exit code 1.");
  });

  it("is stopped, with all it started, when nothing comes in the time for connecting", async () => {
    // The grandchild would leave a mark, did it live on.
    const mark = path.join(box.root, "mark");
    box.launcherThat(`
      console.error("Downloading pulumi v3.265.0...");
      require("node:child_process").execFileSync("/bin/sh", ["-c", "/bin/sleep 1; echo > ${mark}"]);
    `);
    const start = Date.now();
    await assert.rejects(getPulumiCli(hasty()), { message: /launcher: no answer in 0\.5 s/ });
    assert.ok(Date.now() - start < 3_000);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.equal(fs.existsSync(mark), false);
  });

  it("may take longer than that once the installer has spoken", async () => {
    box.launcherThatWorks();
    const code = fs.readFileSync(path.join(box.launcher, "run.js"), "utf8");
    box.launcherThat(`console.log("=== Installing ==="); setTimeout(() => {${code}}, 800)`);
    assert.equal((await getPulumiCli(hasty())).how, "launcher");
  });

  it("has not worked when it ends well only because it was stopped", async () => {
    box.pulumi(box.downloaded, "v3.1.0");
    box.launcherThat('process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000)');
    await assert.rejects(getPulumiCli(hasty()), { message: /launcher: no answer in 0\.5 s/ });
  });

  it("is stopped when the whole download takes too long", async () => {
    box.launcherThat('console.log("=== Installing ==="); setInterval(() => {}, 1000)');
    const options = box.options();
    const limits = { ...options.limits, launcherMs: 400 };
    await assert.rejects(getPulumiCli({ ...options, limits }), {
      message: /launcher: not done after 0\.4 s/,
    });
  });

  it("that left a broken binary behind is told about with the folder to delete", async () => {
    box.script(box.downloaded, "exit 1");
    box.launcherThat("process.exit(1)");
    await assert.rejects(getPulumiCli(box.options()), {
      message: new RegExp(
        `exit code 1; if it keeps failing, delete ${box.home}/\\.pulumi/versions/3\\.265\\.0\\n`,
      ),
    });
  });
});
