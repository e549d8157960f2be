import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabPaths } from "../paths";
import { versions } from "../settings";
import { compile, go, isBuilt, moduleFolder, moduleHead, noteBuilt } from "./go";

/** The commands that a lab with pods runs. */
export const kubernetesCommands = [
  "kube-apiserver",
  "kubectl",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
] as const;

/** A command of Kubernetes that the lab builds. */
export type KubernetesCommand = (typeof kubernetesCommands)[number];

const recipe = `kubernetes v${versions.kubernetes}`;

/**
 * Kubernetes' go.mod replaces its staging modules by paths in its own tree, and a replace counts only in the main
 * module: so ours maps each of them to the published module of the same release.
 */
async function prepare(paths: LabPaths): Promise<string> {
  const folder = join(paths.modules, "kubernetes");
  const stamp = join(folder, ".recipe");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === recipe) return folder;
  moduleFolder(paths, "kubernetes");
  mkdirSync(folder, { recursive: true });
  const answer = await go(paths, paths.modules, [
    "mod",
    "download",
    "-json",
    `k8s.io/kubernetes@v${versions.kubernetes}`,
  ]);
  const upstream = readFileSync((JSON.parse(answer) as { GoMod: string }).GoMod, "utf8");
  const staging = `v0.${versions.kubernetes.replace(/^1\./, "")}`;
  const replaced = [...upstream.matchAll(/^\s+(k8s\.io\/\S+) => \.\/staging/gm)].map(
    ([, module]) => `\t${module} => ${module} ${staging}`,
  );
  writeFileSync(
    join(folder, "go.mod"),
    `${await moduleHead(paths, "kubernetes")}\nrequire k8s.io/kubernetes v${versions.kubernetes}\n\nreplace (\n${replaced.join("\n")}\n)\n`,
  );
  const imports = kubernetesCommands.map((command) => `\t_ "k8s.io/kubernetes/cmd/${command}"`).join("\n");
  writeFileSync(join(folder, "tools.go"), `//go:build tools\n\npackage tools\n\nimport (\n${imports}\n)\n`);
  await go(paths, folder, ["mod", "tidy"]);
  writeFileSync(stamp, recipe);
  return folder;
}

/** Builds a command of Kubernetes unless it is there. */
export async function buildKubernetes(paths: LabPaths, command: KubernetesCommand): Promise<void> {
  if (isBuilt(paths, command, recipe)) return;
  const folder = await prepare(paths);
  const [, minor] = versions.kubernetes.split(".");
  const ldflags = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"]
    .flatMap((pkg) => [
      `-X ${pkg}.gitVersion=v${versions.kubernetes}`,
      `-X ${pkg}.gitMajor=1`,
      `-X ${pkg}.gitMinor=${minor}`,
      `-X ${pkg}.gitTreeState=clean`,
    ])
    .join(" ");
  await compile(paths, folder, { name: command, package: `k8s.io/kubernetes/cmd/${command}`, ldflags });
  noteBuilt(paths, command, recipe);
}
