import { known, type Resource } from "./resource";

export const DEPLOYMENT = "Deployment.apps";

export type CnpgDeployment = "operator" | "plugin";

/** Labels that the releases and the charts have on pods. */
const labels: readonly (readonly [key: string, value: string, CnpgDeployment])[] = [
  ["app.kubernetes.io/name", "cloudnative-pg", "operator"],
  ["app.kubernetes.io/name", "plugin-barman-cloud", "plugin"],
  ["app", "barman-cloud", "plugin"],
];

/** Images, from whatever registry. */
const images: readonly (readonly [RegExp, CnpgDeployment])[] = [
  [/(^|\/)cloudnative-pg(-testing)?(:|@|$)/, "operator"],
  [/(^|\/)plugin-barman-cloud(-testing)?(:|@|$)/, "plugin"],
];

/** What of CNPG a Deployment runs; undefined where it is something else, or can't be known. */
export function deploymentOf({ view }: Resource): CnpgDeployment | undefined {
  const template = view.at("spec", "template");
  for (const [key, value, which] of labels)
    if (known(() => template.text("metadata", "labels", key)) === value) return which;
  for (const container of known(() => template.list("spec", "containers")) ?? []) {
    const image = known(() => container.text("image")) ?? "";
    const found = images.find(([pattern]) => pattern.test(image));
    if (found !== undefined) return found[1];
  }
  return undefined;
}
