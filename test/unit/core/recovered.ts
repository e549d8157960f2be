import assert from "node:assert/strict";
import { decideEnvironment } from "../../../components/environment/decide";
import type { ClusterArgs, PostgresEnvironmentArgs } from "../../../components/index";
import { Problems } from "../../../components/problems";
import { environmentArgs, image } from "../../helpers/samples";

/** Where a clone comes from. */
export const source = { bucket: "acme-prod-backups", serverName: "orders-db-g1", postgresMajor: 17 };

/** A cluster, of which it is not said yet where its data come from. */
const orders: ClusterArgs = { namespace: "orders", image, databases: { orders: { owner: "shop" } } };

/** What is decided of it in dev, with these settings over its own. */
export function plan(cluster: Partial<ClusterArgs>, more: Partial<PostgresEnvironmentArgs> = {}) {
  const problems = new Problems();
  const args = environmentArgs({ "orders-db": { ...orders, ...cluster } }, more);
  const environment = decideEnvironment(problems, "dev", args);
  const decided = environment.clusters[0]?.plan;
  assert(decided !== undefined);
  return { environment, cluster: decided, problems: problems.list };
}
