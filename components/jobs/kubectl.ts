/** Kubernetes' own image of kubectl, which has nothing else in it, not even a shell. */
export const kubectlImage = "registry.k8s.io/kubectl:v1.36.3";
