import {
  AntiAffinity,
  type ApplicationCaArgs,
  type CertificateSourceArgs,
  type CertificatesArgs,
  type IssuerArgs,
  IssuerKind,
  type PlacementArgs,
  type PoolerArgs,
  type PoolerResourcesArgs,
  PoolerServiceType,
  PoolerType,
  PoolMode,
} from "../components/index";
import {
  choice,
  described,
  type FieldsOf,
  flag,
  group,
  listOf,
  mapOf,
  number,
  required,
  scalar,
  text,
} from "./shape";

/** A pooler's settings; where its pods run is written as for the cluster's own. */
export const pooler = (placement: FieldsOf<PlacementArgs>) =>
  group<PoolerArgs>({
    type: choice(
      PoolerType,
      "`rw` leads to the primary, `ro` to the replicas, `r` to any instance. Default: `rw`.",
    ),
    poolMode: choice(
      PoolMode,
      "How long a client keeps its server connection; see [pooler.md](pooler.md). Default: `session`.",
    ),
    instances: number("PgBouncers. Default: 2 in prod, 1 in dev."),
    parameters: mapOf(
      scalar(""),
      "Settings of PgBouncer, out of those that CNPG allows. Default: `max_client_conn` 1000, `default_pool_size` 20, the rest PgBouncer's.",
    ),
    resources: group<PoolerResourcesArgs>(
      {
        cpu: text("CPU request. Default: `100m`."),
        memory: text("Memory request. Default: `256Mi`."),
        cpuLimit: text("Default: none."),
        memoryLimit: text("Default: the request."),
      },
      "CPU and memory of one PgBouncer.",
    ),
    placement: group<PlacementArgs>(
      {
        ...placement,
        antiAffinity: choice(AntiAffinity, "Whether two of them may share a node. Default: `preferred`."),
      },
      "Which nodes they run on. Default: any.",
    ),
    serviceType: choice(PoolerServiceType, "Default: `ClusterIP`."),
    serviceAnnotations: mapOf(text(""), "Annotations of the Service. Default: none."),
    image: text("Image of PgBouncer, 1.19 or newer. Default: the operator's own."),
    clientTLSSecret: text(
      "Secret with `tls.crt` and `tls.key` that clients are shown. Default: the cluster's server certificate.",
    ),
    paused: flag("Whether PgBouncer holds its clients back (`PAUSE`). Default: `false`."),
  });

const source = group<CertificateSourceArgs>({
  issuer: group<IssuerArgs>(
    {
      name: required(text("Name of the issuer."), "missing"),
      kind: choice(IssuerKind, "Default: `Issuer`, in the cluster's namespace."),
      group: text("API group of an issuer that is not cert-manager's own. Default: `cert-manager.io`."),
    },
    "cert-manager signs and renews. Or `caSecret`, with or without `secret`.",
  ),
  duration: text("With `issuer`: how long it is valid, at least `336h`. Default: `2160h`."),
  secret: text("Existing Secret with `tls.crt` and `tls.key`."),
  caSecret: text(
    "Existing Secret with `ca.crt`; without `secret` also with `ca.key`, with which CNPG signs.",
  ),
});

export const certificates = group<CertificatesArgs>(
  {
    server: described(source, "What clients are shown. Default: CNPG's."),
    client: described(
      source,
      "What clients, replicas and poolers show; the CA should sign for this cluster only. Default: CNPG's.",
    ),
    serverAltDNSNames: listOf(
      text(""),
      "More DNS names of the server, such as a load balancer's. Those of Services and poolers are there by themselves. Default: none.",
    ),
    applications: group<ApplicationCaArgs>(
      {
        namespaces: listOf(
          text(""),
          "Namespaces that get a ConfigMap `<cluster>-ca` with `ca.crt`. They have to be there. Default: those of `verify-full`.",
        ),
        ca: text("The CA in PEM, where it is known: with `server` only. Default: copied every hour."),
        image: text("Image that copies, with kubectl. Default: `registry.k8s.io/kubectl:v1.36.3`."),
      },
      "The CA for applications in other namespaces. Default: for those whose `applications` have `sslmode: verify-full`.",
    ),
  },
  "Certificates of its own, and who gets its CA; see [tls.md](tls.md). Default: CNPG makes all of them.",
);
