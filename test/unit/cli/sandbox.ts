import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { PulumiCliOptions } from "../../../cli/index";

/** A machine of its own in a temporary folder: nothing on its PATH and in its home but what a test puts there. */
export class Sandbox {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), "cli-test-"));
  readonly home = this.folder("home");
  readonly bin = this.folder("bin");
  readonly temp = this.folder("temp");
  readonly launcher = path.join(this.root, "node_modules", "pulumi");
  /** Where the built CLI is expected, by the documented rule. */
  readonly cached = path.join(
    this.home,
    ".cache/pulumi-cnpg",
    `pulumi-v3.250.0-${process.platform}-${process.arch}`,
    "pulumi",
  );
  /** Where the fake launcher keeps its download, as the real one does. */
  readonly downloaded = path.join(this.home, ".pulumi/versions/3.265.0/bin/pulumi");
  readonly said: string[] = [];

  /** Options that keep `getPulumiCli` inside, with limits short enough for a test. */
  options(env: Record<string, string> = {}): PulumiCliOptions {
    return {
      env: { PATH: this.bin, HOME: this.home, LOG: path.join(this.root, "log"), ...env },
      homeDir: this.home,
      tempDir: this.temp,
      launcherDir: this.launcher,
      say: (line) => this.said.push(line),
      limits: { versionMs: 5_000, connectMs: 5_000, progressMs: 50, pollMs: 10, staleLockMs: 60_000 },
    };
  }

  /** What the fakes were asked to do, in order. */
  log(): string[] {
    const file = path.join(this.root, "log");
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n") : [];
  }

  folder(...parts: string[]): string {
    const made = path.join(this.root, ...parts);
    fs.mkdirSync(made, { recursive: true });
    return made;
  }

  /** Writes an executable shell script that logs its name and first argument, then does what `body` says. */
  script(file: string, body: string): string {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const log = `[ -z "$LOG" ] || echo "${path.basename(file)} $1" >> "$LOG"`;
    fs.writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${log}\n${body}\n`, { mode: 0o755 });
    return file;
  }

  /** A `pulumi` that prints that version. */
  pulumi(file: string, version = "v3.250.0"): string {
    return this.script(file, `echo ${version}`);
  }

  /** A `go` whose `build` writes a working `pulumi`. Each command can be replaced by other shell code. */
  go(commands: { env?: string; get?: string; build?: string } = {}): string {
    const write = `while [ "$1" != -o ]; do shift; done
      printf '#!/bin/sh\\necho v3.250.0\\n' > "$2" && chmod 755 "$2"`;
    return this.script(
      path.join(this.bin, "go"),
      `case "$1" in
      env) ${commands.env ?? "echo go1.26.8"} ;;
      get) ${commands.get ?? ":"} ;;
      build) ${commands.build ?? write} ;;
      esac`,
    );
  }

  /** A launcher package whose `run.js` is that code. */
  launcherThat(code: string): void {
    fs.mkdirSync(this.launcher, { recursive: true });
    fs.writeFileSync(path.join(this.launcher, "package.json"), '{"name":"pulumi","version":"3.265.0"}');
    fs.writeFileSync(path.join(this.launcher, "run.js"), code);
  }

  /** A launcher that says so, "downloads" a working CLI to where the real one does, and runs it. */
  launcherThatWorks(): void {
    this.launcherThat(`
      const fs = require("node:fs"), path = require("node:path");
      const file = ${JSON.stringify(this.downloaded)};
      console.error("Downloading pulumi v3.265.0...");
      console.log("=== Installing ===");
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, "#!/bin/sh\\necho v3.265.0\\n", { mode: 0o755 });
    `);
  }

  /** Takes the folder away again. */
  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
