import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { LabPaths } from "../paths";
import { type Say, step } from "../progress";
import { debian, images, versions } from "../settings";
import { run } from "../shell";
import { rcloneLayer } from "./rclone";
import { ImageStore } from "./store";

const postgresPath = `PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/${debian.postgres}/bin`;

/** Layers of the images that need none of the lab's binaries: what comes from Debian's packages and PyPI's wheels. */
export interface Layers {
  readonly debian: string;
  readonly barman: string;
  readonly rclone: string;
}

/** Makes the layers that are not there yet. */
export async function buildLayers(paths: LabPaths, say: Say): Promise<Layers> {
  const [layer, rclone] = await Promise.all([
    step(say, `image layer: Debian ${debian.suite}, Postgres`, () => debianLayer(paths)),
    step(say, "image layer: rclone", () => rcloneLayer(paths)),
  ]);
  return {
    debian: layer,
    rclone,
    barman: await step(say, "image layer: barman-cloud", () => barmanLayer(paths)),
  };
}

/** Makes every image that is not there yet: from those layers and the binaries of the lab. */
export async function buildImages(paths: LabPaths, say: Say, layers: Layers): Promise<ImageStore> {
  const store = new ImageStore(join(paths.images, "store"));
  const { debian: layer, barman, rclone } = layers;
  await step(say, "images: pack", async () => {
    const tree = (name: string) => scratch(paths, name);
    const binary = async (ref: string, name: string, user: string) => {
      const folder = tree(name);
      install(join(paths.bin, name), join(folder, name));
      await add(paths, store, ref, name, { layers: [{ tree: folder }], entrypoint: [`/${name}`], user });
    };
    await binary(images.pause, "pause", "65535:65535");
    await binary(images.coredns, "coredns", "65532:65532");
    await binary(images.fakeGcsServer, "fake-gcs-server", "65532:65532");
    await binary(images.versitygw, "versitygw", "65532:65532");
    await add(paths, store, images.operator, "manager", {
      layers: [{ tree: operatorTree(paths) }],
      entrypoint: ["/manager"],
      user: "65532:65532",
    });
    const plugin = tree("plugin");
    install(join(paths.bin, "plugin-barman-cloud"), join(plugin, "manager"));
    await add(paths, store, images.plugin, "plugin-barman-cloud", {
      layers: [{ tree: plugin }],
      entrypoint: ["/manager"],
      user: "65532:65532",
    });
    // The Debian layer's own accounts stay.
    for (const own of ["etc", "tmp"]) rmSync(join(plugin, own), { recursive: true });
    const withBarman = [{ tar: layer }, { tree: barman }];
    await add(paths, store, images.sidecar, "plugin-barman-cloud", {
      layers: [...withBarman, { tree: plugin }],
      entrypoint: ["/manager"],
      user: "26:26",
    });
    // A shell and its tools come with the lowest layer.
    await add(paths, store, images.rclone, undefined, {
      layers: [{ tar: layer }, { tree: rclone }],
      entrypoint: ["rclone"],
      user: "26:26",
    });
    await add(paths, store, images.postgres, undefined, {
      layers: withBarman,
      cmd: ["bash"],
      user: "26",
      env: [postgresPath, "LANG=C.UTF-8"],
    });
    await add(paths, store, images.pgbouncer, undefined, {
      layers: [{ tar: layer }, { tree: pgbouncerTree(paths) }],
      user: "998:996",
    });
    const kubectl = tree("kubectl");
    install(join(paths.bin, "kubectl"), join(kubectl, "bin", "kubectl"));
    await add(paths, store, images.kubectl, "kubectl", {
      layers: [{ tree: kubectl }],
      entrypoint: ["/bin/kubectl"],
      user: "65532:65532",
    });
  });
  return store;
}

/** Packs an image unless it was packed from the same binary and layers. */
async function add(
  paths: LabPaths,
  store: ImageStore,
  ref: string,
  binary: string | undefined,
  recipe: Omit<Parameters<ImageStore["add"]>[0], "ref">,
): Promise<void> {
  const recipeOf = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");
  const made = JSON.stringify([
    recipe,
    binary === undefined ? "" : recipeOf(join(paths.bin, `.${binary}.recipe`)),
    recipeOf(join(paths.images, "debian.recipe")),
    recipeOf(join(paths.images, "barman.recipe")),
    // The same wherever the lab's folder is.
  ]).replaceAll(paths.folder, "");
  const stamp = join(paths.images, "packed", ref.replaceAll(/[/:]/g, "_"));
  if (recipeOf(stamp) === made && store.find(ref) !== undefined) return;
  await store.add({ ref, ...recipe });
  mkdirSync(join(paths.images, "packed"), { recursive: true });
  writeFileSync(stamp, made);
}

/** Postgres and what barman-cloud needs of Debian, as one tar: for Postgres' image and for the plugin's sidecar. */
async function debianLayer(paths: LabPaths): Promise<string> {
  const packages = [
    "ca-certificates",
    `postgresql-${debian.postgres}`,
    `postgresql-${debian.postgres}-pgvector`,
    `postgresql-${debian.postgres}-pgaudit`,
    "pgbouncer",
    "python3-minimal",
    "python3-psycopg2",
    "python3-dateutil",
    "libpython3-stdlib",
  ];
  const left = [
    "/usr/share/doc/*",
    "/usr/share/man/*",
    "/usr/share/locale/*",
    "/usr/share/info/*",
    // Without its provider Postgres does without JIT, which is half of the layer.
    "/usr/lib/*/libLLVM*",
    "/usr/lib/llvm*",
    "/usr/lib/postgresql/*/lib/bitcode/*",
    "/usr/lib/postgresql/*/lib/llvmjit*",
  ];
  const recipe = JSON.stringify([debian, packages, left]);
  const tar = join(paths.images, "debian.tar");
  const stamp = join(paths.images, "debian.recipe");
  if (existsSync(tar) && existsSync(stamp) && readFileSync(stamp, "utf8") === recipe) return tar;
  await run(
    "mmdebstrap",
    [
      "--variant=minbase",
      "--format=tar",
      `--include=${packages.join(",")}`,
      ...left.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
      '--essential-hook=mkdir -p "$1/etc/postgresql-common"; echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"',
      // CloudNativePG runs instances as 26:26, as upstream's images do.
      '--customize-hook=chroot "$1" usermod -u 26 postgres',
      '--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*',
      debian.suite,
      `${tar}.part`,
    ],
    { log: join(paths.images, "debian.log") },
  );
  renameSync(`${tar}.part`, tar);
  writeFileSync(stamp, recipe);
  return tar;
}

/**
 * barman-cloud from PyPI's wheels: Debian has no google-cloud-storage, and CloudNativePG's own images carry PyPI's
 * barman too. Nothing is compiled; psycopg2, which has no such wheel, is Debian's.
 */
async function barmanLayer(paths: LabPaths): Promise<string> {
  const tree = join(paths.images, "barman");
  const recipe = `${versions.barman} ${debian.python}`;
  const stamp = join(paths.images, "barman.recipe");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === recipe) return tree;
  rmSync(tree, { recursive: true, force: true });
  const site = join(tree, `usr/local/lib/python${debian.python}/dist-packages`);
  const commands = join(tree, "usr/local/bin");
  for (const folder of [site, commands]) mkdirSync(folder, { recursive: true });
  const pip = (...args: string[]) =>
    run(
      "python3",
      [
        ...[
          "-m",
          "pip",
          "install",
          "--quiet",
          "--no-compile",
          "--disable-pip-version-check",
          "--target",
          site,
        ],
        ...["--python-version", debian.python, "--implementation", "cp", "--only-binary=:all:", ...args],
      ],
      { log: join(paths.images, "barman.log") },
    );
  // Barman last: each run with --upgrade replaces the folder of commands.
  await pip("google-cloud-storage", "boto3", "python-snappy", "lz4", "zstandard");
  await pip("--upgrade", "--no-deps", `barman==${versions.barman}`);
  for (const file of readdirSync(join(site, "bin")).filter((name) => name.startsWith("barman-cloud-"))) {
    const script = readFileSync(join(site, "bin", file), "utf8").replace(/^#!.*/, "#!/usr/bin/python3");
    writeFileSync(join(commands, file), script, { mode: 0o755 });
  }
  rmSync(join(site, "bin"), { recursive: true });
  writeFileSync(stamp, recipe);
  return tree;
}

/** An empty folder for an image's own files. */
function scratch(paths: LabPaths, name: string): string {
  const folder = join(paths.images, "trees", name);
  rmSync(folder, { recursive: true, force: true });
  for (const inside of ["tmp", "etc"]) mkdirSync(join(folder, inside), { recursive: true });
  chmodSync(join(folder, "tmp"), 0o1777);
  writeFileSync(
    join(folder, "etc/passwd"),
    "root:x:0:0::/:/sbin/nologin\nnonroot:x:65532:65532::/tmp:/sbin/nologin\n",
  );
  writeFileSync(join(folder, "etc/group"), "root:x:0:\nnonroot:x:65532:\n");
  return folder;
}

/** The operator as its release's Dockerfile lays it out. */
function operatorTree(paths: LabPaths): string {
  const folder = scratch(paths, "manager");
  const file = `manager_${process.arch === "x64" ? "amd64" : process.arch}`;
  mkdirSync(join(folder, "operator"));
  install(join(paths.bin, "manager"), join(folder, "operator", file));
  symlinkSync(`operator/${file}`, join(folder, "manager"));
  return folder;
}

/** What upstream's image of PgBouncer has and Debian's has not: the place of the program, and an account of that name. */
function pgbouncerTree(paths: LabPaths): string {
  const folder = scratch(paths, "pgbouncer");
  mkdirSync(join(folder, "usr/bin"), { recursive: true });
  symlinkSync("../sbin/pgbouncer", join(folder, "usr/bin/pgbouncer"));
  // Administrators are known by the name of their account: the manager runs as this one.
  appendFileSync(join(folder, "etc/passwd"), "pgbouncer:x:998:996::/tmp:/sbin/nologin\n");
  appendFileSync(join(folder, "etc/group"), "pgbouncer:x:996:\n");
  return folder;
}

function install(from: string, to: string): void {
  if (!existsSync(from)) throw new Error(`${basename(from)} was not built`);
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o755);
}
