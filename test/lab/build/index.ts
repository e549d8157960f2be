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
import { buildKubernetes, type KubernetesCommand } from "./kubernetes";

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
const servers: readonly Binary[] = [
  {
    name: "fake-gcs-server",
    module: "github.com/fsouza/fake-gcs-server",
    version: versions.fakeGcsServer,
    package: "github.com/fsouza/fake-gcs-server",
  },
  {
    name: "versitygw",
    module: "github.com/versity/versitygw",
    version: versions.versitygw,
    package: "github.com/versity/versitygw/cmd/versitygw",
  },
];

/** Builds what the control plane needs; with `assets`, a folder that has etcd, kube-apiserver and kubectl, only the operator. */
export async function buildControlPlane(
  paths: LabPaths,
  say: Say,
  assets: string | undefined,
): Promise<void> {
  await step(say, "build: cnpg operator", () => buildBinary(paths, manager));
  if (assets !== undefined) return;
  await step(say, "build: etcd", () => buildBinary(paths, etcd));
  await buildAll(paths, say, ["kube-apiserver", "kubectl"]);
}

/** Builds what a node needs besides the control plane. */
export async function buildNode(paths: LabPaths, say: Say): Promise<void> {
  await buildAll(paths, say, ["kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"]);
  await step(say, "build: coredns", () => coredns(paths));
  for (const server of servers) await step(say, `build: ${server.name}`, () => buildBinary(paths, server));
  await step(say, "build: barman cloud plugin", () => plugin(paths));
  await step(say, "build: pause", () => pause(paths));
}

async function buildAll(paths: LabPaths, say: Say, commands: readonly KubernetesCommand[]): Promise<void> {
  for (const command of commands) await step(say, `build: ${command}`, () => buildKubernetes(paths, command));
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
  await buildBinary(paths, binary).catch(() => olderPlugin(paths, binary));
  noteBuilt(paths, name, recipe);
}

async function olderPlugin(paths: LabPaths, binary: Binary): Promise<void> {
  // Read before the folder is made anew: it is in the cache of Go's modules.
  const upstream = await moduleSource(paths, pluginModule, versions.barmanPlugin);
  const folder = moduleFolder(paths, binary.name);
  const source = join(folder, "src");
  cpSync(upstream, source, { recursive: true });
  await run("chmod", ["-R", "u+w", source]);
  edit(
    join(source, "internal/cnpgi/common/errors.go"),
    /[^\n]*case errors\.Is\(walErr, barmanRestorer\.ErrInvalidWALName\):[\s\S]*?return newUnavailableError[^\n]*\n/,
  );
  edit(
    join(source, "internal/cnpgi/restore/restore.go"),
    /[^\n]*AppendRestoreAdditionalCommandArgs[^\n]*\n/g,
  );
  const [barman, machinery] = await Promise.all(
    ["barman-cloud", "machinery"].map(async (module) => {
      const path = `github.com/cloudnative-pg/${module}`;
      const version = await go(paths, join(paths.modules, "manager"), [
        "list",
        "-m",
        "-f",
        "{{.Version}}",
        path,
      ]);
      return `\t${path} => ${path} ${version.trim()}`;
    }),
  );
  const head = await moduleHead(paths, binary.name);
  writeFileSync(
    join(folder, "go.mod"),
    `${head}\nreplace (\n\t${pluginModule} => ./src\n${barman}\n${machinery}\n)\n`,
  );
  await go(paths, folder, ["get", "-tool", `${binary.package}@v${binary.version}`]);
  await compile(paths, folder, binary);
}

function edit(file: string, remove: RegExp): void {
  const before = readFileSync(file, "utf8");
  const after = before.replace(remove, "");
  if (after === before) throw new Error(`${file}: what was to be taken out is not there: ${remove}`);
  writeFileSync(file, after);
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
