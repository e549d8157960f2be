import type * as pulumi from "@pulumi/pulumi";
import type { TolerationArgs } from "./placement";
import type { Profile } from "./profiles";

/** What a Kubernetes cluster needs before it can have Postgres clusters: the CNPG operator, and what goes with it. */
export interface PostgresPlatformArgs {
  /** `dev` or `prod`; it decides every default that is not written down. @default `dev` */
  profile?: Profile;
  /** Namespace of the operator and of the plugin, which the operator looks for in its own only. @default `cnpg-system` */
  namespace?: string;
  /** Whether the namespace is created with them. @default `true` */
  createNamespace?: boolean;
  /** The CNPG operator. @default as it is released, pinned by digest */
  operator?: OperatorArgs;
  /** The Barman Cloud plugin. @default as it is released, pinned by digest */
  plugin?: PluginArgs;
  /** Catalogs of Postgres images for `imageCatalog` of clusters, by name: ClusterImageCatalogs. @default none */
  imageCatalogs?: { [name: string]: CatalogArgs };
  /** Storage classes for `storage.storageClass` of clusters, by name. @default none */
  storageClasses?: { [name: string]: StorageClassArgs };
  /**
   * Where images of a registry are taken from instead, such as `{ "ghcr.io": "europe-docker.pkg.dev/acme/ghcr" }`: of the operator,
   * the plugin, its sidecars and catalogs.
   * @default none
   */
  registryMirrors?: { [registry: string]: string };
  /** Secret with which images are pulled. @default none */
  pullSecret?: PullSecretArgs;
  /**
   * Content of that Secret, a Docker configuration (`.dockerconfigjson`): with it the Secret is created. Set it with
   * `pulumi config set --secret`.
   * @default none: the Secret is there
   */
  pullConfig?: string;
  /**
   * Kubeconfig, its content or a path, of the Kubernetes provider that the program gives to the component: with it, a preview looks
   * whether cert-manager is there.
   * @default that of Pulumi's default provider
   */
  kubeconfig?: pulumi.Input<string>;
}

/** The CNPG operator. */
export interface OperatorArgs {
  /** Version: `1.30.0` or `1.30.1`. @default `1.30.1` */
  version?: string;
  /** Its image, with a digest. @default that of the version */
  image?: string;
  /** How many pods, of which one leads. @default `1` in dev, `2` in prod */
  replicas?: number;
  /** CPU and memory of a pod; there is no limit of CPU, as with the release's tenth of one every step waits. */
  resources?: OperatorResourcesArgs;
  /** Namespaces whose clusters it looks after. @default all */
  watchNamespaces?: string[];
  /** Labels that pods and other objects of a Cluster inherit from it, such as `team`; `*` ends a pattern. @default none */
  inheritedLabels?: string[];
  /** Annotations that they inherit. @default none */
  inheritedAnnotations?: string[];
  /** Seconds between Clusters, and between instances of one, when all restart for a new operator. */
  rolloutDelays?: RolloutDelaysArgs;
  /**
   * Whether a new operator replaces the instance manager in running pods, without a restart of Postgres; the pods then no longer run
   * what their image says.
   * @default `false`
   */
  inPlaceUpdates?: boolean;
  /** What it logs. @default `info` */
  logLevel?: LogLevel;
  /**
   * More of its configuration, by CNPG's names, such as `CERTIFICATE_DURATION: "90"`; see its page of operator configuration.
   * @default none
   */
  config?: { [name: string]: string };
  /** Which nodes it runs on. @default any */
  placement?: PlatformPlacementArgs;
}

/** Which nodes a pod of the operator runs on. */
export interface PlatformPlacementArgs {
  /** Labels that a node must have. @default none */
  nodeSelector?: { [key: string]: string };
  /** Taints that it tolerates. @default none */
  tolerations?: TolerationArgs[];
}

/** Seconds between restarts for a new operator. */
export interface RolloutDelaysArgs {
  /** Between Clusters. @default `0` in dev, `60` in prod */
  clusters?: number;
  /** Between instances of a Cluster. @default `0` in dev, `30` in prod */
  instances?: number;
}

/** CPU and memory of a pod of the operator. */
export interface OperatorResourcesArgs {
  /** CPU request. @default `100m` */
  cpu?: string;
  /** Memory request. @default `256Mi` */
  memory?: string;
  /** Memory limit. @default `512Mi` */
  memoryLimit?: string;
}

/** CPU and memory of the plugin's pod. */
export interface PluginResourcesArgs {
  /** CPU request. @default `50m` */
  cpu?: string;
  /** Memory request. @default `64Mi` */
  memory?: string;
  /** Memory limit. @default `256Mi` */
  memoryLimit?: string;
}

/** The Barman Cloud plugin. */
export interface PluginArgs {
  /** Whether it is installed. @default `true` */
  enabled?: boolean;
  /** Version: `0.15.0`. @default `0.15.0` */
  version?: string;
  /** Its image, with a digest. @default that of the version */
  image?: string;
  /** Image of the sidecar of instances, with a digest. @default that of the version */
  sidecarImage?: string;
  /** CPU and memory of its pod. */
  resources?: PluginResourcesArgs;
  /** What it logs. @default `info` */
  logLevel?: LogLevel;
}

/** A catalog of Postgres images. */
export interface CatalogArgs {
  /** Image by major of Postgres, such as `"17": ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie@sha256:…`; in prod with a digest. */
  images: { [major: string]: string };
}

/** A storage class for databases. It binds a volume where its pod is, and lets volumes grow. */
export interface StorageClassArgs {
  /** What makes the volumes. @default `pd.csi.storage.gke.io` */
  provisioner?: string;
  /** What it is told, such as `type: pd-ssd`. @default `type: pd-balanced` in dev and `type: pd-ssd` in prod, with the default provisioner */
  parameters?: { [name: string]: string };
  /** What becomes of a volume whose claim is deleted. @default `Delete` in dev, `Retain` in prod */
  reclaimPolicy?: VolumeReclaimPolicy;
}

/** The Secret with which images are pulled. */
export interface PullSecretArgs {
  /** Name of the Secret in the operator's namespace; the operator copies it beside each Cluster, as `<cluster>-pull`. @default `registry` */
  name?: string;
}

/** What is logged. */
export const LogLevel = {
  Error: "error",
  Warning: "warning",
  Info: "info",
  Debug: "debug",
  Trace: "trace",
} as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

/** What becomes of a volume whose claim is deleted. */
export const VolumeReclaimPolicy = { Retain: "Retain", Delete: "Delete" } as const;
export type VolumeReclaimPolicy = (typeof VolumeReclaimPolicy)[keyof typeof VolumeReclaimPolicy];
