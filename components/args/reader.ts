/** Somebody who may read one cluster's backups, to recover from them: a clone in another environment. */
export interface ReaderArgs {
  /** Key of the cluster under `clusters`. */
  cluster: string;
  /** IAM member: `serviceAccount:…`, `principal://…`, `group:…` or `user:…`. Either this or `serviceAccount`. */
  member?: string;
  /** E-mail of a Google service account. */
  serviceAccount?: string;
  /**
   * Moment with its time zone, in quotes, after which the grant has no effect: `"2027-01-31T00:00:00Z"`; one in the past
   * grants nothing.
   * @default never
   */
  expires?: string;
}
