import assert from "node:assert/strict";
import { decideEnvironment } from "../../../components/environment/decide";
import type { EnvironmentPlan } from "../../../components/plan/environment";
import { Problems } from "../../../components/problems";
import { labImage } from "../../../lab/settings";
import { loadStack } from "../../../stacks/load";
import { type BucketBinding, iamJudge, type Judge } from "./iam";

/** Where the cluster of {@link planOf} is. */
export const namespace = "c-least";

/** The bucket of {@link planOf}. */
export const bucketName = "c-least-backups";

/** The same stack with either identity; only the cloud half differs. */
export function planOf(identity: "shared" | "perCluster", emulator: string): EnvironmentPlan {
  const problems = new Problems();
  const args = loadStack("lab", {
    "gcp:project": "acme-lab",
    "gcp:region": "europe-west1",
    "pulumi-cnpg:profile": "dev",
    "pulumi-cnpg:backups": JSON.stringify({
      bucket: bucketName,
      identity,
      retention: "1d",
      env: { STORAGE_EMULATOR_HOST: emulator },
    }),
    "pulumi-cnpg:clusters": JSON.stringify({
      "orders-db": {
        namespace,
        image: labImage,
        storage: { size: "1Gi" },
      },
    }),
  });
  const plan = decideEnvironment(problems, "lab", args);
  assert.deepEqual(problems.list, []);
  return plan;
}

/** What IAM would say to the pods of the cluster, once all that the plan grants is in effect. */
export function judgeOf(plan: EnvironmentPlan): Judge {
  const email = plan.identity.emails.get(`${namespace}/orders-db`);
  return iamJudge(
    plan.identity.grants.map((grant): BucketBinding => grant),
    `serviceAccount:${email}`,
  );
}
