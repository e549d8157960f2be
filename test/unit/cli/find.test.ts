import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { getPulumiCli } from "../../../cli/index";
import { Sandbox } from "./sandbox";

describe("getPulumiCli: what is already there", () => {
  let box: Sandbox;
  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(() => box.remove());

  describe("PULUMI_CNPG_CLI", () => {
    it("is taken before the `pulumi` on the PATH", async () => {
      box.pulumi(path.join(box.bin, "pulumi"));
      const mine = box.pulumi(path.join(box.root, "mine"), "v3.260.1");
      assert.deepEqual(await getPulumiCli(box.options({ PULUMI_CNPG_CLI: mine })), {
        path: mine,
        version: "3.260.1",
        how: "PULUMI_CNPG_CLI",
      });
    });

    it("is an error when there is no such file, although the PATH has a `pulumi`", async () => {
      box.pulumi(path.join(box.bin, "pulumi"));
      await assert.rejects(getPulumiCli(box.options({ PULUMI_CNPG_CLI: "/nowhere/pulumi" })), {
        name: "PulumiCliError",
        message: /PULUMI_CNPG_CLI is "\/nowhere\/pulumi", but .*ENOENT.* or unset it/s,
      });
    });

    it("is an error when it is too old", async () => {
      const old = box.pulumi(path.join(box.root, "old"), "v3.100.0");
      await assert.rejects(getPulumiCli(box.options({ PULUMI_CNPG_CLI: old })), {
        message: /is version 3\.100\.0, older than 3\.230\.0/,
      });
    });
  });

  describe("the PATH", () => {
    it("gives its `pulumi` after one run of it, and nothing else is run", async () => {
      const file = box.pulumi(path.join(box.bin, "pulumi"), "v3.230.0");
      box.go();
      box.launcherThatWorks();
      assert.deepEqual(await getPulumiCli(box.options()), { path: file, version: "3.230.0", how: "PATH" });
      assert.deepEqual(box.log(), ["pulumi version"]);
      assert.deepEqual(box.said, []);
    });

    it("passes over an old `pulumi` with its version, and goes on along the PATH", async () => {
      box.pulumi(path.join(box.bin, "pulumi"), "v3.229.9");
      const later = box.pulumi(path.join(box.folder("later"), "pulumi"), "v3.300.0");
      const found = await getPulumiCli(box.options({ PATH: `${box.bin}:${path.dirname(later)}` }));
      assert.equal(found.path, later);
      assert.equal(box.said.length, 1);
      assert.match(box.said[0] ?? "", /is version 3\.229\.9, older than 3\.230\.0/);
    });

    it("passes over a `pulumi` that fails, with the last line it said", async () => {
      box.script(path.join(box.bin, "pulumi"), "echo first >&2; echo no such library >&2; exit 7");
      box.pulumi(box.cached);
      assert.equal((await getPulumiCli(box.options())).how, "cache");
      assert.match(box.said.join(), /does not run \(exit code 7: no such library\)/);
    });

    it("passes over a `pulumi` that does not answer", async () => {
      box.script(path.join(box.bin, "pulumi"), "sleep 30");
      box.pulumi(box.cached);
      const options = box.options();
      const limits = { ...options.limits, versionMs: 800 };
      assert.equal((await getPulumiCli({ ...options, limits })).how, "cache");
      assert.match(box.said.join(), /not done after 0\.8 s/);
    });

    it("passes over a `pulumi` that prints no version", async () => {
      box.script(path.join(box.bin, "pulumi"), "echo hello");
      box.pulumi(box.cached);
      assert.equal((await getPulumiCli(box.options())).how, "cache");
      assert.match(box.said.join(), /does not print a version/);
    });

    it("skips an entry inside node_modules without running it", async () => {
      const npm = box.folder("node_modules", ".bin");
      box.script(path.join(npm, "pulumi"), "echo v3.265.0");
      const file = box.pulumi(path.join(box.bin, "pulumi"));
      const found = await getPulumiCli(box.options({ PATH: `${npm}:${box.bin}` }));
      assert.equal(found.path, file);
      assert.deepEqual(box.log(), ["pulumi version"]);
    });

    it("skips a link that leads into node_modules, as a global npm install makes one", async () => {
      const target = box.pulumi(path.join(box.folder("lib", "node_modules", "pulumi"), "run.js"));
      fs.symlinkSync(target, path.join(box.bin, "pulumi"));
      box.pulumi(box.cached);
      assert.equal((await getPulumiCli(box.options())).how, "cache");
    });

    it("skips what is not executable, a folder, and relative and empty entries", async () => {
      fs.writeFileSync(path.join(box.bin, "pulumi"), "text", { mode: 0o644 });
      const odd = box.folder("odd");
      box.folder("odd", "pulumi");
      box.pulumi(box.cached);
      const found = await getPulumiCli(box.options({ PATH: `:.:bin:${odd}:${box.bin}` }));
      assert.equal(found.how, "cache");
      assert.deepEqual(box.said, []);
    });
  });

  describe("the cache", () => {
    it("gives the CLI that an earlier build left, before the launcher is asked", async () => {
      box.launcherThatWorks();
      box.pulumi(box.cached);
      assert.deepEqual(await getPulumiCli(box.options()), {
        path: box.cached,
        version: "3.250.0",
        how: "cache",
      });
    });

    it("is under XDG_CACHE_HOME when that is an absolute path", async () => {
      const xdg = box.folder("xdg");
      const file = path.join(xdg, path.relative(path.join(box.home, ".cache"), box.cached));
      box.pulumi(file);
      assert.equal((await getPulumiCli(box.options({ XDG_CACHE_HOME: xdg }))).path, file);
    });
  });

  describe("PULUMI_CNPG_CLI_WAYS", () => {
    it("leaves out the ways it does not name", async () => {
      box.pulumi(path.join(box.bin, "pulumi"));
      box.pulumi(box.cached);
      const found = await getPulumiCli(box.options({ PULUMI_CNPG_CLI_WAYS: "go, cache" }));
      assert.equal(found.how, "cache");
    });

    it("set to nothing means all ways", async () => {
      box.pulumi(path.join(box.bin, "pulumi"));
      assert.equal((await getPulumiCli(box.options({ PULUMI_CNPG_CLI_WAYS: "" }))).how, "PATH");
    });

    it("refuses a way that does not exist, and lists those that do", async () => {
      await assert.rejects(getPulumiCli(box.options({ PULUMI_CNPG_CLI_WAYS: "path,docker" })), {
        name: "PulumiCliError",
        message: /PULUMI_CNPG_CLI_WAYS: unknown way "docker".*path, cache, launcher, go/,
      });
    });
  });
});
