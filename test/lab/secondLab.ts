import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LabDescription, labFolder } from "../../lab/description";
import { type LabPaths, labPaths } from "../../lab/paths";
import { attempt } from "../../lab/shell";

const main = join(__dirname, "../../lab/main.ts");

/** A lab of its own in a folder of its own, from what this user's lab has built: links, no copies. */
export class SecondLab {
  readonly folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-lab-"));

  constructor() {
    for (const part of ["bin", "manifests", "images"]) {
      const from = join(labFolder(), part);
      if (existsSync(from))
        cpSync(from, join(this.folder, part), { recursive: true, mode: 0, verbatimSymlinks: true });
    }
  }

  command(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const command = ["--import", require.resolve("tsx"), main, ...args];
    return attempt(process.execPath, command, { env: { LAB_DIR: this.folder, ...env } });
  }

  async up(tier: string): Promise<string> {
    const { code, stdout, stderr } = await this.command(["up", "--tier", tier]);
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    return stdout;
  }

  async down(): Promise<void> {
    const { code, stderr } = await this.command(["down"]);
    assert.equal(code, 0, stderr);
  }

  description(): LabDescription {
    return JSON.parse(readFileSync(join(this.folder, "lab.json"), "utf8")) as LabDescription;
  }

  paths(): LabPaths {
    const before = process.env.LAB_DIR;
    process.env.LAB_DIR = this.folder;
    try {
      return labPaths();
    } finally {
      if (before === undefined) delete process.env.LAB_DIR;
      else process.env.LAB_DIR = before;
    }
  }

  async remove(): Promise<void> {
    await this.command(["down"]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
