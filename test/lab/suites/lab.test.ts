import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Cluster, type KubernetesObject, openCluster } from "../../../lab/cluster";
import { alive, type ProcessId, processOf } from "../../../lab/daemons";
import { isRoot } from "../../../lab/needs";
import { cgroupOf, interfaceOf, type LabPaths } from "../../../lab/paths";
import { hierarchies } from "../../../lab/sandbox";
import { run, until } from "../../../lab/shell";
import { SecondLab } from "../secondLab";
import { type Used, useLab } from "../use";

/** Everything on this machine that has a lab's folder in its command line, or in its mounts. */
function processesOf(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && processOf(Number(name)) !== undefined)
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((line) => line.includes(folder));
}

/** Whatever a lab can leave behind on this machine. */
async function leftovers(paths: LabPaths): Promise<string[]> {
  const links = await run("ip", ["-o", "link"]);
  const routes = await run("ip", ["route", "show", "table", "all"]);
  return [
    ...processesOf(paths.folder),
    ...readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .filter((line) => line.includes(paths.folder)),
    ...[links, routes].flatMap((text) =>
      text.split("\n").filter((line) => line.includes(interfaceOf(paths))),
    ),
    ...hierarchies()
      .map((h) => join(h, cgroupOf(paths)))
      .filter((folder) => existsSync(folder)),
    ...["run", "lab.json", "kubeconfig"]
      .map((name) => join(paths.folder, name))
      .filter((file) => existsSync(file)),
  ];
}

const kernelSettings = [
  "vm/overcommit_memory",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
];
const settings = () => kernelSettings.map((name) => readFileSync(`/proc/sys/${name}`, "utf8"));

/** Kills a daemon without a goodbye. */
function kill(daemon: ProcessId | undefined): void {
  assert.ok(daemon !== undefined);
  process.kill(daemon.pid, "SIGKILL");
}

describe("the lab itself, without pods", () => {
  let lab: SecondLab;
  before(async function () {
    (await useLab(this, "control-plane")).cluster.close();
    lab = new SecondLab();
  });
  after(() => lab?.remove());

  it("comes up beside another lab, judges as the operator does, and comes up again after each part was killed", async () => {
    await lab.up("control-plane");
    const paths = lab.paths();
    const judge = async () => {
      const cluster = await openCluster(lab.description());
      const object = {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Cluster",
        metadata: { name: "x", namespace: "default" },
        spec: { instances: 1, imageName: "postgres:latest", storage: { size: "1Gi" } },
      };
      try {
        await cluster.apply(object, { dryRun: true });
        return "accepted";
      } catch (error) {
        return (error as Error).message;
      } finally {
        cluster.close();
      }
    };
    assert.match(await judge(), /Can't use 'latest' as image tag/);
    for (const daemon of ["etcd", "apiserver", "operator"]) {
      kill(alive(paths, daemon));
      await until(`the end of ${daemon}`, 10, () => alive(paths, daemon) === undefined);
      const status = await lab.command(["status"]);
      assert.equal(status.code, 1);
      assert.match(status.stdout, new RegExp(`${daemon} ended`));
      await lab.up("control-plane");
      assert.match(await judge(), /Can't use 'latest' as image tag/, `after ${daemon} was killed`);
    }
  });

  it("leaves nothing behind, and says so when there is nothing", async () => {
    await lab.down();
    assert.deepEqual(await leftovers(lab.paths()), []);
    await lab.down();
    const status = await lab.command(["status"]);
    assert.equal(status.code, 1);
    assert.match(status.stdout, /No lab is up in .*npm run lab:up/);
  });

  it("says in one sentence what is missing on a machine that lacks it", async () => {
    const { code, stderr } = await lab.command(["up", "--tier", "control-plane"], { PATH: lab.folder });
    assert.equal(code, 1);
    assert.match(stderr, /openssl is not there; it makes the cluster's certificates/);
    assert.match(stderr, /apt-get install --no-install-recommends openssl/);
    assert.doesNotMatch(stderr, /\n {4}at /, "a stack trace is not a sentence");
  });

  it("says what is wrong with a cluster that LAB_KUBECONFIG names", async () => {
    const nowhere = join(lab.folder, "nowhere");
    const { code, stderr } = await lab.command(["up"], { LAB_KUBECONFIG: nowhere });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: (kubectl is not there|The cluster of \S*nowhere does not answer: check it with)/,
    );
  });
});

describe("the lab on a cluster that was there before", () => {
  let lab: SecondLab;
  let used: Used;
  const operator = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespace: "cnpg-system",
    name: "cnpg-controller-manager",
  };
  before(async function () {
    used = await useLab(this, "node");
    lab = new SecondLab();
  });
  after(async () => {
    used?.cluster.close();
    await lab?.remove();
  });

  it("uses the one that LAB_KUBECONFIG names, and leaves it as it was", async () => {
    const { uid, generation } = (await used.cluster.get(operator))?.metadata ?? {};
    const env = {
      LAB_KUBECONFIG: used.lab.kubeconfig,
      PATH: `${dirname(used.lab.kubectl)}:${process.env.PATH}`,
    };
    const up = await lab.command(["up"], env);
    assert.equal(up.code, 0, up.stderr);
    assert.equal(lab.description().tier, "given");
    assert.equal(lab.description().kubeconfig, used.lab.kubeconfig);
    assert.equal((await lab.command(["status"])).code, 0);
    assert.equal((await lab.command(["down"])).code, 0);
    const after = (await used.cluster.get(operator))?.metadata;
    assert.deepEqual([after?.uid, after?.generation], [uid, generation]);
  });

  it("makes one with kind and removes it again (kind and docker are stand-ins here: two scripts)", async () => {
    const bin = mkdtempSync(join(lab.folder, "stand-ins-"));
    const calls = join(bin, "calls");
    const script = (name: string, text: string) =>
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    script("docker", "exit 0");
    script("kind", `echo "$@" >>${calls}\ncase "$*" in "get kubeconfig"*) cat ${used.lab.kubeconfig};; esac`);
    const env = { PATH: `${bin}:${dirname(used.lab.kubectl)}:${process.env.PATH}` };
    const up = await lab.command(["up", "--tier", "kind"], env);
    assert.equal(up.code, 0, up.stderr);
    assert.equal(lab.description().kubeconfig, lab.paths().kubeconfig);
    assert.equal((await lab.command(["down"], env)).code, 0);
    const name = `pulumi-cnpg-${lab.paths().id}`;
    assert.deepEqual(
      readFileSync(calls, "utf8")
        .trim()
        .split("\n")
        .map((line) => line.replace(/ --kubeconfig.*/, "")),
      [
        "get clusters",
        `create cluster --name ${name}`,
        `get kubeconfig --name ${name}`,
        `delete cluster --name ${name}`,
      ],
    );
  });
});

describe("the lab itself, with pods", () => {
  let lab: SecondLab;
  let atFirst: readonly string[];
  before(async function () {
    (await useLab(this, "node")).cluster.close();
    if (!isRoot()) this.skip();
    atFirst = settings();
    lab = new SecondLab();
  });
  after(() => lab?.remove());

  const ready = async (cluster: Cluster) => {
    const pods = await cluster.list("v1", "Pod");
    const isReady = (pod: KubernetesObject) =>
      (pod.status as { conditions?: { type: string; status: string }[] }).conditions?.some(
        ({ type, status }) => type === "Ready" && status === "True",
      );
    return pods.length > 4 && pods.every(isReady);
  };

  it("comes up beside another lab, and is whole again after any part of it was killed", async () => {
    await lab.up("node");
    const paths = lab.paths();
    for (const daemon of [
      "kubelet",
      "containerd",
      "kube-proxy",
      "registry",
      "volumes",
      "scheduler",
      "first",
    ]) {
      kill(alive(paths, daemon));
      await until(`the end of ${daemon}`, 10, () => alive(paths, daemon) === undefined);
      await lab.up("node");
      const cluster = await openCluster(lab.description());
      try {
        await until(`ready pods after ${daemon} was killed`, 120, () => ready(cluster));
      } finally {
        cluster.close();
      }
    }
  });

  it("changes none of the machine's kernel settings, and leaves nothing behind", async () => {
    assert.deepEqual(settings(), atFirst);
    await lab.down();
    assert.deepEqual(await leftovers(lab.paths()), []);
    assert.deepEqual(settings(), atFirst);
  });
});
