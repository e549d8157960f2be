import { usesOf } from "../core/archives";
import { CLUSTER, ROLE_ANNOTATION } from "../core/cluster";
import { nothing, type Row } from "../core/comparison";
import { dumpsOf, type KeyOf, keyAt } from "../core/dumps";
import { known, type Resource } from "../core/resource";
import { stackRule } from "../core/rule";

const fields = ["accessKeyId", "secretAccessKey", "sessionToken", "region"];

export default stackRule({
  id: "halves-store-keys",
  title: "A Secret whose keys open an S3-compatible store has the keys that are read from it.",
  severity: "high",
  tags: ["agreement", "backup", "recovery"],
  why: "A reference to a Secret is the Secret's name and the name of a key in it, and nobody compares them before they are used: with another name of the key no WAL is archived, a recovery can't begin, and the pod of a job never starts.",
  remedy: "Write the names of the keys as the Secret has them.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
  types: [CLUSTER],
  compares: true,
  judge({ stack, report, part, compare }) {
    /** Of one who opens a store with keys that a holder names; without any it is as a role. */
    const judged = (
      cluster: Resource,
      row: Pick<Row, "what" | "cluster">,
      keys: readonly KeyOf[],
      holder: Resource,
      role: string | undefined,
    ) => {
      const secretOf = ({ name }: KeyOf) => stack.find("Secret", cluster.namespace, name);
      const lacks = (key: KeyOf) => {
        const parts = ["stringData", "data"].flatMap((field) => secretOf(key)?.view.at(field) ?? []);
        // One that has nothing is filled by somebody else.
        return parts.some((part) => part.exists) && !parts.some((part) => part.at(key.key).exists);
      };
      const elsewhere = keys.length === 0 || keys.some((key) => secretOf(key) === undefined);
      const whose = keys.map(
        (key) => `Secret ${key.name}${secretOf(key) === undefined ? " (made elsewhere)" : ""}`,
      );
      const missing = keys.filter((key) => known(() => lacks(key)) === true);
      compare(cluster, {
        ...row,
        cloud:
          missing.length > 0
            ? `no ${missing.map(({ key }) => key).join(", ")}`
            : [...new Set(whose)].join(", ") || role || "the pods' or nodes' role",
        ...(elsewhere && { verdict: "unknown" }),
      });
      for (const { at, name, key } of missing)
        report(holder, at, `Secret "${name}" has no "${key}". Write the key as the Secret has it.`);
      // Raises what is not known yet.
      keys.forEach(lacks);
    };
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        for (const use of usesOf(cluster, stack))
          part(() => {
            const { store, holder, serverName, purpose } = use;
            const path = store.text("destinationPath");
            const s3 = store.at("s3Credentials");
            if (!path?.startsWith("s3://") || !s3.exists) return;
            const inherits = s3.flag("inheritFromIAMRole") === true;
            const keys = inherits ? [] : fields.flatMap((field) => keyAt(s3.at(field)) ?? []);
            const endpoint = store.text("endpointURL") || "Amazon S3";
            const names = inherits ? "inherits it" : keys.map(({ key }) => key).join(", ") || nothing;
            const row =
              purpose === "archive"
                ? ({ what: "keys ⇄ s3Credentials", cluster: names } as const)
                : ({
                    what: "keys ⇄ recovery source",
                    cluster: `${path} at ${endpoint} (server ${serverName || nothing})`,
                  } as const);
            const role = cluster.view.text(
              "spec",
              "serviceAccountTemplate",
              "metadata",
              "annotations",
              ROLE_ANNOTATION,
            );
            // barman-credentials-complete has the finding.
            if (!inherits && keys.length < 2)
              compare(cluster, { ...row, cloud: nothing, verdict: "disagrees" });
            else judged(cluster, row, keys, holder, role);
          });
      });
    for (const dump of dumpsOf(stack, part))
      part(() => {
        const { kind, cluster, job, pod, folder, endpoint, keys } = dump;
        if (!folder.startsWith("s3://") && keys.length === 0) return;
        const account = stack.find(
          "ServiceAccount",
          job.namespace,
          pod.text("serviceAccountName") ?? "default",
        );
        const place = folder.startsWith("gs://") ? "Cloud Storage" : endpoint || "Amazon S3";
        judged(
          cluster,
          { what: `${kind} keys ⇄ store`, cluster: `${folder} at ${place}` },
          keys,
          job,
          account?.annotation(ROLE_ANNOTATION),
        );
      });
  },
});
