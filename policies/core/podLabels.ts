import { distance } from "fastest-levenshtein";
import { hasPlaceholder } from "./placeholder";

const DOMAIN = "cnpg.io";

/** Labels that CNPG gives pods: instances, jobs and poolers. From `pkg/specs` of its release 1.30. */
const podLabels = [
  "cnpg.io/cluster",
  "cnpg.io/instanceName",
  "cnpg.io/instanceRole",
  "cnpg.io/jobRole",
  "cnpg.io/podRole",
  "cnpg.io/poolerName",
];

/** How far a slip is from what was meant. */
const FAR = 2;

/**
 * Why no pod has a label that looks like one of CNPG's, with what was probably meant; undefined for one that pods have, or that is
 * somebody else's. Labels of volumes and backups are on no pod, and nor are annotations.
 */
export function absentLabel(key: string): string | undefined {
  const slash = key.indexOf("/");
  if (slash < 0 || podLabels.includes(key) || hasPlaceholder(key)) return undefined;
  const [domain, name] = [key.slice(0, slash).toLowerCase(), key.slice(slash + 1)];
  const meant = meantBy(name.toLowerCase());
  const isOurs = domain === DOMAIN || (meant !== undefined && isSlip(domain));
  if (!isOurs) return undefined;
  return `no pod has a label "${key}"${meant === undefined ? "" : `, but "${meant}"`}`;
}

/** The label whose name somebody probably meant: some letters differ, or there is more or less at its end. */
function meantBy(name: string): string | undefined {
  const [nearest] = podLabels
    .map((label) => {
      const right = label.slice(DOMAIN.length + 1).toLowerCase();
      const isPart = name.startsWith(right) || (name.length > 2 && right.startsWith(name));
      return { label, away: isPart ? 1 : distance(right, name) };
    })
    .sort((a, b) => a.away - b.away);
  return nearest !== undefined && nearest.away <= FAR ? nearest.label : undefined;
}

/** Whether a domain is CNPG's, written in another way. */
const isSlip = (domain: string): boolean =>
  /cnpg|cloudnative-?pg/.test(domain) || distance(domain, DOMAIN) <= 1;
