/*
 * `npm run lab:providers`: for plain `pulumi up` against the lab. Serves the stand-in for Google's provider, whose buckets are in
 * the lab's GCS emulator, until Ctrl-C; the Kubernetes provider is Pulumi's own.
 */

import { ClusterError } from "../../components/apiServer";
import { openCluster } from "../../test/lab/cluster";
import { readLab } from "../../test/lab/description";
import { LabError } from "../../test/lab/errors";
import { exitWith } from "../exit";
import { serveProviders } from "../offline/providers";
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
