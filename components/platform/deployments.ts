import { createHash } from "node:crypto";
import type { PlatformPlacementArgs } from "../args/platform";
import { tolerations } from "../jobs/placement";
import type { ReleasedObject } from "./manifests";

/** What a platform changes in a released Deployment. */
export interface Changes {
  readonly image: string;
  readonly replicas: number;
  readonly resources: { readonly cpu: string; readonly memory: string; readonly memoryLimit: string };
  readonly logLevel: string;
  /** Values of its variables, in place of the release's. */
  readonly env?: Readonly<Record<string, string>>;
  /** With other content its pods are made anew, since nobody in them sees a change. */
  readonly restartsWith: string;
  readonly pullSecret: string | undefined;
  readonly placement?: PlatformPlacementArgs | undefined;
}

interface Container {
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string }[];
  readonly [field: string]: unknown;
}

interface DeploymentSpec {
  readonly selector: object;
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>>; readonly annotations?: object };
    readonly spec: { readonly containers: readonly Container[]; readonly [field: string]: unknown };
  };
  readonly [field: string]: unknown;
}

/** A Deployment of a release, with the settings of a platform. */
export function changed(deployment: ReleasedObject, changes: Changes): ReleasedObject {
  const spec = deployment.spec as DeploymentSpec;
  const { template, selector } = spec;
  const { pullSecret, placement = {}, replicas } = changes;
  const checksum = createHash("sha256").update(changes.restartsWith).digest("hex");
  return {
    ...deployment,
    spec: {
      ...spec,
      replicas,
      template: {
        metadata: {
          ...template.metadata,
          annotations: { ...template.metadata.annotations, "pulumi-cnpg/configuration": checksum },
        },
        spec: {
          ...template.spec,
          containers: template.spec.containers.map((container) => changedContainer(container, changes)),
          ...(pullSecret !== undefined && { imagePullSecrets: [{ name: pullSecret }] }),
          ...(placement.nodeSelector !== undefined && { nodeSelector: placement.nodeSelector }),
          ...(placement.tolerations !== undefined && { tolerations: tolerations(placement.tolerations) }),
          ...(replicas > 1 && {
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: "kubernetes.io/hostname",
                whenUnsatisfiable: "ScheduleAnyway",
                labelSelector: selector,
              },
            ],
          }),
        },
      },
    },
  };
}

function changedContainer(
  container: Container,
  { image, resources, logLevel, env = {} }: Changes,
): Container {
  const { cpu, memory, memoryLimit } = resources;
  const args = (container.args ?? []).filter((arg) => !arg.startsWith("--log-level"));
  return {
    ...container,
    image,
    // What a digest names does not change.
    ...(image.includes("@sha256:") && { imagePullPolicy: "IfNotPresent" }),
    args: [...args, `--log-level=${logLevel}`],
    ...(container.env !== undefined && {
      env: container.env.map((each) =>
        Object.hasOwn(env, each.name) ? { name: each.name, value: env[each.name] } : each,
      ),
    }),
    resources: { requests: { cpu, memory }, limits: { memory: memoryLimit } },
  };
}

/** A budget that lets a node be drained with one pod of several at a time. */
export function budgetOf(deployment: ReleasedObject): ReleasedObject {
  const { selector } = deployment.spec as DeploymentSpec;
  const { name, namespace = "" } = deployment.metadata;
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name, namespace },
    spec: { maxUnavailable: 1, selector },
  };
}
