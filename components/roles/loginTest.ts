import { again, jobName, jobOnce, jobSpec } from "../jobs/job";
import { caMount, caVolume, clientImage, connectionEnv, waitForPostgres } from "../jobs/psql";
import { type LoginPlan, secretKeys } from "../plan/logins";
import type { PlannedObject } from "../plan/object";
import type { TestContext } from "../plan/roles";
import { objectNamePart } from "../units";
import type { Workload } from "../units/workload";

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
  const name = jobName(workload.cluster, `${objectNamePart(role)}-login`, spec, source);
  return jobOnce({ key: `login/${role}`, name, after: [...after, ...secretKeys(login)] }, spec, {
    annotations: again,
  });
}
