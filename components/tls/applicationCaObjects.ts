import { account, rights } from "../jobs/account";
import type { PlannedObject } from "../plan/object";
import type { ApplicationCaPlan, CaCopyPlan } from "../plan/tls";
import { caKey } from "../units/caKey";

const core = { apiVersion: "v1", after: ["cluster"] };

/** The ConfigMaps with the CA in the applications' namespaces, and what fills them. */
export function applicationCaObjects(
  { configMap: name, namespaces, ca, copy }: ApplicationCaPlan,
  labels: Readonly<Record<string, string>>,
  namespace: string,
): PlannedObject[] {
  const configMaps = namespaces.map((each) => ({
    ...core,
    key: `ca/${each}`,
    kind: "ConfigMap",
    name,
    namespace: each,
    body: ca === undefined ? {} : { data: { [caKey]: ca } },
    // What the copy writes is not for Pulumi to take away.
    ...(ca === undefined && { ignoreChanges: ["data"] }),
  }));
  if (copy === undefined) return configMaps;
  const given = copyGiven(copy, name, namespaces, namespace);
  const after = ["cluster", ...[...configMaps, ...given].map(({ key }) => key)];
  return [...configMaps, ...given, ...copyJobs(copy, labels, after)];
}

/** The account of the copy, what it is told, and what it may do in each of the namespaces. */
function copyGiven(
  { name, kustomization }: CaCopyPlan,
  configMap: string,
  namespaces: readonly string[],
  namespace: string,
): PlannedObject[] {
  const data = { "kustomization.yaml": kustomization };
  const resources = { resources: ["configmaps"], resourceNames: [configMap] };
  const rule = { apiGroups: [""], ...resources, verbs: ["get", "patch"] };
  return [
    account({ ...core, key: "ca-copy/account", called: "/ca", name }),
    { ...core, key: "ca-copy/instructions", called: "/ca", kind: "ConfigMap", name, body: { data } },
    ...namespaces.flatMap((there) => {
      const object = { name, called: `/ca/${there}`, namespace: there, after: ["cluster"] };
      return rights(`ca-copy/${there}`, object, [rule], { name, namespace });
    }),
  ];
}

function copyJobs(
  copy: CaCopyPlan,
  labels: Readonly<Record<string, string>>,
  after: readonly string[],
): PlannedObject[] {
  const template = podTemplate(copy, labels);
  const object = { apiVersion: "batch/v1", called: "/ca", name: copy.name, after };
  return [
    {
      // The first copy, without which nobody could connect for up to an hour. What it does can't be changed, only done anew.
      ...object,
      key: "ca-copy/first",
      kind: "Job",
      body: { spec: { backoffLimit: 6, template } },
      replacedOnChange: true,
    },
    {
      ...object,
      key: "ca-copy",
      kind: "CronJob",
      body: {
        spec: {
          schedule: copy.schedule,
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds: 600,
          successfulJobsHistoryLimit: 1,
          failedJobsHistoryLimit: 3,
          jobTemplate: { spec: { backoffLimit: 3, activeDeadlineSeconds: 600, template } },
        },
      },
    },
  ];
}

/** Until the Secret is there, the pod waits for it; that is how the first copy comes after the CA. */
function podTemplate({ name, image, caSecret }: CaCopyPlan, labels: Readonly<Record<string, string>>) {
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
