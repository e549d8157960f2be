import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import type { Cluster, KubernetesObject } from "./cluster";
import { ready } from "./controlPlane";
import { start } from "./daemons";
import { applyAll, operator, releaseManifest } from "./install";
import type { LabPaths } from "./paths";
import type { Pki } from "./pki";
import { images } from "./settings";

interface Webhook {
  readonly clientConfig: { readonly service?: { readonly path?: string } };
}

/**
 * Runs the operator as a process of this machine: its CRDs, webhooks and reconciler on a cluster without pods. Of the
 * release's manifest everything but the Deployment is applied; the webhooks are called at this machine's own address.
 */
export async function startOperator(
  paths: LabPaths,
  cluster: Cluster,
  pki: Pki,
  port: number,
): Promise<void> {
  const certificates = join(paths.run, "webhook");
  mkdirSync(certificates, { recursive: true, mode: 0o700 });
  await pki.issue("webhook", "/CN=webhook", "IP:127.0.0.1");
  for (const end of ["crt", "key"])
    copyFileSync(pki.file(`webhook.${end}`), join(certificates, `apiserver.${end}`));
  const caBundle = readFileSync(pki.file("ca.crt")).toString("base64");
  const atThisMachine = (webhook: Webhook) => ({
    ...webhook,
    clientConfig: { url: `https://127.0.0.1:${port}${webhook.clientConfig.service?.path ?? ""}`, caBundle },
  });
  const objects = (await operator(paths))
    .filter(({ kind }) => kind !== "Deployment")
    .map(
      (object): KubernetesObject =>
        "webhooks" in object
          ? { ...object, webhooks: (object.webhooks as Webhook[]).map(atThisMachine) }
          : object,
    );
  // The plugin itself needs pods; its kind of object can be judged without.
  const stores = (await releaseManifest(paths, "plugin")).filter(
    ({ kind }) => kind === "CustomResourceDefinition",
  );
  const isHook = ({ kind }: KubernetesObject) => kind.endsWith("WebhookConfiguration");
  await applyAll(cluster, [...objects.filter((object) => !isHook(object)), ...stores]);
  start(
    paths,
    "operator",
    [
      ...[join(paths.bin, "manager"), "controller", `--webhook-port=${port}`, "--metrics-bind-address=0"],
      ...["--config-map-name=cnpg-controller-manager-config", "--secret-name=cnpg-controller-manager-config"],
    ],
    {
      env: {
        KUBECONFIG: paths.kubeconfig,
        OPERATOR_NAMESPACE: "cnpg-system",
        OPERATOR_IMAGE_NAME: images.operator,
        MONITORING_QUERIES_CONFIGMAP: "cnpg-default-monitoring",
        WEBHOOK_CERT_DIR: certificates,
      },
    },
  );
  await ready(paths, "operator", 60, () => isReady(port, readFileSync(pki.file("ca.crt"))));
  // Last: nothing of its kinds can be applied while they are there and the operator is not.
  await applyAll(cluster, objects.filter(isHook));
}

/** Whether the operator's webhooks answer. */
function isReady(port: number, ca: Buffer): Promise<boolean> {
  return new Promise((done) => {
    get({ host: "127.0.0.1", port, path: "/readyz", ca, timeout: 2000 }, (response) => {
      response.resume();
      done(response.statusCode === 200);
    }).once("error", () => done(false));
  });
}
