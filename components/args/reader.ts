/** Somebody who may read one cluster's backups, to recover from them: a clone in another environment. */
export interface ReaderArgs {
  /** Key of the cluster under `clusters`. */
  cluster: string;
  /** IAM member: `serviceAccount:…`, `principal://…`, `group:…` or `user:…`. Either this or `serviceAccount`. */
  member?: string;
  /** E-mail of a Google service account. */
  serviceAccount?: string;
  /** Moment with its time zone after which the grant has no effect; one in the past grants nothing. Default: never. */
  expires?: string;
}
