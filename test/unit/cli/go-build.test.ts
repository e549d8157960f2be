import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { getPulumiCli } from "../../../cli/index";
import { Sandbox } from "./sandbox";

describe("getPulumiCli: the build from the Go module", () => {
  let box: Sandbox;
  let lock: string;
  beforeEach(() => {
    box = new Sandbox();
    lock = path.join(path.dirname(box.cached), "build.lock");
  });
  afterEach(() => box.remove());

  const onlyGo = { PULUMI_CNPG_CLI_WAYS: "cache,go" };

  it("puts a CLI into the cache, leaves nothing else behind, and the next call finds it there", async () => {
    box.go();
    const built = { path: box.cached, version: "3.250.0" };
    assert.deepEqual(await getPulumiCli(box.options(onlyGo)), { ...built, how: "go build" });
    assert.deepEqual(await getPulumiCli(box.options(onlyGo)), { ...built, how: "cache" });
    assert.deepEqual(box.log(), ["go env", "go get", "go build"]);
    assert.deepEqual(fs.readdirSync(path.dirname(box.cached)), ["pulumi"]);
    assert.deepEqual(fs.readdirSync(box.temp), []);
  });

  it("gets the pinned version into a module of its own, and stamps it into the CLI", async () => {
    const seen = path.join(box.root, "seen");
    box.go({
      get: `echo "$*" >> ${seen}; cat go.mod >> ${seen}`,
      build: `echo "$*" >> ${seen}; echo "$CGO_ENABLED $GOWORK <$GOOS>" >> ${seen}; exit 1`,
    });
    await assert.rejects(getPulumiCli(box.options({ ...onlyGo, GOOS: "plan9", GOWORK: "/mine" })));
    const text = fs.readFileSync(seen, "utf8");
    assert.match(text, /^get -tool github\.com\/pulumi\/pulumi\/pkg\/v3\/cmd\/pulumi@v3\.250\.0$/m);
    assert.match(text, /^module pulumi-cnpg\.invalid\/cli\n\ngo 1\.26\n/m);
    assert.match(text, /^build .*version\.Version=v3\.250\.0 -o .*pulumi\.part-\d+ github\.com/m);
    assert.match(text, /^0 off <>$/m);
  });

  it("says at the start what it does, how long it takes and where it goes, then how far it is", async () => {
    box.go({
      get: "echo go: downloading example.com/a v1 >&2; echo go: downloading example.com/b v1 >&2; sleep 0.4",
      build: "echo example.com/a >&2; echo '# note: not a package' >&2; sleep 0.4; exit 1",
    });
    await assert.rejects(getPulumiCli(box.options(onlyGo)));
    const said = box.said.join("\n");
    assert.match(said, /^Building the Pulumi CLI v3\.250\.0 .*about 4 minutes on two cores.*\.cache/);
    assert.match(said, /go get, \d+ s, 2 modules downloaded/);
    assert.match(said, /go build, \d+ s, 1 packages compiled/);
  });

  it("replaces a cached CLI that no longer runs", async () => {
    box.script(box.cached, "exit 1");
    box.go();
    assert.equal((await getPulumiCli(box.options(onlyGo))).how, "go build");
    assert.match(box.said.join("\n"), /Passing over the cached Pulumi CLI: .* does not run/);
    assert.equal((await getPulumiCli(box.options(onlyGo))).how, "cache");
  });

  it("that made a CLI which does not run keeps it out of the cache", async () => {
    box.go({ build: 'while [ "$1" != -o ]; do shift; done; echo "exit 9" > "$2"; chmod 755 "$2"' });
    await assert.rejects(getPulumiCli(box.options(onlyGo)), { message: /Go build: .*pulumi\.part-.*exit/s });
    assert.deepEqual(fs.readdirSync(path.dirname(box.cached)), []);
  });

  it("tells that there is no `go`", async () => {
    await assert.rejects(getPulumiCli(box.options(onlyGo)), {
      message: /Go build: there is no `go` on the PATH\n\s+To do: install Go 1\.24 or newer/,
    });
  });

  it("tells that Go is too old", async () => {
    box.go({ env: "echo go1.22.3" });
    await assert.rejects(getPulumiCli(box.options(onlyGo)), {
      message: /is not Go 1\.24 or newer \(go1\.22\.3\)/,
    });
  });

  it("tells the last lines that a failing `go` said, without its progress", async () => {
    const lines = Array.from({ length: 20 }, (_, i) => `echo 'error ${i}.' >&2`).join("; ");
    box.go({ get: `${lines}; echo go: downloading example.com/a v1 >&2; exit 1` });
    await assert.rejects(getPulumiCli(box.options(onlyGo)), (error: Error) => {
      assert.match(error.message, /Go build: `go get` failed \(exit code 1\)/);
      assert.match(error.message, / error 12\.\n.* error 19\.\n/s);
      assert.doesNotMatch(error.message, /error 11\.|downloading/);
      return true;
    });
    assert.deepEqual(fs.readdirSync(box.temp), []);
  });

  it("is not stopped by its time limit as long as it says something", async () => {
    box.go({ get: "for i in 1 2 3 4 5 6; do echo go: downloading example.com/$i v1 >&2; sleep 0.4; done" });
    const options = box.options(onlyGo);
    const limits = { ...options.limits, goMs: 1500 };
    assert.equal((await getPulumiCli({ ...options, limits })).how, "go build");
  });

  it("that stands still is stopped, and the advice is to go on from there", async () => {
    box.go({ get: "echo go: downloading example.com/a v1 >&2; sleep 60" });
    const options = box.options(onlyGo);
    const limits = { ...options.limits, goMs: 500 };
    await assert.rejects(getPulumiCli({ ...options, limits }), {
      message: /Go build: `go get` failed \(not a word in 0\.5 s\)\n\s+To do: run it again/,
    });
    assert.equal(fs.existsSync(lock), false);
  });

  it("tells which folder it could not write to", async () => {
    box.go();
    fs.writeFileSync(path.join(box.home, ".cache"), "a file in the way");
    await assert.rejects(getPulumiCli(box.options(onlyGo)), {
      message: /Go build: E.*\.cache.*XDG_CACHE_HOME/,
    });
  });

  describe("with a lock", () => {
    const holder = (pid: number, machine = os.hostname()) => JSON.stringify({ pid, machine });
    const write = (text: string) => {
      fs.mkdirSync(path.dirname(lock), { recursive: true });
      fs.writeFileSync(lock, text);
    };
    /** A process id of which it is sure that it is not in use: its process has just ended. */
    const goneProcess = () => spawnSync("true").pid;

    it("builds once when two ask at the same time, and both get the CLI", async () => {
      box.go({
        get: "sleep 0.5",
      });
      const found = await Promise.all([getPulumiCli(box.options(onlyGo)), getPulumiCli(box.options(onlyGo))]);
      assert.deepEqual(found.map(({ how }) => how).sort(), ["cache", "go build"]);
      assert.deepEqual(box.log(), ["go env", "go get", "go build"]);
      assert.match(box.said.join("\n"), /Another build of the Pulumi CLI is running \(process \d+\)/);
      assert.match(box.said.join("\n"), /Waiting for the other build of the Pulumi CLI: \d+ s/);
    });

    it("builds after all when the build it waited for has failed", async () => {
      box.go();
      write(holder(process.pid));
      setTimeout(() => fs.rmSync(lock), 100);
      assert.equal((await getPulumiCli(box.options(onlyGo))).how, "go build");
    });

    it("takes over from a process of this machine that is gone", async () => {
      box.go();
      write(holder(goneProcess()));
      assert.equal((await getPulumiCli(box.options(onlyGo))).how, "go build");
      assert.match(box.said.join("\n"), /Taking over the build of the Pulumi CLI: process \d+ left/);
      assert.equal(fs.existsSync(lock), false);
    });

    it("does not judge a process of another machine by its id", async () => {
      box.go();
      write(holder(goneProcess(), "elsewhere.invalid"));
      setTimeout(() => fs.rmSync(lock), 100);
      await getPulumiCli(box.options(onlyGo));
      assert.match(box.said.join("\n"), /Another build .* is running/);
    });

    for (const [what, text] of [
      ["of another machine", holder(1, "elsewhere.invalid")],
      ["that names nobody", ""],
    ] as const) {
      it(`takes over a lock ${what} that nobody has touched for long`, async () => {
        box.go();
        write(text);
        fs.utimesSync(lock, new Date(0), new Date(0));
        assert.equal((await getPulumiCli(box.options(onlyGo))).how, "go build");
        assert.equal(fs.existsSync(lock), false);
      });
    }

    it("touches its own lock while it works", async () => {
      box.go({ get: "sleep 1.2" });
      const options = box.options(onlyGo);
      const limits = { ...options.limits, staleLockMs: 800 };
      // Each would find the other's lock stale, were it not touched.
      await Promise.all([getPulumiCli({ ...options, limits }), getPulumiCli({ ...options, limits })]);
      assert.deepEqual(box.log(), ["go env", "go get", "go build"]);
    });
  });
});
