import { parseArgs } from "node:util";
import { exitWith } from "../offline/exit";
import { labDown } from "./down";
import { LabError } from "./errors";
import { missingPackages } from "./needs";
import { labStatus } from "./status";
import { labUp, tiers } from "./up";

const help = `The lab: a real Kubernetes with CloudNativePG and object stores, on this machine.

  npm run lab:up                            brings it up; again is harmless
  npm run lab:up -- --tier kind             in a cluster that kind makes
  npm run lab:up -- --tier control-plane    without pods: API server and operator only; no root
  npm run lab:up -- --enforce               puts NetworkPolicies in force, until lab:down
  npm run lab:status                        what there is
  npm run lab:down                          ends it; what was built stays
  npm run lab:down -- --all                 removes that too
  npm run lab:packages                      Debian packages that are missing for a lab with pods

LAB_KUBECONFIG  a cluster to use instead of one of our own
LAB_DIR         where everything is kept (default: pulumi-cnpg/lab in the user's cache)`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      tier: { type: "string" },
      enforce: { type: "boolean" },
      all: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  const [command] = positionals;
  const { tier } = values;
  if (values.help || command === undefined) {
    console.log(help);
    return command === undefined && !values.help ? 1 : 0;
  }
  const wanted = tiers.find((known) => known === tier);
  if (tier !== undefined && wanted === undefined)
    throw new LabError(`--tier ${tier}: one of ${tiers.join(", ")}`);
  if (command === "up") {
    const lab = await labUp({
      ...(wanted !== undefined && { tier: wanted }),
      ...(values.enforce !== undefined && { enforce: values.enforce }),
    });
    console.log(`The lab is up (${lab.tier}). For kubectl: export KUBECONFIG=${lab.kubeconfig}`);
    return 0;
  }
  if (command === "down") {
    await labDown(values.all === undefined ? {} : { all: values.all });
    return 0;
  }
  if (command === "packages") {
    console.log(missingPackages().join("\n"));
    return 0;
  }
  if (command !== "status") throw new LabError(`${command}: up, down, status or packages\n\n${help}`);
  const { lines, up } = await labStatus();
  console.log(lines.join("\n"));
  return up ? 0 : 1;
}

exitWith(main(), [LabError]);
