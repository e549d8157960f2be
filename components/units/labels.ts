/** CNPG's label of the pods of a cluster, its jobs' and its poolers' too, with the cluster's name. */
export const clusterLabel = "cnpg.io/cluster";
/** CNPG's label of a pooler's pods, with the pooler's name. */
export const poolerNameLabel = "cnpg.io/poolerName";

/** Labels of the operator's pods, as its manifests have them (`cnpg-1.30.0.yaml`). */
export const operatorLabels = { "app.kubernetes.io/name": "cloudnative-pg" } as const;
/** Labels of the Barman Cloud plugin's pods, as its manifests have them (0.15). */
export const pluginLabels = { app: "barman-cloud" } as const;
