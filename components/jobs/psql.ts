import type { EnvVar, Volume, VolumeMount } from "../plan/job";
import { postgresPort } from "../units/sql";
import type { Workload } from "../units/workload";

/** Where a job connects to, and as whom. */
export interface Connection {
  readonly workload: Workload;
  readonly database: string;
  /** Secret in the cluster's namespace with `username` and `password`. */
  readonly secret: string;
}

const caFolder = "/etc/postgres-ca";

/**
 * libpq's environment for a connection inside the cluster's namespace: encrypted, and only with the server that has the
 * cluster's own certificate. Neither name nor password stand in the manifest.
 */
export function connectionEnv(connection: Connection): EnvVar[] {
  const { workload, database, secret } = connection;
  return [
    { name: "PGHOST", value: workload.service("rw") },
    { name: "PGPORT", value: String(postgresPort) },
    { name: "PGDATABASE", value: database },
    { name: "PGUSER", valueFrom: { secretKeyRef: { name: secret, key: "username" } } },
    { name: "PGPASSWORD", valueFrom: { secretKeyRef: { name: secret, key: "password" } } },
    { name: "PGSSLMODE", value: "verify-full" },
    { name: "PGSSLROOTCERT", value: `${caFolder}/ca.crt` },
    { name: "PGCONNECT_TIMEOUT", value: "10" },
  ];
}

/** The server's CA for {@link connectionEnv}: of the Secret only the certificate, never its key. */
export function caVolume(secretName: string): Volume {
  return { name: "postgres-ca", secret: { secretName, items: [{ key: "ca.crt", path: "ca.crt" }] } };
}

export const caMount: VolumeMount = { name: "postgres-ca", mountPath: caFolder, readOnly: true };

/**
 * Waits until Postgres lets the role in, for as long as the Job has time; says every ten seconds what it waits for.
 * A shell function, since a Job starts when its Cluster was made, which may be before there is a primary or the
 * password is set.
 */
export const waitForPostgres = `waited=0
until psql -X -q -A -t -c 'select 1' >/dev/null 2>/tmp/why; do
  if [ $((waited % 10)) -eq 0 ]; then echo "waiting for $PGHOST: $(tail -n 1 /tmp/why)"; fi
  sleep 2
  waited=$((waited + 2))
done`;

/**
 * Shell function: prints a text without the blanks and line breaks at its ends. CNPG takes these off names and passwords of
 * `managed.roles` and DatabaseRoles (`getPassword` in controller/roles/runnable.go, `strings.TrimSpace`), but not of
 * the owner that initdb made (`reconcileUser` in controller/instance_controller.go). For a Secret that somebody else made.
 */
export const trimFunction = `trim() {
text=$1
while :; do
  case $text in
  [[:space:]]*) text=\${text#?} ;;
  *[[:space:]]) text=\${text%?} ;;
  *) break ;;
  esac
done
printf %s "$text"
}`;

/**
 * The image whose psql and pg_dump fit the cluster: its own, or where a catalog names it, the smallest of the same major.
 */
export function clientImage(image: string | undefined, major: number | undefined): string {
  return image ?? `ghcr.io/cloudnative-pg/postgresql:${major ?? 17}-minimal-trixie`;
}
