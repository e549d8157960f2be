import { type Http, isNotFound } from "../apiServer";

/**
 * Whether a Kubernetes cluster knows a kind, by what it says of itself.
 *
 * @param apiVersion with its group, such as `monitoring.coreos.com/v1`
 * @returns undefined if it does not say
 */
export async function servesKind(
  http: Pick<Http, "ask">,
  apiVersion: string,
  kind: string,
): Promise<boolean | undefined> {
  try {
    const { body } = await http.ask({ method: "GET", path: `/apis/${apiVersion}`, timeout: 20 });
    const { resources } = body as { readonly resources?: readonly { readonly kind?: string }[] };
    return resources?.some((each) => each.kind === kind);
  } catch (error) {
    return isNotFound(error) ? false : undefined;
  }
}
