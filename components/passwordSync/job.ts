import { account, rights } from "../jobs/account";
import { patchFunction } from "../jobs/apiServer";
import { again, jobName, jobOnce, jobSpec } from "../jobs/job";
import { caMount, caVolume, connectionEnv, trimFunction } from "../jobs/psql";
import type { PlannedObject } from "../plan/object";
import { derivedName, objectNamePart } from "../units";
import type { Workload } from "../units/workload";

/** A user whose password is to be that of its Secret again. */
export interface PasswordSync {
  readonly workload: Workload;
  /** The user in Postgres. */
  readonly user: string;
  /** Its Secret. */
  readonly secret: string;
  /** Whether CNPG sets its password as it stands; see `LoginPlan.verbatim`. */
  readonly verbatim: boolean;
  /** What tells one run from another. */
  readonly run: string;
  readonly image: string;
  /** Secret with the server's CA. */
  readonly caSecret: string;
  readonly after: readonly string[];
}

/** Annotation of a Secret that a sync job has touched: when. */
export const syncAnnotation = "pulumi-cnpg/password-sync";

/**
 * The Job that looks whether a user's Secret has its password, and has CNPG set it again if not; with the service account
 * that may `patch` that one Secret. It can read it so: the API server answers a patch, an empty one too, with the Secret. No other
 * Secret is within its reach; and it goes with the setting.
 *
 * CNPG sets a password when the Secret's resource version has changed, and only then: by itself it never notices an `ALTER
 * ROLE` made by hand, except for `managed.roles`, whose next look may be hours away. So touching the Secret is
 * what repairs, whichever way the role is declared.
 */
export function syncObjects(sync: PasswordSync): PlannedObject[] {
  const { workload, user, secret, run, image, caSecret } = sync;
  const name = derivedName([workload.cluster, "sync", objectNamePart(user)], 63);
  const spec = jobSpec({
    serviceAccountName: name,
    asksApiServer: true,
    containers: [
      {
        name: "sync",
        image,
        command: ["/bin/sh", "-ceu"],
        args: [`${sync.verbatim ? "" : trimmedLogin}${script}`],
        env: [
          // Everybody may connect to this one, whatever a role's grants are.
          ...connectionEnv({ workload, database: "postgres", secret }),
          { name: "SECRET", value: secret },
          { name: "SECRET_PATH", value: `/api/v1/namespaces/${workload.namespace}/secrets/${secret}` },
          { name: "RUN", value: run },
        ],
        volumeMounts: [caMount],
      },
    ],
    volumes: [caVolume(caSecret)],
  });
  const key = `sync/${user}`;
  return [
    account({ key: `${key}/account`, name, after: ["cluster"] }),
    ...rights(
      key,
      { name, after: ["cluster"] },
      [{ apiGroups: [""], resources: ["secrets"], resourceNames: [secret], verbs: ["patch"] }],
      { name, namespace: workload.namespace },
      [`${key}/account`],
    ),
    jobOnce(
      {
        key,
        name: jobName(workload.cluster, `sync-${objectNamePart(user)}`, spec),
        after: [...sync.after, `${key}/binding`],
      },
      spec,
      { annotations: again },
    ),
  ];
}

/** A Secret that somebody else made may have a line break at the end of its password. */
const trimmedLogin = `${trimFunction}
PGPASSWORD=$(trim "$PGPASSWORD")
`;

/**
 * Touches the Secret once, and only if Postgres answers and refuses the login twice: a server that is starting refuses too.
 * With the label, the operator looks at once; a Secret that somebody else made may not have it.
 */
const script = `${patchFunction}
enters() { psql -X -q -A -t -c 'select 1' >/dev/null 2>/tmp/why; }
touched=
waited=0
until enters; do
  if [ -z "$touched" ] && pg_isready -q && sleep 1 && pg_isready -q && ! enters; then
    echo "run $RUN: $PGUSER is refused with the password of Secret $SECRET: $(tail -n 1 /tmp/why)"
    touched=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    patch "$SECRET_PATH" '{"metadata":{"labels":{"cnpg.io/reload":"true"},"annotations":{"${syncAnnotation}":"'"$touched"'"}}}'
    echo "touched Secret $SECRET; CNPG sets its password"
  elif [ $((waited % 10)) -eq 0 ]; then echo "waiting for $PGHOST: $(tail -n 1 /tmp/why)"; fi
  sleep 2
  waited=$((waited + 2))
done
if [ -n "$touched" ]; then echo "repaired: $PGUSER is let in"
else echo "nothing to repair: $PGUSER is let in with the password of Secret $SECRET"; fi`;
