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
const withWord: ReadonlyMap<string, string> = new Map([["Deployment.apps", "cloudnative-pg"]]);

/** Tells which documents are worth parsing. */
export class Kinds {
  private readonly types: ReadonlySet<string>;
  private readonly groups: ReadonlySet<string>;
  private readonly core: RegExp;

  constructor(rules: readonly Rule[]) {
    this.types = new Set([...kinds, ...rules.flatMap(({ types }) => types)]);
    const all = [...this.types].filter((type) => !type.startsWith("gcp:"));
    this.groups = new Set(all.flatMap((type) => (type.includes(".") ? groupOf(type) : [])));
    const core = all.filter((type) => !type.includes("."));
    this.core = new RegExp(`\\bkind["']?[ \\t]*:[ \\t]*["']?(?:${core.join("|")})\\b`);
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
    const word = this.types.has(type) ? undefined : withWord.get(type);
    return word === undefined || text().includes(word);
  }

  /**
   * Whether a text speaks of such a type at all, wherever it does: for lists, JSON and all else whose kind does not stand
   * at the beginning of a line. It may say yes too often.
   */
  mentionedIn(text: string): boolean {
    const seen = new Set<string>();
    for (const [, version = ""] of text.matchAll(/\bapiVersion["']?[ \t]*:[ \t]*["']?([\w./-]+)/g)) {
      if (seen.has(version)) continue;
      seen.add(version);
      const slash = version.indexOf("/");
      if (slash < 0 ? this.core.test(text) : this.hasGroup(version.slice(0, slash))) return true;
    }
    return false;
  }

  private hasGroup(name: string): boolean {
    return this.groups.has(name) || groups.some((group) => group.test(name));
  }
}

function groupOf(type: string): string {
  const dot = type.indexOf(".");
  return dot < 0 ? "" : type.slice(dot + 1);
}
