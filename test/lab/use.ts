import type { Context } from "mocha";
import { type Cluster, openCluster } from "../../lab/cluster";
import { type LabDescription, type ObjectStores, readLab } from "../../lab/description";

/** What a suite of the lab works with. */
export interface Used {
  readonly lab: LabDescription;
  readonly stores: ObjectStores;
  readonly cluster: Cluster;
}

/**
 * The lab that is up, for a suite's `before`: with `node` one that has pods. A suite that needs more than there is, is
 * skipped, and the run's last lines say why.
 *
 * @throws Error if none is up
 */
export async function useLab(suite: Context, needs: "control-plane" | "node"): Promise<Used> {
  const lab = readLab();
  if (lab === undefined)
    throw new Error("No lab is up: run `npm run lab:up`, or `npm run test:lab`, which does.");
  if (needs === "node" && lab.stores === undefined) suite.skip();
  const cluster = await openCluster(lab);
  return { lab, stores: lab.stores as ObjectStores, cluster };
}
