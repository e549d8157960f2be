import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabPaths } from "../paths";
import { type Say, step } from "../progress";
import { versions } from "../settings";
import { run } from "../shell";
import {
  type Binary,
  buildBinary,
  compile,
  go,
  isBuilt,
  moduleFolder,
  moduleHead,
  moduleSource,
  noteBuilt,
} from "./go";
import { buildKubernetes, type KubernetesCommand, kubernetesCommands } from "./kubernetes";

/** The module of CloudNativePG. */
export const cnpgModule = "github.com/cloudnative-pg/cloudnative-pg";

/** The module of the Barman Cloud plugin. */
export const pluginModule = "github.com/cloudnative-pg/plugin-barman-cloud";

const manager: Binary = {
  name: "manager",
  module: cnpgModule,
  version: versions.cnpg,
  package: `${cnpgModule}/cmd/manager`,
  ldflags: `-X ${cnpgModule}/pkg/versions.buildVersion=${versions.cnpg} -X ${cnpgModule}/pkg/versions.buildCommit=lab`,
};
const etcd: Binary = {
  name: "etcd",
  module: "go.etcd.io/etcd/server/v3",
  version: versions.etcd,
  package: "go.etcd.io/etcd/server/v3",
};
const versitygw: Binary = {
  name: "versitygw",
  module: "github.com/versity/versitygw",
  version: versions.versitygw,
  package: "github.com/versity/versitygw/cmd/versitygw",
};

const kubeRouter: Binary = {
  name: "kube-router",
  module: "github.com/cloudnativelabs/kube-router/v2",
  version: versions.kubeRouter,
  package: "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router",
};

/** Builds what puts NetworkPolicies in force. */
export async function buildEnforcement(paths: LabPaths, say: Say): Promise<void> {
  await step(say, "build: kube-router", () => buildBinary(paths, kubeRouter));
}

/** Builds what a lab without pods needs; with `assets`, a folder that has etcd, kube-apiserver and kubectl, only the operator. */
export async function buildControlPlane(
  paths: LabPaths,
  say: Say,
  assets: string | undefined,
): Promise<void> {
  const own = [() => step(say, "build: cnpg operator", () => buildBinary(paths, manager))];
  if (assets !== undefined) return lanes(own);
  await lanes(
    [...own, () => step(say, "build: etcd", () => buildBinary(paths, etcd))],
    kubernetes(paths, say, ["kube-apiserver", "kubectl"]),
  );
}

/** Builds everything that a lab with pods runs. */
export async function buildNode(paths: LabPaths, say: Say): Promise<void> {
  await lanes(
    [
      () => step(say, "build: cnpg operator", () => buildBinary(paths, manager)),
      () => step(say, "build: etcd", () => buildBinary(paths, etcd)),
      () => step(say, "build: coredns", () => coredns(paths)),
      () => step(say, "build: fake-gcs-server", () => fakeGcsServer(paths)),
      () => step(say, "build: versitygw", () => buildBinary(paths, versitygw)),
      () => step(say, "build: barman cloud plugin", () => plugin(paths)),
      () => step(say, "build: pause", () => pause(paths)),
    ],
    kubernetes(paths, say, kubernetesCommands),
  );
}

type Work = () => Promise<unknown>;

/** Does several lists of work at a time: while one waits for a download or its linker, another compiles. */
async function lanes(...lists: readonly (readonly Work[])[]): Promise<void> {
  await Promise.all(
    lists.map(async (list) => {
      for (const work of list) await work();
    }),
  );
}

function kubernetes(paths: LabPaths, say: Say, commands: readonly KubernetesCommand[]): Work[] {
  return commands.map(
    (command) => () => step(say, `build: ${command}`, () => buildKubernetes(paths, command)),
  );
}

/** CoreDNS with the few plugins that the lab's Corefile names: all of them take three times as long. */
async function coredns(paths: LabPaths): Promise<void> {
  const plugins = ["cache", "errors", "kubernetes", "ready"];
  const recipe = `coredns v${versions.coredns} ${plugins.join(" ")}`;
  if (isBuilt(paths, "coredns", recipe)) return;
  const folder = moduleFolder(paths, "coredns");
  const head = await moduleHead(paths, "coredns");
  writeFileSync(join(folder, "go.mod"), `${head}\nrequire github.com/coredns/coredns v${versions.coredns}\n`);
  const imports = plugins.map((name) => `\t_ "github.com/coredns/coredns/plugin/${name}"\n`).join("");
  writeFileSync(
    join(folder, "main.go"),
    `package main\n\nimport (\n\t"github.com/coredns/coredns/coremain"\n${imports})\n\nfunc main() { coremain.Run() }\n`,
  );
  await go(paths, folder, ["mod", "tidy"]);
  await compile(paths, folder, { name: "coredns", package: "." });
  noteBuilt(paths, "coredns", recipe);
}

/**
 * The Barman Cloud plugin. Its go.mod wants versions of two modules that are not served everywhere. If they are, it is
 * built as it is; else against the versions that CloudNativePG itself uses, less what those lack: WAL restore errors
 * that are worth a retry are then told as final ones, and additional restore arguments are ignored.
 */
async function plugin(paths: LabPaths): Promise<void> {
  const name = "plugin-barman-cloud";
  const recipe = `${name} v${versions.barmanPlugin}`;
  if (isBuilt(paths, name, recipe)) return;
  const binary: Binary = {
    name,
    module: pluginModule,
    version: versions.barmanPlugin,
    package: `${pluginModule}/cmd/manager`,
  };
  if (await librariesAreServed(paths)) await buildBinary(paths, binary);
  else await olderPlugin(paths, binary);
  noteBuilt(paths, name, recipe);
}

const pluginLibraries = ["barman-cloud", "machinery"].map((name) => `github.com/cloudnative-pg/${name}`);

/** Whether the versions that the plugin's go.mod wants of those two can be had. */
async function librariesAreServed(paths: LabPaths): Promise<boolean> {
  const wanted = readFileSync(
    join(await moduleSource(paths, pluginModule, versions.barmanPlugin), "go.mod"),
    "utf8",
  );
  const versioned = pluginLibraries.map(
    (module) => `${module}@${wanted.split(`${module} `)[1]?.split(/\s/)[0]}`,
  );
  return go(paths, paths.modules, ["mod", "download", ...versioned]).then(
    () => true,
    () => false,
  );
}

async function olderPlugin(paths: LabPaths, binary: Binary): Promise<void> {
  const replaced = await Promise.all(
    pluginLibraries.map(async (module) => {
      const version = await go(paths, join(paths.modules, "manager"), [
        "list",
        "-m",
        "-f",
        "{{.Version}}",
        module,
      ]);
      return `${module} => ${module} ${version.trim()}`;
    }),
  );
  await buildEdited(paths, binary, replaced, {
    "internal/cnpgi/common/errors.go":
      /[^\n]*case errors\.Is\(walErr, barmanRestorer\.ErrInvalidWALName\):[\s\S]*?return newUnavailableError[^\n]*\n/,
    "internal/cnpgi/restore/restore.go": /[^\n]*AppendRestoreAdditionalCommandArgs[^\n]*\n/g,
  });
}

/**
 * The GCS emulator, less a check: it skips the parts of a batch that have no Content-ID, and Google's Python client,
 * which barman deletes old backups with, sends none. Cloud Storage itself answers such parts.
 */
async function fakeGcsServer(paths: LabPaths): Promise<void> {
  const module = "github.com/fsouza/fake-gcs-server";
  const binary: Binary = {
    name: "fake-gcs-server",
    module,
    version: versions.fakeGcsServer,
    package: module,
  };
  const recipe = `${binary.name} v${binary.version}, batches without Content-ID`;
  if (isBuilt(paths, binary.name, recipe)) return;
  await buildEdited(paths, binary, [], {
    "fakestorage/server.go": /\tif contentID == "" \{\s*\/\/ missing content ID, skip\s*continue\s*\}\n/,
  });
  noteBuilt(paths, binary.name, recipe);
}

/** Builds a binary from a copy of its module, of which something was taken out. */
async function buildEdited(
  paths: LabPaths,
  binary: Binary,
  replaced: readonly string[],
  takenOut: Readonly<Record<string, RegExp>>,
): Promise<void> {
  const upstream = await moduleSource(paths, binary.module, binary.version);
  const folder = moduleFolder(paths, binary.name);
  const source = join(folder, "src");
  cpSync(upstream, source, { recursive: true });
  await run("chmod", ["-R", "u+w", source]);
  for (const [file, part] of Object.entries(takenOut)) {
    const before = readFileSync(join(source, file), "utf8");
    const after = before.replace(part, "");
    if (after === before)
      throw new Error(`${binary.module}: ${file} has not what was to be taken out: ${part}`);
    writeFileSync(join(source, file), after);
  }
  const head = await moduleHead(paths, binary.name);
  const lines = [`${binary.module} => ./src`, ...replaced].map((line) => `\t${line}\n`).join("");
  writeFileSync(join(folder, "go.mod"), `${head}\nreplace (\n${lines})\n`);
  await go(paths, folder, ["get", "-tool", `${binary.package}@v${binary.version}`]);
  await compile(paths, folder, binary);
}

/** What a pod's first process does: it waits for a signal, and buries other processes' remains. */
const pauseSource = `package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	c := make(chan os.Signal, 8)
	signal.Notify(c, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for s := range c {
		if s != syscall.SIGCHLD {
			return
		}
		for {
			if pid, _ := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 {
				break
			}
		}
	}
}
`;

async function pause(paths: LabPaths): Promise<void> {
  const recipe = "pause 1";
  if (isBuilt(paths, "pause", recipe)) return;
  const folder = moduleFolder(paths, "pause");
  writeFileSync(join(folder, "go.mod"), await moduleHead(paths, "pause"));
  writeFileSync(join(folder, "main.go"), pauseSource);
  await compile(paths, folder, { name: "pause", package: "." });
  noteBuilt(paths, "pause", recipe);
}
