import type { Cluster } from "../../../lab/cluster";
import type { Postgres } from "./postgres";

/** Faults of a Postgres with an application, each of which lasts until it is ended. */
export class Faults {
  private held: Promise<string> | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly postgres: Postgres,
    /** Name of the pod with the primary. */
    private readonly primary: () => Promise<string>,
  ) {}

  /** Uses up connections. */
  connections(): Promise<void> {
    return this.hold('for i in $(seq 30); do psql -XAtc "SELECT pg_sleep(300)" & done; wait');
  }

  /** A transaction that is idle, and one that waits for it. */
  async transactions(): Promise<void> {
    await this.postgres.sql("CREATE TABLE held AS SELECT 1 AS n", "orders");
    const idle = "(echo 'BEGIN; UPDATE held SET n = n + 1;'; sleep 400) | psql -Xq orders";
    return this.hold(`${idle} & psql -Xqc 'SELECT pg_sleep(1); UPDATE held SET n = n + 1' orders & wait`);
  }

  /** Two deadlocks, one after the other. */
  async deadlocks(): Promise<void> {
    await this.postgres.sql("CREATE TABLE a AS SELECT 1 AS n; CREATE TABLE b AS SELECT 1 AS n", "orders");
    const cross = (first: string, second: string) =>
      `psql -Xqc 'BEGIN' -c 'UPDATE ${first} SET n = 2' -c 'SELECT pg_sleep(2)' -c 'UPDATE ${second} SET n = 2' -c 'COMMIT' orders &`;
    for (let i = 0; i < 2; i++) await this.script(`${cross("a", "b")} ${cross("b", "a")} wait`);
  }

  /** More clients of the pooler than it has connections for. */
  async flood(): Promise<void> {
    const { databases, poolers } = this.postgres.plan;
    const ref = { apiVersion: "v1", kind: "Secret", namespace: this.postgres.namespace };
    const secret = await this.cluster.get({ ...ref, name: databases.owners[0]?.secretName ?? "" });
    const { data } = secret as unknown as { readonly data: Readonly<Record<string, string>> };
    const password = Buffer.from(data.password ?? "", "base64").toString();
    const connection = `host=${poolers[0]?.host} user=orders dbname=orders sslmode=require`;
    return this.hold(
      `export PGPASSWORD='${password}'; for i in 1 2 3 4; do psql -Xqc 'SELECT pg_sleep(300)' '${connection}' & done; wait`,
    );
  }

  /** Ends what lasts, and returns what it said. */
  async end(): Promise<string> {
    // Clients first, or the next one that waits gets the connection of the one that is ended.
    await this.script(
      "for pid in /proc/[0-9]*; do grep -qxE 'sleep|psql' $pid/comm 2>/dev/null && kill $(basename $pid); done; true",
    );
    await this.postgres.sql(
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND (application_name = 'psql' OR query LIKE '%pg_sleep%')",
    );
    const said = await this.held;
    this.held = undefined;
    return said ?? "";
  }

  private async hold(input: string): Promise<void> {
    // psql ends with an error when its backend is ended.
    this.held = this.script(input).catch((error: Error) => error.message);
  }

  private async script(input: string): Promise<string> {
    const pod = await this.primary();
    const args = ["exec", "-i", "-n", this.postgres.namespace, pod, "-c", "postgres", "--", "sh", "-s"];
    return this.cluster.kubectl(args, { input: `exec 2>&1\n${input}` });
  }
}
