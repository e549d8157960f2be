import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabPaths } from "../paths";
import { debian } from "../settings";
import { run } from "../shell";

/**
 * rclone alone, out of Debian's package: a few seconds, where building the release from its Go module takes minutes. It is
 * of 2022: without `env_auth`, which the lab has no use for, and otherwise with all that exports ask of it.
 */
export async function rcloneLayer(paths: LabPaths): Promise<string> {
  const tree = join(paths.images, "rclone");
  const recipe = JSON.stringify([debian.suite, "rclone"]);
  const stamp = join(paths.images, "rclone.recipe");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === recipe) return tree;
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  const tar = join(paths.images, "rclone.tar");
  const log = join(paths.images, "rclone.log");
  const unpacked = ["--variant=extract", "--format=tar", "--include=rclone", debian.suite, tar];
  await run("mmdebstrap", unpacked, { log });
  await run("tar", ["--extract", "--file", tar, "--directory", tree, "./usr/bin/rclone"], { log });
  rmSync(tar);
  writeFileSync(stamp, recipe);
  return tree;
}
