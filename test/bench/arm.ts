// One run of one arm, in a process of its own: arm.ts ours|byHand <stack file> <folder> [<resources>]
import { readFileSync } from "node:fs";
import type { WrittenResource } from "./byHand";
import { exitWith, ours, up, withoutComponents } from "./run";
import type { StackContent } from "./stackOf";

const [arm, stackFile = "", folder = "", resources = ""] = process.argv.slice(2);

// As the engine's host does once it runs: reading the source maps of the SDKs takes a sixth of a second, which otherwise
// only the arm would pay that loads its SDKs first.
process.setSourceMapsEnabled(false);
if (arm === "byHand") withoutComponents();

const byHand = (): Promise<Record<string, unknown>> => {
  const { declareByHand } = require("./byHand") as typeof import("./byHand");
  declareByHand(JSON.parse(readFileSync(resources, "utf8")) as WrittenResource[]);
  return Promise.resolve({});
};

async function main(): Promise<void> {
  const content = JSON.parse(readFileSync(stackFile, "utf8")) as StackContent;
  await up(folder, content, arm === "byHand" ? byHand : ours);
}

exitWith(main());
