// One run of one arm, in a process of its own: arm.ts ours|byHand <stack file> <folder> [<resources>]
import { readFileSync } from "node:fs";
import type { WrittenResource } from "./byHand";
import { exitWith, ours, type Program, up, withoutComponents } from "./run";
import type { StackContent } from "./stackOf";

const [arm, stackFile = "", folder = "", resources = ""] = process.argv.slice(2);

// The host of the program loads our components, and with them the SDKs, before it starts the engine. Both arms load
// theirs at that moment, with source maps off (the host turns them off too, later), so that only what they load differs.
process.setSourceMapsEnabled(false);

function byHand(): Program {
  withoutComponents();
  const { declareByHand } = require("./byHand") as typeof import("./byHand");
  return () => {
    declareByHand(JSON.parse(readFileSync(resources, "utf8")) as WrittenResource[]);
    return Promise.resolve({});
  };
}

async function main(): Promise<void> {
  const program = arm === "byHand" ? byHand() : ours;
  await up(folder, JSON.parse(readFileSync(stackFile, "utf8")) as StackContent, program);
}

exitWith(main());
