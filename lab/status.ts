import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { answers } from "./controlPlane";
import { alive } from "./daemons";
import { readLab } from "./description";
import { isEnforced } from "./enforcement";
import { labPaths } from "./paths";
import { attempt } from "./shell";
import { troublesOf } from "./troubles";

/** What there is of the lab, in lines for people, and whether it can be used. */
export async function labStatus(): Promise<{ lines: string[]; up: boolean }> {
  const paths = labPaths();
  const lab = readLab();
  if (lab === undefined)
    return { lines: [`No lab is up in ${paths.folder}: \`npm run lab:up\` brings one up.`], up: false };
  const up = await answers(lab.kubectl, lab.kubeconfig);
  const pids = join(paths.run, "pids");
  const daemons = existsSync(pids) ? readdirSync(pids).sort() : [];
  const dead = daemons.filter((name) => alive(paths, name) === undefined);
  const lines = [
    `tier        ${lab.tier}`,
    `API server  ${up ? "answers" : "does not answer"}`,
    ...(daemons.length === 0 ? [] : [`daemons     ${daemons.length - dead.length} of ${daemons.length} run`]),
    ...dead.map((name) => `            ${name} ended: \`npm run lab:up\` starts it again`),
    `kubeconfig  ${lab.kubeconfig}`,
    ...(isEnforced(paths) ? ["policies    NetworkPolicies are in force"] : []),
  ];
  if (lab.stores !== undefined) {
    lines.push(`GCS         ${lab.stores.gcs} for pods`, `S3          ${lab.stores.s3.endpoint} for pods`);
    if (lab.stores.fromHere !== undefined)
      lines.push(`            ${lab.stores.fromHere.gcs} and ${lab.stores.fromHere.s3} from this machine`);
  }
  const troubles = up && lab.tier !== "control-plane" ? await troublesOf(lab) : [];
  lines.push(...troubles.map((text) => `trouble     ${text}`));
  if (up && lab.tier !== "control-plane") lines.push(...(await clusters(lab)));
  return { lines, up: up && dead.length === 0 && troubles.length === 0 };
}

async function clusters(lab: { kubeconfig: string; kubectl: string }): Promise<string[]> {
  const columns = "NS:.metadata.namespace,NAME:.metadata.name,PHASE:.status.phase";
  const { code, stdout } = await attempt(lab.kubectl, [
    ...["--kubeconfig", lab.kubeconfig, "get", "clusters.postgresql.cnpg.io", "-A", "--no-headers"],
    ...["-o", `custom-columns=${columns}`],
  ]);
  return code === 0
    ? stdout
        .trim()
        .split("\n")
        .filter(Boolean)
        .map((line) => `cluster     ${line.trim()}`)
    : [];
}
