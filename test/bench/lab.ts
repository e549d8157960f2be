import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readLab } from "../../lab/description";
import { isRoot } from "../../lab/needs";
import { run } from "../../lab/shell";
import { SecondLab } from "../lab/secondLab";
import type { Figure, Report } from "./figures";
import { root } from "./stackOf";

/**
 * From nothing that runs to a working Postgres whose WAL is in the bucket: a lab of its own, from what this user's lab
 * has built, and the stack `dev` in it.
 */
export async function lab(folder: string): Promise<Report> {
  const title = "Lab: from nothing that runs to a Postgres that archives";
  const notes = ["Says nothing of a first start, which builds everything: see docs/lab.md."];
  if (!isRoot() || readLab()?.tier !== "node")
    return {
      name: "lab",
      title,
      figures: [],
      notes: ["Not measured: it takes root, and `npm run lab:up` before."],
    };
  const second = new SecondLab();
  try {
    const free = available();
    const start = Date.now();
    await second.up("node");
    const up = (Date.now() - start) / 1000;
    const args = ["--import", "tsx", "offline/start.ts", "--lab", "--folder", join(folder, "lab")];
    await run(process.execPath, args, { cwd: root, env: { LAB_DIR: second.folder } });
    const all = (Date.now() - start) / 1000;
    const used = free - available();
    const downStart = Date.now();
    await second.down();
    const figures: Figure[] = [
      { what: "lab:up, warm", value: up, unit: "s", how: "everything built; nothing runs" },
      {
        what: "to Postgres and WAL",
        value: all,
        unit: "s",
        budget: 60,
        how: "lab:up and npm start -- --lab",
      },
      {
        what: "memory",
        value: used,
        unit: "GiB",
        budget: 12,
        how: "what the machine has less of afterwards",
      },
      { what: "lab:down", value: (Date.now() - downStart) / 1000, unit: "s", how: "" },
    ];
    return { name: "lab", title, figures, notes };
  } finally {
    await second.remove();
  }
}

/** GiB that could be given to programs. */
function available(): number {
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
  return Number(kib) / 1024 / 1024;
}
