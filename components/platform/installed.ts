import type { ClusterSpec } from "../crds/types";
import { barmanPluginName } from "../plan/backup";
import type { PlatformNeeds } from "../plan/platform";
import { firstWithoutInTree, firstWithPlugin, isOlder, minorOf, operatorReleases } from "./releases";

/** A Deployment behind a Service, as far as it could be seen. */
export interface Running {
  readonly namespace: string;
  /** Absent where the Service has no Deployment behind it. */
  readonly deployment?: { readonly name: string; readonly image: string; readonly available: boolean };
}

/** What is installed. Absent is what could not be seen, as the API server doesn't say or this account may not ask. */
export interface Installed {
  /** Version of Kubernetes, `v1.34.1-gke.100`. */
  readonly kubernetes?: string;
  /** Whether there are the operator's and the plugin's kinds of object. */
  readonly kinds: { readonly operator?: boolean; readonly plugin?: boolean };
  /** The one that the API server asks about each change of a Cluster; `null` if it asks nobody. */
  readonly operator?: Running | null;
  /** Those whose Service says that it is the plugin, in any namespace. */
  readonly plugins?: readonly Running[];
}

/** What is judged of what is installed. */
export interface Judged {
  /** With these nothing can be made that works. */
  readonly problems: readonly string[];
  /** These may pass in a minute: a pod is not there yet. */
  readonly passing: readonly string[];
  /** These a person wants to know. */
  readonly warnings: readonly string[];
}

/** What clusters need, by what CNPG is told of them. */
export function needsOf(operatorVersion: string, specs: readonly ClusterSpec[]): PlatformNeeds {
  const sources = specs.flatMap(({ externalClusters = [] }) => externalClusters);
  const plugins = [
    ...specs.flatMap(({ plugins = [] }) => plugins),
    ...sources.flatMap(({ plugin }) => plugin ?? []),
  ];
  return {
    operatorVersion,
    plugin: plugins.some(({ name }) => name === barmanPluginName),
    inTree:
      specs.some(({ backup }) => backup?.barmanObjectStore !== undefined) ||
      sources.some(({ barmanObjectStore }) => barmanObjectStore !== undefined),
  };
}

/** Version of an image's tag: `1.30.1` of `ghcr.io/cloudnative-pg/cloudnative-pg:1.30.1@sha256:…`. */
export function versionOf(image: string): string | undefined {
  return /:v?(\d+\.\d+\.\d+(?:-[\w.-]+)?)(?:@|$)/.exec(image)?.[1];
}

/**
 * What is wrong with what is installed, for those who need it. What could not be seen is not judged.
 *
 * @param today the day, `2026-12-01`
 */
export function judgeInstalled(needs: PlatformNeeds, installed: Installed, today: string): Judged {
  const operator = judgeOperator(needs, installed, today);
  const plugin = needs.plugin ? judgePlugin(needs, installed) : none;
  return {
    problems: [...operator.problems, ...plugin.problems],
    passing: [...operator.passing, ...plugin.passing],
    warnings: [...operator.warnings, ...plugin.warnings],
  };
}

const none: Judged = { problems: [], passing: [], warnings: [] };
const problem = (text: string): Judged => ({ ...none, problems: [text] });

const install = "docs/platform.md says how to install it";

function judgeOperator(
  needs: PlatformNeeds,
  { kinds, operator, kubernetes }: Installed,
  today: string,
): Judged {
  if (kinds.operator === false)
    return problem(
      `the Kubernetes cluster has no CNPG operator: no kind Cluster of postgresql.cnpg.io. To do: ${install}`,
    );
  if (operator === null)
    return {
      ...none,
      warnings: [
        "no webhook of a CNPG operator is there, so that nobody can tell whether one runs. To do: look whether it does",
      ],
    };
  if (operator === undefined) return none;
  const { namespace, deployment } = operator;
  if (deployment === undefined)
    return {
      ...none,
      passing: [
        `the CNPG operator's webhook is a Service in ${namespace} without a Deployment behind it. To do: ${install}`,
      ],
    };
  const away = deployment.available
    ? []
    : [
        `the CNPG operator (Deployment ${namespace}/${deployment.name}) has no pod that is ready. To do: kubectl describe pods -n ${namespace}`,
      ];
  const version = versionOf(deployment.image);
  const minor = version === undefined ? undefined : minorOf(version);
  if (version === undefined || minor === undefined) return { ...none, passing: away };
  const { problems, warnings } = judgeVersion(needs, version, minor, today);
  return { problems, passing: away, warnings: [...warnings, ...judgeKubernetes(version, minor, kubernetes)] };
}

function judgeVersion(needs: PlatformNeeds, version: string, minor: string, today: string): Judged {
  const wanted = minorOf(needs.operatorVersion) ?? minor;
  if (isOlder(minor, wanted))
    return problem(
      `the CNPG operator on the Kubernetes cluster is ${version}, and the settings are for ${needs.operatorVersion}: it would drop what ` +
        `it does not know. To do: upgrade it, or write operatorVersion: ${version}`,
    );
  if (needs.inTree && !isOlder(minor, firstWithoutInTree))
    return problem(
      `the CNPG operator on the Kubernetes cluster is ${version}, without in-tree Barman Cloud, and method is inTree. To do: ` +
        "install the Barman Cloud plugin, and write backups.method: plugin",
    );
  return { ...none, warnings: endOf(version, minor, today) };
}

/** Days before its end from which a release is warned of. */
const ahead = 60;

function endOf(version: string, minor: string, today: string): string[] {
  const [oldest] = Object.keys(operatorReleases);
  const newest = Object.keys(operatorReleases).at(-1);
  const upgrade = `To do: upgrade it, to ${newest} or newer; docs/platform.md says how`;
  if (oldest !== undefined && isOlder(minor, oldest))
    return [`the CNPG operator ${version} gets no more fixes. ${upgrade}`];
  const end = operatorReleases[minor]?.endOfLife;
  if (end === undefined) return [];
  const day = end.length === 7 ? `${end}-28` : end;
  const left = (Date.parse(day) - Date.parse(today)) / 86_400_000;
  if (left < 0) return [`the CNPG operator ${version} gets no more fixes since ${end}. ${upgrade}`];
  // There may be no newer one yet.
  const then = minor === newest ? "To do: upgrade it when the next minor release is there" : upgrade;
  return left <= ahead ? [`the CNPG operator ${version} gets fixes until ${end} only. ${then}`] : [];
}

function judgeKubernetes(version: string, minor: string, kubernetes: string | undefined): string[] {
  const release = operatorReleases[minor];
  const on = kubernetes === undefined ? undefined : minorOf(kubernetes);
  if (release === undefined || on === undefined || [...release.kubernetes, ...release.tested].includes(on))
    return [];
  return [
    `the CNPG operator ${version} is neither supported nor tested on Kubernetes ${on}, but on ${release.kubernetes.join(", ")}`,
  ];
}

function judgePlugin(needs: PlatformNeeds, { kinds, operator, plugins }: Installed): Judged {
  const why = "without it nothing is archived";
  if (kinds.plugin === false)
    return problem(
      `the Kubernetes cluster has no Barman Cloud plugin: no kind ObjectStore of barmancloud.cnpg.io; ${why}. To do: ${install}`,
    );
  const home = operator?.namespace;
  if (plugins === undefined || home === undefined) return none;
  const [found] = plugins.filter(({ namespace }) => namespace === home);
  if (found === undefined) {
    const [elsewhere] = plugins;
    return problem(
      elsewhere === undefined
        ? `the Barman Cloud plugin's definitions are there, and no Service with the label cnpg.io/pluginName: ${barmanPluginName} in ${home}, ` +
            `where the operator looks for it; ${why}. To do: ${install}`
        : `the Barman Cloud plugin is in ${elsewhere.namespace}, and the operator looks for it in its own namespace only, ${home}; ${why}. ` +
            `To do: install it into ${home}`,
    );
  }
  const version = operator?.deployment === undefined ? undefined : versionOf(operator.deployment.image);
  const minor = version === undefined ? minorOf(needs.operatorVersion) : minorOf(version);
  if (minor !== undefined && isOlder(minor, firstWithPlugin))
    return problem(
      `the Barman Cloud plugin needs the CNPG operator ${firstWithPlugin} or newer, and it is ${version}. To do: upgrade it`,
    );
  return judgeRunning(found);
}

function judgeRunning({ namespace, deployment }: Running): Judged {
  const look = `To do: kubectl get pods,certificates -n ${namespace}`;
  if (deployment === undefined)
    return {
      ...none,
      passing: [`the Barman Cloud plugin's Service in ${namespace} has no Deployment behind it. ${look}`],
    };
  const { name, image, available } = deployment;
  return {
    ...none,
    passing: available
      ? []
      : [
          `the Barman Cloud plugin (Deployment ${namespace}/${name}) has no pod that is ready; without its certificates, which cert-manager makes, it has none. ${look}`,
        ],
    warnings: /-testing:/.test(image)
      ? [
          `the Barman Cloud plugin runs ${image}, which is built from its main branch. To do: install a release`,
        ]
      : [],
  };
}
