import { distance } from "fastest-levenshtein";
import { hasPlaceholder } from "./placeholder";

const DOMAIN = "cnpg.io";

/** Labels that CNPG gives pods: instances, jobs and poolers. From `pkg/specs` of its release 1.30. */
const onPods = ["cluster", "instanceName", "instanceRole", "podRole", "jobRole", "poolerName"];

/** What is written for them, without hyphens and in small letters. */
const meant: Readonly<Record<string, string>> = {
  ...Object.fromEntries(onPods.map((name) => [name.toLowerCase(), name])),
  clustername: "cluster",
  instance: "instanceName",
  role: "instanceRole",
  job: "jobRole",
  pooler: "poolerName",
};

/** Labels and annotations of CNPG that other objects have, and that are no slips. */
const elsewhere: ReadonlySet<string> = new Set(["pvcRole", "userType", "hash"]);

/** How many letters a slip is from what was meant. */
const FAR = 2;

/**
 * The label of CNPG's pods that somebody meant by a key which no pod has: it is spelt in another way, or has another domain. Undefined
 * for one that is right, and for what may be somebody's own.
 */
export function meantLabel(key: string): string | undefined {
  const slash = key.indexOf("/");
  if (slash < 0 || hasPlaceholder(key)) return undefined;
  const [domain, name] = [key.slice(0, slash), key.slice(slash + 1)];
  const right = nameMeantBy(name);
  if (right === undefined || (domain === DOMAIN && right === name)) return undefined;
  return isOfCnpg(domain.toLowerCase()) ? `${DOMAIN}/${right}` : undefined;
}

function nameMeantBy(name: string): string | undefined {
  if (elsewhere.has(name)) return undefined;
  const word = name.toLowerCase().replace(/[-_]/g, "");
  if (Object.hasOwn(meant, word)) return meant[word];
  const [nearest] = onPods
    .map((label) => ({ label, away: distance(label.toLowerCase(), word) }))
    .sort((a, b) => a.away - b.away);
  return nearest !== undefined && nearest.away <= FAR ? nearest.label : undefined;
}

/** Whether a domain is CNPG's, or that written in another way. */
const isOfCnpg = (domain: string): boolean =>
  /cnpg|cloudnative-?pg/.test(domain) || distance(domain, DOMAIN) <= 1;
