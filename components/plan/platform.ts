/** What clusters need of what is installed on their Kubernetes cluster. */
export interface PlatformNeeds {
  /** The operator that their settings were decided for. */
  readonly operatorVersion: string;
  /** Whether one of them archives, or begins, by the Barman Cloud plugin. */
  readonly plugin: boolean;
  /** Whether one of them does by the operator itself. */
  readonly inTree: boolean;
}
