/*
 * `npm run lab:providers`: for plain `pulumi up` against the lab. Serves the stand-in for Google's provider, whose buckets are in
 * the lab's GCS emulator, until Ctrl-C; the Kubernetes provider is Pulumi's own.
 */

import { ClusterError } from "../../components/apiServer";
import { exitWith } from "../../offline/exit";
import { serveProviders } from "../../offline/providers";
import { openCluster } from "../cluster";
import { readLab } from "../description";
import { LabError } from "../errors";
import { LabGcp } from "./gcp";
import { Store } from "./store";

async function main(): Promise<number> {
  const lab = readLab();
  if (lab?.stores === undefined)
    throw new LabError("There is no lab with object stores here. To do: npm run lab:up");
  const { stores, kubeconfig } = lab;
  const store = new Store(await openCluster(lab), stores);
  const gcp = new LabGcp(store, stores.fromHere?.gcs ?? stores.gcs);
  const running = await serveProviders({ declared: new Map(), changes: 0 }, { gcp });
  console.log(
    [
      `export PULUMI_DEBUG_PROVIDERS=${running.attach}`,
      `export KUBECONFIG=${kubeconfig}`,
      "export PULUMI_CNPG_IAM_PROPAGATION_WAIT=0s",
      `# In the stack file, under pulumi-cnpg:backups:  env: { STORAGE_EMULATOR_HOST: ${stores.gcs} }`,
      "# Serves until Ctrl-C; run pulumi in another shell.",
    ].join("\n"),
  );
  await new Promise<void>((done) => process.once("SIGINT", done).once("SIGTERM", done));
  running.stop();
  return 0;
}

exitWith(main(), [LabError, ClusterError]);
