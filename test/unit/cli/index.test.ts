import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { cacheFolder } from "../../../cli/host";
import { getPulumiCli } from "../../../cli/index";
import { isAtLeast, parseVersion } from "../../../cli/versions";
import { Sandbox } from "./sandbox";

describe("getPulumiCli: when nothing works", () => {
  let box: Sandbox;
  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(() => box.remove());

  it("names the three ways, what went wrong on each, and what to do", async () => {
    box.pulumi(path.join(box.bin, "pulumi"), "v3.1.0");
    box.launcherThat('console.error("pulumi: fetch failed"); process.exit(1)');
    box.go({ get: "echo 'no such host' >&2; exit 1" });
    await assert.rejects(getPulumiCli(box.options()), (error: Error) => {
      const lines = error.message.split("\n").map((line) => line.trim());
      assert.match(lines[0] ?? "", /^There is no Pulumi CLI 3\.230\.0 or newer here/);
      assert.match(lines[1] ?? "", /^PATH: .* is version 3\.1\.0, older than 3\.230\.0$/);
      assert.match(lines[2] ?? "", /^To do: install the Pulumi CLI 3\.230\.0 or newer/);
      assert.equal(lines[3], "launcher: pulumi: fetch failed, exit code 1");
      assert.match(lines[4] ?? "", /^To do: /);
      assert.equal(lines[5], "Go build: `go get` failed (exit code 1)");
      assert.equal(lines[6], "no such host");
      assert.match(lines[7] ?? "", /^To do: install Go/);
      assert.equal(lines.length, 8);
      return true;
    });
  });

  it("says of a way left out that it was not tried", async () => {
    await assert.rejects(getPulumiCli({ ...box.options(), ways: ["path"] }), {
      message: /PATH: there is no `pulumi` on the PATH\n.*launcher: not tried.*Go build: not tried/s,
    });
  });

  it("says that the launcher is not installed", async () => {
    await assert.rejects(getPulumiCli({ ...box.options(), launcherDir: undefined }), {
      message: /launcher: the npm package `pulumi` is not installed/,
    });
  });
});

describe("cli/main.ts", () => {
  const root = path.resolve(__dirname, "../../..");
  const command = (args: string[]) => ["--import", "tsx", "cli/main.ts", ...args];
  const main = (args: string[], env: Record<string, string>) =>
    spawnSync(process.execPath, command(args), { cwd: root, env, encoding: "utf8" });
  let box: Sandbox;
  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(() => box.remove());

  it("prints the path alone", () => {
    const file = box.pulumi(path.join(box.bin, "pulumi"));
    const { status, stdout, stderr } = main([], { PATH: box.bin, HOME: box.home });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: `${file}\n`, stderr: "" });
  });

  it("ends with 1 and the message, without a stack, when there is no CLI", () => {
    const { status, stdout, stderr } = main([], { PATH: box.bin, PULUMI_CNPG_CLI_WAYS: "path" });
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /^There is no Pulumi CLI/);
    assert.doesNotMatch(stderr, /^\s+at /m);
  });

  it("ends with 1 and no stack for an argument it does not know", () => {
    const { status, stderr } = main(["now"], { PATH: box.bin });
    assert.equal(status, 1);
    assert.match(stderr, /^Unexpected argument 'now'/);
    assert.doesNotMatch(stderr, /^\s+at /m);
  });

  it("explains its environment variables with --help", () => {
    const { status, stdout } = main(["--help"], { PATH: box.bin });
    assert.equal(status, 0);
    assert.match(stdout, /PULUMI_CNPG_CLI .*PULUMI_CNPG_CLI_WAYS/s);
  });

  it("takes a running build along when it is interrupted, and the next call takes over", async () => {
    const mark = path.join(box.root, "mark");
    box.go({ get: `sleep 1; echo > ${mark}` });
    const env = { PATH: box.bin, HOME: box.home, TMPDIR: box.temp, PULUMI_CNPG_CLI_WAYS: "go" };
    const child = spawn(process.execPath, command([]), { cwd: root, env });
    child.stderr.once("data", () => setTimeout(() => child.kill("SIGINT"), 100));
    const [, signal] = await once(child, "exit");
    assert.equal(signal, "SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    assert.equal(fs.existsSync(mark), false);
    box.go();
    assert.equal((await getPulumiCli(box.options({ PULUMI_CNPG_CLI_WAYS: "go" }))).how, "go build");
    assert.match(box.said.join("\n"), /Taking over the build/);
  });
});

describe("the cache folder", () => {
  const at = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv, homeDir: string) =>
    cacheFolder({ platform, env, homeDir, arch: "arm64" });

  it("is in ~/.cache, and a relative XDG_CACHE_HOME is ignored", () => {
    const expected = "/home/me/.cache/pulumi-cnpg/pulumi-v3.250.0-linux-arm64";
    assert.equal(at("linux", {}, "/home/me"), expected);
    assert.equal(at("linux", { XDG_CACHE_HOME: "cache" }, "/home/me"), expected);
  });

  it("is in LOCALAPPDATA on Windows", () => {
    const expected = "D:\\Local\\pulumi-cnpg\\pulumi-v3.250.0-win32-arm64";
    assert.equal(at("win32", { LOCALAPPDATA: "D:\\Local" }, "C:\\Users\\me"), expected);
    assert.match(at("win32", {}, "C:\\Users\\me"), /^C:\\Users\\me\\AppData\\Local\\pulumi-cnpg\\/);
  });
});

describe("versions", () => {
  it("are read with and without v, and with a pre-release", () => {
    assert.equal(parseVersion("v3.250.0\n"), "3.250.0");
    assert.equal(parseVersion("3.251.0-alpha.1+dirty"), "3.251.0-alpha.1+dirty");
    assert.equal(parseVersion("hello 3.250.0"), undefined);
    assert.equal(parseVersion(""), undefined);
  });

  it("are compared as numbers, not as text", () => {
    assert.ok(isAtLeast("3.230.0", "3.230.0"));
    assert.ok(isAtLeast("3.1000.0", "3.230.0"));
    assert.ok(isAtLeast("4.0.0", "3.230.0"));
    assert.ok(!isAtLeast("3.99.9", "3.230.0"));
    assert.ok(!isAtLeast("2.999.0", "3.230.0"));
  });
});
