/** The key in ConfigMaps and Secrets alike. */
export const caKey = "ca.crt";

/** ConfigMap with the CA's certificate in an application's namespace. */
export function caConfigMap(cluster: string): string {
  return `${cluster}-ca`;
}
