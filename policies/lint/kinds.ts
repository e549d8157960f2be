import { kubernetesType } from "../core/resource";
import type { Rule } from "../core/rule";

/** Groups whose objects are all read: those of CloudNativePG, and those that a backup, a secret or an alert hangs on. */
const groups: readonly RegExp[] = [
  /(^|\.)cnpg\.io$/,
  /(^|\.)external-secrets\.io$/,
  /\.toolkit\.fluxcd\.io$/,
  /^(monitoring\.coreos\.com|cilium\.io|cert-manager\.io|argoproj\.io|policy\.networking\.k8s\.io)$/,
  /(^|\.)projectcalico\.org$/,
  // What else makes Secrets.
  /^(bitnami\.com|secrets\.hashicorp\.com|secrets-store\.csi\.x-k8s\.io|isindir\.github\.com)$/,
];

/** A word of each of those groups, by which a text tells that it may hold one. */
const groupWords: readonly string[] = [
  "cnpg.io",
  "external-secrets.io",
  "toolkit.fluxcd.io",
  "monitoring.coreos.com",
  "cilium.io",
  "cert-manager.io",
  "argoproj.io",
  "policy.networking.k8s.io",
  "projectcalico.org",
  "bitnami.com",
  "secrets.hashicorp.com",
  "secrets-store.csi.x-k8s.io",
  "isindir.github.com",
];

/** Objects of Kubernetes itself that rules look up beside those that they judge. */
const kinds: ReadonlySet<string> = new Set([
  "ClusterRole.rbac.authorization.k8s.io",
  "ClusterRoleBinding.rbac.authorization.k8s.io",
  "ConfigMap",
  "LimitRange",
  "Namespace",
  "NetworkPolicy.networking.k8s.io",
  "PodDisruptionBudget.policy",
  "PriorityClass.scheduling.k8s.io",
  "ResourceQuota",
  "Role.rbac.authorization.k8s.io",
  "RoleBinding.rbac.authorization.k8s.io",
  "Secret",
  "Service",
  "ServiceAccount",
  "StorageClass.storage.k8s.io",
  "VolumeSnapshotClass.snapshot.storage.k8s.io",
]);

/** Kinds of which there are many and only a few are of interest: those with this word in them. */
const withWord: ReadonlyMap<string, RegExp> = new Map([
  ["Deployment.apps", /cloudnative-pg|plugin-barman-cloud/],
]);

/** Kinds that CloudNativePG and its Barman plugin define, by group. */
const ownKinds: Readonly<Record<string, ReadonlySet<string>>> = {
  "postgresql.cnpg.io": new Set([
    "Backup",
    "Cluster",
    "ClusterImageCatalog",
    "Database",
    "DatabaseRole",
    "FailoverQuorum",
    "ImageCatalog",
    "Pooler",
    "Publication",
    "ScheduledBackup",
    "Subscription",
  ]),
  "barmancloud.cnpg.io": new Set(["ObjectStore"]),
};

/** What every `apiVersion` of CloudNativePG has in it. */
export const CNPG_GROUP = "cnpg.io";

/** Whether an object is one of CloudNativePG for certain. */
export function isOfCnpg(apiVersion: string, kind: string): boolean {
  return kindsOfGroup(apiVersion)?.includes(kind.replace(/List$/, "")) === true;
}

/** What CloudNativePG calls the kinds of an `apiVersion`; undefined if it is none of its own. */
export function kindsOfGroup(apiVersion: string): readonly string[] | undefined {
  const slash = apiVersion.indexOf("/");
  const known = ownKinds[apiVersion.slice(0, Math.max(slash, 0))];
  return known && [...known];
}

/** Whether a kind has the name of one of CloudNativePG, whatever its group. */
export function isNamedAsOfCnpg(kind: unknown): boolean {
  return Object.values(ownKinds).some((known) => known.has(String(kind)));
}

/** Tells which documents are worth parsing. */
export class Kinds {
  private readonly types: ReadonlySet<string>;
  private readonly words: RegExp;

  constructor(rules: readonly Rule[]) {
    const judged = rules.flatMap(({ types }) => types);
    this.types = new Set([...kinds, ...judged].filter((type) => !withWord.has(type)));
    const all = [...this.types, ...withWord.keys()].filter((type) => !type.startsWith("gcp:"));
    const core = all.filter((type) => !type.includes("."));
    const named = [...new Set(all.flatMap((type) => (type.includes(".") ? [groupOf(type)] : [])))];
    this.words = new RegExp(
      [
        `\\b(?:${core.join("|")})\\b`,
        ...named.map((group) => group.replaceAll(".", "\\.")),
        ...groupWords.map((word) => word.replaceAll(".", "\\.")),
      ].join("|"),
    );
  }

  /** Whether rules read objects of this type; see `Resource.type`. */
  has(type: string): boolean {
    return this.types.has(type) || withWord.has(type) || groups.some((group) => group.test(groupOf(type)));
  }

  /** The type of an object; undefined if no rule reads such objects. */
  typeOf(apiVersion: string, kind: string): string | undefined {
    const type = kubernetesType(apiVersion, kind);
    return this.has(type) ? type : undefined;
  }

  /** Whether an object of this type is to be parsed, where that depends on what its text says. */
  isWanted(type: string, text: () => string): boolean {
    const word = withWord.get(type);
    return word === undefined || word.test(text());
  }

  /**
   * Whether a text may speak of such a type at all, wherever and however it does: for lists, JSON and all else whose kind
   * does not stand as one plain word at the beginning of a line. It may say yes too often.
   */
  mentionedIn(text: string): boolean {
    return this.words.test(text);
  }
}

function groupOf(type: string): string {
  const dot = type.indexOf(".");
  return dot < 0 ? "" : type.slice(dot + 1);
}
