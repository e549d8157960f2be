/** Allowances that are taken away together, and what fails without them: names of {@link Functions}. */
export interface Taken {
  readonly allowances: readonly string[];
  readonly breaks: readonly string[];
  /** What may fail too, since it comes after what fails. */
  readonly cut?: readonly string[];
  /** What is done first when they are back, for what does not mend itself. */
  readonly repair?: readonly string[];
  /** Seconds after which what fails is taken to fail. */
  readonly seconds?: number;
}

const names = "names are looked up";
const [toPostgres, toApiServer] = [
  "it connects to Postgres",
  "the instance manager reads its Cluster and holds the primary's lease",
];
const each = "instances stream from each other and look at each other";

/** What docs/network.md says of each allowance, by whom it is about. */
export const taken = {
  /** Of instances and poolers. */
  servers: [
    {
      allowances: ["db-postgres in: applications connect"],
      breaks: ["answersTheDirect"],
    },
    { allowances: ["db-postgres in: metrics are scraped"], breaks: ["scrapedInstances"] },
    { allowances: ["db-pooler-rw in: applications connect"], breaks: ["answersThePooled"] },
    { allowances: ["db-pooler-rw in: metrics are scraped"], breaks: ["scrapedPoolers"] },
    { allowances: ["db-pooler-rw out: queries go to Postgres"], breaks: ["answersThePooled"] },
    {
      // Between pods of one policy the controller lets through what either direction allows.
      allowances: [`db-postgres in: ${each}; poolers and CNPG's jobs connect`, `db-postgres out: ${each}`],
      breaks: ["answersThePooled", "streams"],
      seconds: 20,
    },
    {
      allowances: [
        "db-postgres out: WAL and base backups go to the archive, and come from there, in the S3-compatible store",
      ],
      breaks: ["archives", "backs"],
      seconds: 45,
    },
    { allowances: [`db-postgres out: ${names}`], breaks: ["findsNames", "archives", "streams"], seconds: 45 },
    {
      allowances: [`db-pooler-rw out: ${names}`],
      breaks: ["answersByANewPooler"],
      cut: ["answersThePooled"],
    },
    {
      allowances: ["db-pooler-rw out: it reads its Pooler, and tells of itself"],
      breaks: ["startsPooler"],
      seconds: 30,
    },
    { allowances: [`db-postgres out: ${toApiServer}`], breaks: ["starts"], seconds: 45 },
  ],
  /** Of this project's jobs. */
  jobs: [
    {
      allowances: ["db-postgres in: this project's jobs connect"],
      breaks: ["exports", "logsIn", "syncs"],
      seconds: 20,
    },
    { allowances: [`db-jobs-sql out: ${toPostgres}`], breaks: ["logsIn"], seconds: 20 },
    { allowances: [`db-jobs-sql out: ${names}`], breaks: ["logsIn"], seconds: 20 },
    { allowances: [`db-jobs-sync out: ${toPostgres}`], breaks: ["syncs"], seconds: 20 },
    { allowances: [`db-jobs-sync out: ${names}`], breaks: ["syncs"], seconds: 20 },
    { allowances: [`db-jobs-export out: ${toPostgres}`], breaks: ["exports"], seconds: 20 },
    { allowances: [`db-jobs-export out: ${names}`], breaks: ["exports"], seconds: 45 },
    {
      allowances: ["db-jobs-export out: dumps go there, in the S3-compatible store"],
      breaks: ["exports"],
      seconds: 40,
    },
    // A quick pod may be done before it is known; one that is known is refused, as those of the hourly Jobs once were.
    { allowances: ["db-jobs-ca-copy out: it changes objects of Kubernetes"], breaks: [] },
    // It has the API server's address from its environment.
    { allowances: [`db-jobs-ca-copy out: ${names}`], breaks: [] },
    {
      allowances: ["db-jobs-sync out: it changes objects of Kubernetes"],
      breaks: ["repairsPassword"],
      seconds: 20,
    },
    {
      allowances: ["db-jobs-look out: the archive is looked into, in the S3-compatible store"],
      breaks: ["looks"],
    },
    { allowances: [`db-jobs-look out: ${names}`], breaks: ["looks"] },
  ],
  /** Of the operator and the plugin, at both ends. */
  operator: [
    {
      allowances: ["db-postgres in: kubectl cnpg status asks through the API server"],
      breaks: ["opensState"],
    },
    {
      allowances: ["db-postgres in: the operator asks for their state, and configures Postgres"],
      breaks: ["seesInstances"],
      seconds: 45,
    },
    {
      allowances: ["cnpg-operator out: it asks instances for their state"],
      breaks: ["seesInstances"],
      seconds: 45,
    },
    {
      allowances: [
        "cnpg-operator in: the API server asks its webhooks, and refuses changes if they don't answer",
      ],
      breaks: ["opensWebhooks"],
    },
    { allowances: ["cnpg-operator in: metrics are scraped"], breaks: ["opensOperatorMetrics"] },
    { allowances: ["cnpg-operator out: it calls the plugin"], breaks: ["seesInstances"], seconds: 45 },
    { allowances: ["barman-cloud-plugin in: the operator calls it"], breaks: ["seesInstances"], seconds: 45 },
    // It finds instances by their addresses, and keeps its connections to the plugin.
    { allowances: [`cnpg-operator out: ${names}`], breaks: [] },
    { allowances: [`barman-cloud-plugin out: ${names}`], breaks: [] },
    { allowances: ["barman-cloud-plugin in: metrics are scraped"], breaks: [] },
    // A pod that begins has its connections before it is known, and nobody asks the plugin whether it still has them.
    { allowances: ["barman-cloud-plugin out: it reads ObjectStores"], breaks: [] },
    {
      allowances: ["cnpg-operator out: it reads and changes objects"],
      breaks: ["changesObjects"],
      seconds: 30,
    },
  ],
} as const satisfies Readonly<Record<string, readonly Taken[]>>;
