import type { PlannedResource } from "./object";

/** What clusters need of what is installed on their Kubernetes cluster. */
export interface PlatformNeeds {
  /** The operator that their settings were decided for. */
  readonly operatorVersion: string;
  /** Whether one of them archives, or begins, by the Barman Cloud plugin. */
  readonly plugin: boolean;
  /** Whether one of them does by the operator itself. */
  readonly inTree: boolean;
}

/** A platform, decided: all that is registered, all of it known. */
export interface PlatformPlan {
  readonly namespace: string;
  readonly operatorVersion: string;
  /** Absent where the plugin is not installed. */
  readonly pluginVersion: string | undefined;
  readonly resources: readonly PlannedResource[];
}
