import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob";
import { Job } from "@pulumi/kubernetes/batch/v1/job";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type * as pulumi from "@pulumi/pulumi";
import type { ApplicationCaPlan, CaCopyPlan, CertificatePlan } from "../plan/tls";
import { caKey } from "../units/caKey";
import type { Workload } from "../units/workload";
import { advised } from "./advised";

/** Declares what cert-manager is asked for; an update waits until it is signed, because CNPG does nothing without. */
export function declareCertificates(
  name: string,
  certificates: readonly CertificatePlan[],
  { namespace }: Workload,
  labels: { [name: string]: string },
  opts: pulumi.CustomResourceOptions,
): CustomResource[] {
  return certificates.map(
    ({ key, name: objectName, spec }) =>
      new CustomResource(
        `${name}/certificate/${key}`,
        {
          apiVersion: "cert-manager.io/v1",
          kind: "Certificate",
          metadata: {
            name: objectName,
            namespace,
            labels,
            annotations: { "pulumi.com/waitFor": '["condition=Ready"]' },
          },
          spec,
        },
        { ...opts, hooks: advised() },
      ),
  );
}

/**
 * Declares the ConfigMaps with the CA in the applications' namespaces and what fills them.
 *
 * @param opts its `dependsOn` names the Cluster, whose CA it is
 */
export function declareApplicationCa(
  name: string,
  plan: ApplicationCaPlan,
  workload: Workload,
  labels: { [name: string]: string },
  opts: pulumi.CustomResourceOptions,
): void {
  const { configMap, namespaces, ca, copy } = plan;
  const configMaps = namespaces.map(
    (namespace) =>
      new ConfigMap(
        `${name}/ca/${namespace}`,
        {
          metadata: { name: configMap, namespace, labels },
          ...(ca !== undefined && { data: { [caKey]: ca } }),
        },
        // What the copy writes is not for Pulumi to take away.
        ca === undefined ? { ...opts, ignoreChanges: ["data"] } : opts,
      ),
  );
  if (copy === undefined) return;
  const here = { name: copy.name, namespace: workload.namespace, labels };
  const account = new ServiceAccount(
    `${name}/ca`,
    { metadata: here, automountServiceAccountToken: false },
    opts,
  );
  const instructions = new ConfigMap(
    `${name}/ca`,
    { metadata: here, data: { "kustomization.yaml": copy.kustomization } },
    opts,
  );
  const grants = namespaces.flatMap((namespace) => {
    const there = { ...here, namespace };
    const role = new Role(
      `${name}/ca/${namespace}`,
      {
        metadata: there,
        rules: [
          { apiGroups: [""], resources: ["configmaps"], resourceNames: [configMap], verbs: ["get", "patch"] },
        ],
      },
      opts,
    );
    const binding = new RoleBinding(
      `${name}/ca/${namespace}`,
      {
        metadata: there,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: copy.name },
        subjects: [{ kind: "ServiceAccount", name: copy.name, namespace: workload.namespace }],
      },
      { ...opts, dependsOn: [role] },
    );
    return [role, binding];
  });
  const given = opts.dependsOn === undefined ? [] : [opts.dependsOn].flat();
  const ready = {
    ...opts,
    dependsOn: [...(given as pulumi.Resource[]), ...configMaps, account, instructions, ...grants],
  };
  const template = podTemplate(copy, labels);
  // The first copy, without which nobody could connect for up to an hour. What it does can't be changed, only done anew.
  new Job(
    `${name}/ca`,
    { metadata: here, spec: { backoffLimit: 6, template } },
    { ...ready, deleteBeforeReplace: true, replaceOnChanges: ["spec"] },
  );
  new CronJob(
    `${name}/ca`,
    {
      metadata: here,
      spec: {
        schedule: copy.schedule,
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: 600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: { spec: { backoffLimit: 3, activeDeadlineSeconds: 600, template } },
      },
    },
    ready,
  );
}

/** Until the Secret is there, the pod waits for it; that is how the first copy comes after the CA. */
function podTemplate({ name, image, caSecret }: CaCopyPlan, labels: { [name: string]: string }) {
  return {
    metadata: { labels: { ...labels, "app.kubernetes.io/component": "ca-copy" } },
    spec: {
      restartPolicy: "Never",
      serviceAccountName: name,
      automountServiceAccountToken: true,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        runAsGroup: 65532,
        fsGroup: 65532,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "kubectl",
          image,
          command: [
            ...["/bin/kubectl", "apply", "--server-side", `--field-manager=${name}`],
            // Whoever else wrote there: what stands in the Secret is right.
            ...["--force-conflicts", "-k", "/ca"],
          ],
          env: [{ name: "HOME", value: "/tmp" }],
          resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          volumeMounts: [
            { name: "ca", mountPath: "/ca", readOnly: true },
            { name: "tmp", mountPath: "/tmp" },
          ],
        },
      ],
      volumes: [
        {
          name: "ca",
          projected: {
            sources: [
              { secret: { name: caSecret, items: [{ key: caKey, path: caKey }] } },
              { configMap: { name, items: [{ key: "kustomization.yaml", path: "kustomization.yaml" }] } },
            ],
          },
        },
        { name: "tmp", emptyDir: { sizeLimit: "16Mi" } },
      ],
    },
  };
}
