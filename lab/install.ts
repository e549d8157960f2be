import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { cnpgModule, pluginModule } from "./build";
import { moduleSource } from "./build/go";
import { type Cluster, isRolledOut, type KubernetesObject } from "./cluster";
import type { LabPaths } from "./paths";
import { images, ports, publicImages, s3Users, versions } from "./settings";
import { run } from "./shell";

/** Whose images a cluster gets: those that the lab packed, or the public ones. */
export type Images = "lab" | "public";

const releases = {
  operator: { module: cnpgModule, version: versions.cnpg, file: `releases/cnpg-${versions.cnpg}.yaml` },
  plugin: { module: pluginModule, version: versions.barmanPlugin, file: "manifest.yaml" },
  /** Not installed: the lab has no cert-manager. Its CRD judges what is asked of it. */
  certificate: {
    module: "github.com/cert-manager/cert-manager",
    version: versions.certManager,
    file: "deploy/crds/cert-manager.io_certificates.yaml",
  },
} as const;

/** The manifest of a release, from its Go module; kept in the lab's folder, so that a start needs no Go. */
export async function releaseManifest(
  paths: LabPaths,
  which: keyof typeof releases,
): Promise<KubernetesObject[]> {
  const { module, version, file } = releases[which];
  const kept = join(paths.folder, "manifests", `${which}-${version}.yaml`);
  if (!existsSync(kept)) {
    mkdirSync(join(paths.folder, "manifests"), { recursive: true });
    copyFileSync(join(await moduleSource(paths, module, version), file), kept);
  }
  return parse(readFileSync(kept, "utf8"));
}

/** Objects of a manifest of ours, with `${NAME}` replaced. */
export function ownManifest(name: string, variables: Readonly<Record<string, string>>): KubernetesObject[] {
  const text = readFileSync(join(__dirname, "manifests", `${name}.yaml`), "utf8");
  return parse(
    text.replaceAll(/\$\{(\w+)\}/g, (_, variable: string) => {
      const value = variables[variable];
      if (value === undefined) throw new Error(`manifests/${name}.yaml: no value for ${variable}`);
      return value;
    }),
  );
}

function parse(text: string): KubernetesObject[] {
  return loadAll(text).filter(
    (object) => typeof object === "object" && object !== null,
  ) as KubernetesObject[];
}

/** The users of versitygw, as its `--iam-dir` has them. */
function s3UsersFile(): string {
  const accounts = Object.values(s3Users).map(({ accessKeyId: access, secretAccessKey: secret }) => [
    access,
    { access, secret, role: "user", userID: 0, groupID: 0, projectID: 0 },
  ]);
  return JSON.stringify({ accessAccounts: Object.fromEntries(accounts) });
}

/** The object stores: in folders of the lab, or in the pod's own where there is none. */
export function objectStores(paths: LabPaths, from: Images): KubernetesObject[] {
  const own = from === "lab";
  const volume = (name: string) =>
    own ? `hostPath: { path: "${join(paths.run, name)}", type: DirectoryOrCreate }` : "emptyDir: {}";
  const nodePort = (port: number) => (own ? `, nodePort: ${port}` : "");
  return ownManifest("object-stores", {
    FAKE_GCS_IMAGE: own ? images.fakeGcsServer : publicImages.fakeGcsServer,
    S3_USERS: s3UsersFile(),
    S3_IMAGE: own ? images.versitygw : publicImages.versitygw,
    GCS_VOLUME: volume("gcs"),
    S3_VOLUME: volume("s3"),
    GCS_NODE_PORT: nodePort(ports.gcs),
    S3_NODE_PORT: nodePort(ports.s3),
  });
}

/** What the lab changes in containers of the operator and of the plugin. */
interface ReleasedContainer {
  args?: string[];
  image: string;
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  readonly resources?: { readonly limits?: { cpu?: string; memory?: string } };
}

/** A probe of a container. */
interface Probe {
  readonly [key: string]: unknown;
}

/** The operator of the release. */
export async function operator(paths: LabPaths): Promise<KubernetesObject[]> {
  const objects = await releaseManifest(paths, "operator");
  return objects.map((object) => (object.kind === "Deployment" ? undisturbed(object) : object));
}

/**
 * A Deployment with as many processors and as much memory as it wants, as a tenth of a processor makes every step wait for
 * it; without the election of a leader, who ends where a busy machine doesn't renew the lease in ten seconds; and with
 * probes that may take ten seconds, where the release's end or shut out what doesn't answer three times within one. There
 * is one pod of each, so that any of these leaves the webhooks without an endpoint.
 */
export function undisturbed(
  object: KubernetesObject,
  more: (container: ReleasedContainer) => void = () => {},
): KubernetesObject {
  const spec = structuredClone(object.spec) as {
    template: { spec: { containers: ReleasedContainer[] } };
  };
  for (const container of spec.template.spec.containers) {
    delete container.resources?.limits?.cpu;
    delete container.resources?.limits?.memory;
    for (const name of ["startupProbe", "livenessProbe", "readinessProbe"] as const)
      if (container[name] !== undefined)
        container[name] = { ...container[name], timeoutSeconds: 10, failureThreshold: 12 };
    if (container.args !== undefined)
      container.args = container.args.filter((arg) => !arg.startsWith("--leader-elect"));
    more(container);
  }
  return { ...object, spec };
}

/**
 * The plugin of the release. Its manifest is for a build under test, so it gets the release's image names; and what
 * cert-manager would make of its Certificates openssl makes here.
 */
export async function plugin(paths: LabPaths): Promise<KubernetesObject[]> {
  const objects = await releaseManifest(paths, "plugin");
  const secrets = await Promise.all([
    tlsSecret(paths, "barman-cloud-server-tls", "barman-cloud", "serverAuth"),
    tlsSecret(paths, "barman-cloud-client-tls", "barman-cloud-client", "clientAuth"),
  ]);
  const released = objects
    .filter(({ apiVersion }) => !apiVersion.startsWith("cert-manager.io/"))
    .map((object) => {
      if (object.kind === "Secret")
        return { ...object, data: { SIDECAR_IMAGE: Buffer.from(images.sidecar).toString("base64") } };
      return object.kind === "Deployment" ? releasedDeployment(object) : object;
    });
  return [...secrets, ...released];
}

/** The plugin's Deployment with the release's image, and asked at once whether it is ready, not after ten seconds. */
function releasedDeployment(object: KubernetesObject): KubernetesObject {
  return undisturbed(object, (container) => {
    container.image = images.plugin;
    container.readinessProbe = { ...container.readinessProbe, initialDelaySeconds: 0, periodSeconds: 1 };
  });
}

/** A Secret with a certificate that signs itself; the same one in a cluster's whole life. */
async function tlsSecret(
  paths: LabPaths,
  name: string,
  host: string,
  usage: string,
): Promise<KubernetesObject> {
  const folder = join(paths.run, "pki");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  if (!existsSync(certificate))
    await run("openssl", [
      ...[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "365",
      ],
      ...["-keyout", key, "-out", certificate, "-subj", `/CN=${host}`],
      ...["-addext", `subjectAltName=DNS:${host}`, "-addext", `extendedKeyUsage=${usage}`],
    ]);
  const data = (file: string) => readFileSync(file).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: "cnpg-system" },
    type: "kubernetes.io/tls",
    data: { "tls.crt": data(certificate), "tls.key": data(key) },
  };
}

/** Applies objects in their order, namespaces and kinds before what needs them. */
export async function applyAll(cluster: Cluster, objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects) {
    await cluster.apply(object, { force: true, fieldManager: "pulumi-cnpg-lab", fieldValidation: "Ignore" });
    if (object.kind === "CustomResourceDefinition") await established(cluster, object.metadata.name);
  }
}

async function established(cluster: Cluster, name: string): Promise<void> {
  await cluster.waitFor(
    { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name },
    (object) => {
      const conditions = (object?.status as { conditions?: { type: string; status: string }[] } | undefined)
        ?.conditions;
      return conditions?.some(({ type, status }) => type === "Established" && status === "True")
        ? []
        : ["Established"];
    },
    { timeout: 30, interval: 50 },
  );
}

/** Waits until every Deployment among the objects has all its pods ready. */
export async function rolledOut(
  cluster: Cluster,
  objects: readonly KubernetesObject[],
  timeout = 180,
): Promise<void> {
  await Promise.all(
    objects
      .filter(({ kind }) => kind === "Deployment")
      .map(({ apiVersion, kind, metadata: { name, namespace } }) =>
        cluster.waitFor({ apiVersion, kind, name, namespace }, isRolledOut, { timeout, interval: 200 }),
      ),
  );
}
