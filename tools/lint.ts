import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";

const root = resolve(__dirname, "..");
const bin = (name: string) => resolve(root, "node_modules", ".bin", name);

const actionlint = "v1.7.7";

/** Files that a person writes and reads stay short; generated ones are exempt. */
const longestFile = 300;
const generated = [
  "components/crds/types.ts",
  "components/cluster/postgresParameters.ts",
  "policies/core/postgresParameters.ts",
  "policies/rules/index.ts",
];

/** The rooms of the house, and which others each imports from. What runs for people needs nothing of the tests. */
const house: Readonly<Record<string, readonly string[]>> = {
  "index.ts": ["components", "stacks"],
  components: [],
  policies: [],
  cli: [],
  stacks: ["components"],
  offline: ["components", "policies", "stacks", "cli", "lab", "index.ts"],
  lab: ["components", "stacks", "offline"],
  tools: ["components", "policies", "cli", "stacks", "offline", "lab"],
};

/** Rooms of components that hold what people write and what is decided, and what these may be made of. */
const onlyTypes: Readonly<Record<string, readonly string[]>> = {
  args: ["units", "crds"],
  plan: ["args", "units", "crds"],
  units: [],
};

/** A check by a command: clean when it exits with 0. */
function command(file: string, ...args: string[]): () => string[] {
  return () => {
    const { status, stdout, stderr, error } = spawnSync(file, args, { cwd: root, encoding: "utf8" });
    return status === 0 ? [] : [error?.message ?? `${stdout}${stderr}`.trim()];
  };
}

interface Lockfile {
  readonly packages: { readonly [path: string]: { readonly resolved?: string; readonly link?: boolean } };
}

const checks: Readonly<Record<string, () => string[]>> = {
  types: command(bin("tsc"), "-p", "tsconfig.all.json", "--noEmit"),
  "format and lint": command(bin("biome"), "check", "--error-on-warnings", "."),
  // The Go module: it checks expressions and scripts as GitHub would.
  workflows: () => {
    if (spawnSync("go", ["version"]).status !== 0) {
      console.log("  without Go, nothing checks .github/workflows");
      return [];
    }
    return command("go", "run", `github.com/rhysd/actionlint/cmd/actionlint@${actionlint}`)();
  },
  "generated files": command(process.execPath, "--import", "tsx", "tools/generate.ts", "--check"),
  // Two copies make the children of components vanish from previews.
  "one copy of @pulumi/pulumi": () => {
    const copies = Object.keys(lockfile().packages).filter((path) =>
      path.endsWith("node_modules/@pulumi/pulumi"),
    );
    return copies.length === 1
      ? []
      : [`there are ${copies.length}: ${copies.join(", ")}; pin the same version everywhere`];
  },
  "lockfile without addresses": () =>
    Object.entries(lockfile().packages)
      .filter(([, entry]) => entry.resolved !== undefined && entry.link !== true)
      .map(([path]) => `${path} says where it was fetched from; run npm install with the project's .npmrc`),
  "rooms of the house": () =>
    sources()
      .filter((file) => !file.startsWith("test/"))
      .flatMap((file) => {
        const roomOf = (path: string) => path.split("/")[0] ?? "";
        const room = roomOf(file);
        const allowed = house[room];
        if (allowed === undefined) return [`${file}: ${room} is no room that tools/lint.ts knows`];
        const text = readFileSync(resolve(root, file), "utf8");
        const from = [...text.matchAll(/(?:\bfrom |^import |\b(?:require|import)\()"(\.[^"]*)"/gm)];
        return from.flatMap(([, path = ""]) => {
          const target = roomOf(relative(root, resolve(root, dirname(file), path)));
          const other = target === "index" ? "index.ts" : target;
          if (other === room || allowed.includes(other)) return [];
          if (other === "test") return [`${file} imports ${path}: only tests import from test/`];
          return [`${file} imports ${path}: ${room} imports from ${allowed.join(", ") || "no other room"}`];
        });
      }),
  "rooms of components": () =>
    sources()
      .filter((file) => file.startsWith("components/") && file.split("/").length > 2)
      .flatMap((file) => {
        const [, room = ""] = file.split("/");
        const text = readFileSync(resolve(root, file), "utf8");
        const from = [...text.matchAll(/^(?:import|export) (type )?[^;]*? from "([^"]+)";/gms)];
        return from.flatMap(([, type, path = ""]) => {
          if (path.startsWith("@pulumi/"))
            return room === "declare" || type !== undefined
              ? []
              : [`${file} imports ${path}: only declare/ does`];
          const [, other] = /^\.\.\/([^/]+)/.exec(path) ?? [];
          const allowed = onlyTypes[room];
          if (allowed === undefined || other === undefined || allowed.includes(other)) return [];
          return [`${file} imports ${path}: ${room}/ has ${allowed.join(", ")} and no other room`];
        });
      }),
  [`files of at most ${longestFile} lines`]: () =>
    sources()
      .map((file) => ({ file, lines: readFileSync(resolve(root, file), "utf8").split("\n").length - 1 }))
      .filter(({ file, lines }) => lines > longestFile && !generated.includes(file))
      .map(({ file, lines }) => `${file} has ${lines}; split it by what changes together`),
};

function lockfile(): Lockfile {
  return JSON.parse(readFileSync(resolve(root, "package-lock.json"), "utf8")) as Lockfile;
}

function sources(): string[] {
  const { stdout } = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts"], {
    cwd: root,
    encoding: "utf8",
  });
  // Git lists what was deleted until that is staged.
  return stdout.split("\n").filter((file) => file !== "" && existsSync(resolve(root, file)));
}

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  const problems = check();
  console.log(`${problems.length === 0 ? "✓" : "✗"} ${name}`);
  for (const problem of problems) console.log(problem.replaceAll(/^/gm, "    "));
  if (problems.length > 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
