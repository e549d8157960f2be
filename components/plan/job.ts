/*
 * The fields of Kubernetes' own kinds that jobs here use. The typings of @pulumi/kubernetes have all of them, and
 * would cost the compiler more than all the rest of this package.
 */

/** An environment variable: its value, or where it is kept. */
export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly volumeMounts?: readonly VolumeMount[];
  /** What becomes of its last lines where it fails. Default: nothing. */
  readonly terminationMessagePolicy?: "FallbackToLogsOnError";
  /** `Always` makes an init container one that runs beside all others, and ends after them. */
  readonly restartPolicy?: "Always";
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

export interface KeyToPath {
  readonly key: string;
  readonly path: string;
}

export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string; readonly items?: readonly KeyToPath[] };
  readonly emptyDir?: { readonly sizeLimit?: string };
  /** A volume that lives as long as the pod. */
  readonly ephemeral?: {
    readonly volumeClaimTemplate: {
      readonly spec: {
        readonly accessModes: readonly string[];
        readonly storageClassName: string;
        readonly resources: { readonly requests: { readonly storage: string } };
      };
    };
  };
}

/** What a pod of a job is made of; {@link jobSpec} adds what every one of them has. */
export interface PodParts {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
  /** Default: the namespace's `default`. */
  readonly serviceAccountName?: string;
  /** Whether it gets the token of that account; Workload Identity works without. Default: `false`. */
  readonly asksApiServer?: boolean;
  /** Labels of the pod, for NetworkPolicies. */
  readonly labels?: Readonly<Record<string, string>>;
}
