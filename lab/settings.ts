import { defaults } from "../components/args/defaults";

/** Versions of all that the lab is made of: Go modules, unless told otherwise. */
export const versions = {
  kubernetes: "1.36.3",
  etcd: "3.6.5",
  coredns: "1.15.0",
  cnpg: "1.30.0",
  barmanPlugin: "0.15.0",
  certManager: "1.21.2",
  fakeGcsServer: "1.56.1",
  versitygw: "1.8.0",
  kubeRouter: "2.1.0",
  /** From PyPI. */
  barman: "3.19.1",
} as const;

/** The Debian release that the images are made from; it decides Postgres' major version. */
export const debian = { suite: "trixie", postgres: "17", python: "3.13" } as const;

/**
 * The image of Postgres in the lab, as a stack file writes it. The lab's registry answers for every tag of this major
 * version with Debian's build of it, with pgvector, pgaudit and barman-cloud: the minor version of the tag need not be
 * the one that runs.
 */
export const labImage = `ghcr.io/cloudnative-pg/postgresql:${debian.postgres}.6-standard-${debian.suite}`;

/** Names of images, as the release manifests and ours write them. */
export const images = {
  operator: `ghcr.io/cloudnative-pg/cloudnative-pg:${versions.cnpg}`,
  plugin: `ghcr.io/cloudnative-pg/plugin-barman-cloud:v${versions.barmanPlugin}`,
  sidecar: `ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v${versions.barmanPlugin}`,
  /** Any tag of the major version; see {@link labImage}. */
  postgres: `ghcr.io/cloudnative-pg/postgresql:${debian.postgres}`,
  /** The operator's own default. */
  pgbouncer: "ghcr.io/cloudnative-pg/pgbouncer:1.25.1",
  /** As components/cluster/timeToLive.ts names it, and Kubernetes' release publishes it: without a shell. */
  kubectl: "registry.k8s.io/kubectl:v1.36.3",
  /** Under the name of the release that exports use, Debian's own rclone, which is older. */
  rclone: defaults.ExportSettings.image,
  pause: "registry.lab/pause:1",
  coredns: `registry.lab/coredns:${versions.coredns}`,
  fakeGcsServer: `registry.lab/fake-gcs-server:${versions.fakeGcsServer}`,
  versitygw: `registry.lab/versitygw:${versions.versitygw}`,
} as const;

/** The same servers where a cluster can reach the public registries: a cluster that was there before the lab. */
export const publicImages = {
  fakeGcsServer: `docker.io/fsouza/fake-gcs-server:${versions.fakeGcsServer}`,
  versitygw: `docker.io/versity/versitygw:v${versions.versitygw}`,
} as const;

/** Ports inside the lab's own network, where nothing else listens. */
export const ports = { api: 6443, etcd: 2379, registry: 5000, gcs: 30443, s3: 30070 } as const;

/** Users of the S3 server, who may do nothing but what a bucket's policy says. */
export const s3Users = {
  exporter: { accessKeyId: "exporter", secretAccessKey: "exporter-secret" },
  importer: { accessKeyId: "importer", secretAccessKey: "importer-secret" },
} as const;

/** Where pods find the object stores, and the key of the S3 server that may do everything. */
export const storesInCluster = {
  gcs: "http://fake-gcs.object-store.svc:4443",
  s3: { endpoint: "http://s3.object-store.svc:7070", accessKeyId: "lab", secretAccessKey: "lab-secret" },
} as const;
