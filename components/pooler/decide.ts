import { defaults } from "../args/defaults";
import type { PlacementArgs } from "../args/placement";
import { type PoolerArgs, PoolerServiceType, PoolerType, PoolMode } from "../args/pooler";
import { Profile, profiles } from "../args/profiles";
import type { Check } from "../check";
import type { PoolerSpec } from "../crds/types";
import { tolerations } from "../jobs/placement";
import type { PoolerPlan } from "../plan/pooler";
import {
  bad,
  derivedName,
  good,
  matching,
  objectName,
  type Parsed,
  parseCpu,
  parseSize,
  type Quantity,
} from "../units";
import { poolerNameLabel } from "../units/labels";
import type { Workload } from "../units/workload";
import { checkConnections } from "./connections";
import { decidePoolerParameters } from "./parameters";

/** What {@link decidePoolers} starts from. */
export interface PoolerBasis {
  readonly workload: Workload;
  readonly profile: Profile;
  /** Instances of the cluster. */
  readonly instances: number;
  /** Databases of the cluster. */
  readonly databases: number;
  readonly maxConnections: number;
  /** Whether metrics are served by TLS. */
  readonly metricsTls: boolean;
  /** Labels for what CNPG creates for the cluster. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** Checks where pods are to run; the cluster's own check of the same settings. */
  readonly checkPlacement: (check: Check, placement: PlacementArgs | undefined) => void;
}

/**
 * Decides the poolers of a cluster, in alphabetical order.
 *
 * @throws nothing; reports all that is wrong, pools that together want more connections than Postgres takes among it.
 */
export function decidePoolers(
  check: Check,
  args: Readonly<Record<string, PoolerArgs>> | undefined,
  basis: PoolerBasis,
): readonly PoolerPlan[] {
  const keys = Object.keys(args ?? {}).sort();
  const poolers = keys.map((key) => {
    check.parse(key, key, poolerKey);
    return decidePooler(check.at(key), key, args?.[key] ?? {}, basis);
  });
  checkConnections(check, poolers, basis);
  return poolers;
}

function poolerKey(text: string): Parsed<string> {
  return matching(
    text,
    /^[a-z]([-a-z0-9]{0,18}[a-z0-9])?$/,
    'a name of at most 20 lower-case letters, digits and hyphens, starting with a letter, such as "rw"',
  );
}

/** `<cluster>-pooler-<key>`: CNPG's own Services end in -rw, -ro and -r, and its Secret for PgBouncer in -pooler. */
export function poolerName(cluster: string, key: string): string {
  return derivedName([cluster, "pooler", key], 63);
}

/** Key of each pooler to its host. */
export function poolerHosts(poolers: readonly PoolerPlan[]): { [key: string]: string } {
  return Object.fromEntries(poolers.map(({ key, host }) => [key, host]));
}

function decidePooler(check: Check, key: string, args: PoolerArgs, basis: PoolerBasis): PoolerPlan {
  const { workload, profile } = basis;
  const type = check.oneOf("type", args.type, PoolerType) ?? defaults.PoolerArgs.type;
  const poolMode = check.oneOf("poolMode", args.poolMode, PoolMode) ?? defaults.PoolerArgs.poolMode;
  check.require(
    type !== PoolerType.ReadOnly || basis.instances > 1,
    "type",
    type,
    "rw or r with one instance: there is no replica behind ro, and nobody could connect",
  );
  const prod = profile === Profile.Prod;
  const instances =
    check.integer("instances", args.instances ?? profiles[profile].PoolerArgs.instances, 1, 99) ?? 1;
  check.require(
    !prod || instances > 1,
    "instances",
    instances,
    "2 or more with profile prod: while one is restarted, nobody could connect",
  );
  const parameters = decidePoolerParameters(check.at("parameters"), args.parameters);
  basis.checkPlacement(check, args.placement);
  const serviceType = check.oneOf("serviceType", args.serviceType, PoolerServiceType);
  check.parse("image", args.image, pgbouncerImage);
  check.parse("clientTLSSecret", args.clientTLSSecret, objectName);
  const name = poolerName(workload.cluster, key);
  const service = serviceTemplate(serviceType, args.serviceAnnotations);
  return {
    key,
    name,
    host: workload.hostOf(name),
    showsServerCertificate: args.clientTLSSecret === undefined,
    instances,
    spec: {
      cluster: { name: workload.cluster },
      instances,
      type,
      pgbouncer: {
        poolMode,
        parameters,
        ...(args.image !== undefined && { image: args.image }),
        ...(args.clientTLSSecret !== undefined && { clientTLSSecret: { name: args.clientTLSSecret } }),
        ...(args.paused !== undefined && { paused: args.paused }),
      },
      template: {
        ...(basis.labels !== undefined && { metadata: { labels: { ...basis.labels } } }),
        spec: {
          // The name by which the operator knows the container that is its own.
          containers: [{ name: "pgbouncer", resources: decideResources(check.at("resources"), args) }],
          ...placed(args.placement, name),
        },
      },
      ...(service !== undefined && { serviceTemplate: service }),
      ...(basis.metricsTls && { monitoring: { tls: { enabled: true } } }),
    },
  };
}

function serviceTemplate(
  type: PoolerServiceType | undefined,
  annotations: Readonly<Record<string, string>> | undefined,
): PoolerSpec["serviceTemplate"] {
  if (type === undefined && annotations === undefined) return undefined;
  return {
    ...(annotations !== undefined && { metadata: { annotations: { ...annotations } } }),
    // A template's spec has to be there in full or not at all.
    spec: { type: type ?? defaults.PoolerArgs.serviceType },
  };
}

function decideResources(check: Check, { resources }: PoolerArgs) {
  const cpu = check.parse("cpu", resources?.cpu ?? defaults.PoolerResourcesArgs.cpu, parseCpu);
  const memory = check.parse("memory", resources?.memory ?? defaults.PoolerResourcesArgs.memory, parseSize);
  const cpuLimit = check.parse("cpuLimit", resources?.cpuLimit, parseCpu);
  const memoryLimit = check.parse("memoryLimit", resources?.memoryLimit, parseSize) ?? memory;
  const enough = (limit: Quantity | undefined, request: Quantity | undefined, of: "bytes" | "milli") =>
    limit === undefined || request === undefined || limit[of]() >= request[of]();
  for (const [key, limit, request, of] of [
    ["cpuLimit", cpuLimit, cpu, "milli"],
    ["memoryLimit", memoryLimit, memory, "bytes"],
  ] as const)
    check.require(
      enough(limit, request, of),
      key,
      limit?.text,
      `at least the request (${request?.text ?? ""})`,
    );
  return {
    requests: { cpu: cpu?.text, memory: memory?.text },
    limits: { ...(cpuLimit !== undefined && { cpu: cpuLimit.text }), memory: memoryLimit?.text },
  };
}

/** Preferred, not required: while a pooler is updated, one more runs, which needs a node too. */
function placed(placement: PlacementArgs | undefined, name: string): Record<string, unknown> {
  const antiAffinity = placement?.antiAffinity ?? defaults.PoolerPlacementArgs.antiAffinity;
  const term = {
    labelSelector: { matchLabels: { [poolerNameLabel]: name } },
    topologyKey: placement?.topologyKey ?? defaults.PlacementArgs.topologyKey,
  };
  return {
    ...(antiAffinity !== "off" && {
      affinity: {
        podAntiAffinity:
          antiAffinity === "required"
            ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
            : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] },
      },
    }),
    ...(placement?.nodeSelector !== undefined && { nodeSelector: { ...placement.nodeSelector } }),
    ...(placement?.tolerations !== undefined && {
      tolerations: tolerations(placement.tolerations),
    }),
  };
}

/** An image with a tag or a digest; a tag that begins with a version tells one that is too old. */
function pgbouncerImage(text: string): Parsed<string> {
  const example = "an image of PgBouncer with its version, such as ghcr.io/cloudnative-pg/pgbouncer:1.25.1";
  const [, tag, digest] =
    /^[a-z0-9][^\s:@]*(?::[0-9]+\/[^\s:@]+)?(?::([\w][\w.-]*))?(@sha256:[0-9a-f]{64})?$/i.exec(text) ?? [
      text,
    ];
  if ((tag === undefined && digest === undefined) || tag === "latest") return bad(example);
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(tag ?? "") ?? [];
  const old = major !== undefined && (Number(major) < 1 || (Number(major) === 1 && Number(minor) < 19));
  return old ? bad(`${example}; CNPG needs 1.19 or newer, which has auth_dbname`) : good(text);
}
