// One preview, in a process of its own: preview.ts with|without|empty <stack file> <folder of the state> <folder>
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getPulumiCli } from "../../cli";
import { runOffline } from "../../offline/engine";
import { readProject } from "../../offline/stackFile";
import { exitWith, ours } from "./run";
import { root, type StackContent, stack } from "./stackOf";

const [arm, stackFile = "", folder = "", place = ""] = process.argv.slice(2);

/** A pack that asks nothing: what is left is what the engine and the SDK take for any. */
function emptyPack(): string {
  const pack = join(place, "empty-pack");
  mkdirSync(pack, { recursive: true });
  writeFileSync(
    join(pack, "PulumiPolicy.yaml"),
    "runtime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n",
  );
  writeFileSync(join(pack, "package.json"), '{"name":"empty","version":"0.0.0"}');
  const policy = '{name:"none",description:"none",enforcementLevel:"advisory",validateResource:()=>{}}';
  const sdk = JSON.stringify(require.resolve("@pulumi/policy"));
  writeFileSync(
    join(pack, "index.js"),
    `require("node:module").enableCompileCache?.();const {PolicyPack}=require(${sdk});new PolicyPack("empty",{policies:[${policy}]});`,
  );
  return pack;
}

async function main(): Promise<void> {
  const { exitCode } = await runOffline({
    cli: await getPulumiCli(),
    operation: "preview",
    stack,
    project: readProject(root).name,
    stackFile: JSON.parse(readFileSync(stackFile, "utf8")) as StackContent,
    folder,
    ...(arm !== "without" && {
      policyPack: { path: arm === "empty" ? emptyPack() : join(root, "policies") },
    }),
    program: ours,
  });
  if (exitCode !== 0) throw new Error(`pulumi preview ended with ${exitCode}`);
}

exitWith(main());
