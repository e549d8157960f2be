import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-replica-superuser",
  title: "A copy of another server logs in as streaming_replica, and not as postgres.",
  severity: "medium",
  tags: ["security", "recovery"],
  why: "Streaming needs a role with REPLICATION and no more. With postgres and its password the Secret beside the copy opens every database of the source, and the source has to let a superuser in from outside.",
  remedy:
    "Write user: streaming_replica with sslKey, sslCert and sslRootCert from the source's <cluster>-replication and <cluster>-ca, or a role of your own with REPLICATION.",
  url: "https://cloudnative-pg.io/documentation/current/replica_cluster/",
  types: [CLUSTER],
  judge({ view, report, part }) {
    const spec = view.at("spec");
    const sources = new Set(
      [spec.at("bootstrap", "pg_basebackup", "source"), spec.at("replica", "source")].flatMap(
        (at) => at.partial() ?? [],
      ),
    );
    for (const external of spec.list("externalClusters"))
      part(() => {
        const name = external.partial("name");
        const user = external.at("connectionParameters", "user");
        if (name === undefined || !sources.has(name) || user.text() !== "postgres") return;
        report(
          user,
          `is "postgres", a superuser, for what only copies WAL. Write streaming_replica with the source's certificate.`,
        );
      });
  },
});
