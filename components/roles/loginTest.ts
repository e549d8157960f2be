import { type LoginPlan, secretKeys } from "../credentials/plan";
import type { Workload } from "../identity/workload";
import { jobName, jobSpec } from "../jobs/job";
import { caMount, caVolume, clientImage, connectionEnv, waitForPostgres } from "../jobs/psql";
import type { PlannedObject } from "../objects";
import { objectNamePart } from "../units";

/** What a test of a login needs. */
export interface TestContext {
  /** The cluster's image; undefined where a catalog names it. */
  readonly image: string | undefined;
  readonly major: number | undefined;
  /** Secret with the server's CA. */
  readonly caSecret: string;
}

/**
 * A Job that ends when Postgres lets a user in with the password of its Secret. What tells an application of that user comes
 * after it: CNPG takes a moment to apply a password, and an application that is faster would be refused.
 */
export function loginTest(
  role: string,
  login: LoginPlan,
  workload: Workload,
  context: TestContext,
  after: readonly string[],
): PlannedObject {
  const { secretName: secret, database, source } = login;
  const spec = jobSpec(
    {
      containers: [
        {
          name: "login",
          image: clientImage(context.image, context.major),
          command: ["/bin/sh", "-ceu"],
          args: [`${waitForPostgres}\necho "$PGUSER is let in"`],
          env: connectionEnv({ workload, database, secret }),
          volumeMounts: [caMount],
        },
      ],
      volumes: [caVolume(context.caSecret)],
    },
    { backoffLimit: 0 },
  );
  return {
    key: `login/${role}`,
    apiVersion: "batch/v1",
    kind: "Job",
    name: jobName(workload.cluster, `${objectNamePart(role)}-login`, spec, source),
    body: { spec },
    after: [...new Set(["cluster", ...after, ...secretKeys(login)])],
    perLife: true,
    waitSeconds: 660,
  };
}
