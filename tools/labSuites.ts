/** Suites of `npm run test:lab`, which need a cluster: files of `test/lab/suites`. What takes longest comes first. */
export const labSuites = [
  "updates",
  "firstStarts",
  "target",
  "archiving",
  "leastPrivilege",
  "agreement",
  "providerCases",
  "operations",
  "archivePlace",
  "pooler",
  "grants",
  "grantsTroubles",
  "passwordSync",
  "lab",
  "admission",
  "recovery",
  "restore",
  "migration",
  "replica",
  "roles",
  "masking",
  "export",
  "kills",
  "monitoring",
  "platform",
  "network",
  "allowancesOfServers",
  "allowancesOfJobs",
  "allowancesOfOperator",
] as const;

/** Those that run when they are asked for: `npm run test:lab recovery roles`, or `all`. Most of their minutes are waiting. */
export const onRequest: readonly (typeof labSuites)[number][] = [
  ...(["pooler", "grants", "grantsTroubles", "passwordSync", "recovery", "restore"] as const),
  ...(["migration", "replica", "roles", "masking", "export", "firstStarts", "kills", "monitoring"] as const),
  ...(["platform", "network", "allowancesOfServers", "allowancesOfJobs", "allowancesOfOperator"] as const),
];

/**
 * Those that nothing else runs beside: they bring up other labs on this machine and kill their parts, take the operator away, or put
 * network policies in force, its own too.
 */
export const alone: readonly (typeof labSuites)[number][] = [
  "lab",
  "platform",
  "network",
  "allowancesOfServers",
  "allowancesOfJobs",
  "allowancesOfOperator",
];
