import { archivingInto } from "../core/archives";
import { storesOf } from "../core/backup";
import { CLUSTER, locationIn, OBJECT_STORE } from "../core/cluster";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";
import { foreignEndpoint } from "../core/s3";
import type { View } from "../core/view";

const variables = ["AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"];

export default stackRule({
  id: "barman-s3-checksums",
  title: "An S3-compatible store that is not Amazon's gets checksums only when it asks for them.",
  severity: "low",
  tags: ["backup", "storage"],
  why: "Since boto3 1.36 (Barman 3.14, plugin 0.5) every upload carries a checksum that several S3-compatible stores refuse with an error about x-amz-content-sha256, and no WAL is archived (plugin-barman-cloud issue 393).",
  remedy:
    "Set AWS_REQUEST_CHECKSUM_CALCULATION and AWS_RESPONSE_CHECKSUM_VALIDATION to when_required: in the ObjectStore's spec.instanceSidecarConfiguration.env, or for an in-tree backup in the Cluster's spec.env. Name stores that are known to take checksums in the parameter takesChecksums.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/#s3-compatible-storage-providers",
  types: [OBJECT_STORE, CLUSTER],
  parameters: {
    takesChecksums: {
      type: "array",
      default: ["minio", "rustfs"],
      description: "Parts of the names of hosts whose stores take the checksums.",
    },
  },
  compares: true,
  judge({ stack, report, parameters, part, compare }) {
    const able = Array.isArray(parameters.takesChecksums) ? parameters.takesChecksums : [];
    const archiving = archivingInto(stack);
    for (const resource of [OBJECT_STORE, CLUSTER].flatMap((type) => stack.ofType(type)))
      part(() => {
        const stores = storesOf(resource);
        const hosts = stores.flatMap((store) => foreignEndpoint(store) ?? []);
        const spec = resource.view.at("spec");
        const env =
          resource.type === CLUSTER ? spec.at("env") : spec.at("instanceSidecarConfiguration", "env");
        // The plugin's sidecar has what the Postgres container has, where it is not told otherwise.
        const users = resource.type === CLUSTER ? [] : archiving(resource);
        const unset = () =>
          variables.filter(
            (name) =>
              !isWhenRequired(name, env) &&
              (users.length === 0 ||
                !users.every(({ view }) => isWhenRequired(name, view.at("spec", "env")))),
          );
        if (stores[0] !== undefined && locationIn(stores[0])?.scheme === "s3") {
          const own = foreignEndpoint(stores[0]);
          const always = known(unset)?.length !== 0;
          for (const cluster of archiving(resource))
            compare(cluster, {
              what: "what the store takes ⇄ checksums",
              cloud: own === undefined ? "Amazon takes them" : "perhaps none",
              cluster: always ? "sent always" : "sent when required",
              ...(own !== undefined && always && { verdict: "unknown" }),
            });
        }
        const host = hosts.find((one) => !able.some((word: string) => one.includes(word)));
        if (host === undefined) return;
        // What comes from elsewhere may hold them.
        if (resource.type === CLUSTER && spec.list("envFrom").length > 0) return;
        const missing = unset();
        if (missing.length > 0)
          report(
            resource,
            env,
            `${host} is not Amazon's, and ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not "when_required".`,
          );
      });
  },
});

const isWhenRequired = (name: string, env: View): boolean =>
  env
    .list()
    .some(
      (one) =>
        one.text("name") === name &&
        (one.at("valueFrom").exists || one.text("value")?.toLowerCase() === "when_required"),
    );
