import { defaults } from "../args/defaults";
import {
  LogLevel,
  type OperatorArgs,
  type OperatorResourcesArgs,
  type PluginArgs,
  type PostgresPlatformArgs,
} from "../args/platform";
import { Profile, profiles, protection } from "../args/profiles";
import { Check } from "../check";
import { checkPlacement } from "../cluster/checks";
import type { PlatformPlan } from "../plan/platform";
import { notShown, type Problems } from "../problems";
import { namespaceName, objectName, parseCpu, parseSize } from "../units";
import { operatorConfig } from "./config";
import { budgetOf, type Changes, changed } from "./deployments";
import { checkMirrors, type Mirrors, mirrored, platformImage } from "./images";
import { movedTo, type ReleasedObject, releasedObjects } from "./manifests";
import { catalogs, storageClasses } from "./objects";
import { operatorVersions, pluginVersions } from "./releases";
import { platformResources } from "./resources";

/** What both Deployments have in common. */
interface Common {
  readonly profile: Profile;
  readonly namespace: string;
  readonly mirrors: Mirrors;
  readonly pullSecret: string | undefined;
}

/** Decides a platform. Problems are reported with the paths of the settings; nothing is thrown. */
export function decidePlatform(problems: Problems, path: string, args: PostgresPlatformArgs): PlatformPlan {
  const check = new Check(problems, path);
  const profile = check.oneOf("profile", args.profile, Profile) ?? Profile.Dev;
  const namespace = args.namespace ?? defaults.PostgresPlatformArgs.namespace;
  check.parse("namespace", namespace, namespaceName);
  const mirrors = args.registryMirrors ?? {};
  checkMirrors(check, mirrors);
  const pull = decidePull(check, args, namespace);
  const common = { profile, namespace, mirrors, pullSecret: pull.name };
  const operator = decideOperator(check.at("operator"), args.operator ?? {}, common);
  const plugin = decidePlugin(check.at("plugin"), args.plugin ?? {}, common);
  const create = args.createNamespace ?? defaults.PostgresPlatformArgs.createNamespace;
  const protect = protection(undefined, profiles[profile]);
  const resources = platformResources(
    {
      namespace: create ? operator.objects.find(({ kind }) => kind === "Namespace") : undefined,
      pullSecret: pull.secret,
      operator: operator.objects.filter(({ kind }) => kind !== "Namespace"),
      plugin: plugin?.objects ?? [],
      more: [
        ...catalogs(check.at("imageCatalogs"), args.imageCatalogs ?? {}, profile, mirrors),
        ...storageClasses(check.at("storageClasses"), args.storageClasses ?? {}, profile),
      ],
    },
    protect,
  );
  return { namespace, operatorVersion: operator.version, pluginVersion: plugin?.version, resources };
}

/** The Secret with which images are pulled: its name, and itself where it is made here. */
function decidePull(check: Check, { pullSecret, pullConfig }: PostgresPlatformArgs, namespace: string) {
  if (pullSecret === undefined && pullConfig === undefined) return { name: undefined, secret: undefined };
  const name = pullSecret?.name ?? defaults.PullSecretArgs.name;
  check.at("pullSecret").parse("name", name, objectName);
  if (pullConfig === undefined) return { name, secret: undefined };
  check.require(isPullConfig(pullConfig), "pullConfig", notShown, 'a Docker configuration, {"auths": {…}}');
  const secret: ReleasedObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace },
    type: "kubernetes.io/dockerconfigjson",
    stringData: { ".dockerconfigjson": pullConfig },
  };
  return { name, secret };
}

function isPullConfig(text: string): boolean {
  try {
    const { auths } = JSON.parse(text) as { readonly auths?: unknown };
    return typeof auths === "object" && auths !== null && Object.keys(auths).length > 0;
  } catch {
    return false;
  }
}

function decideOperator(check: Check, args: OperatorArgs, common: Common) {
  const { profile, pullSecret } = common;
  const version = versionIn(check, args.version ?? defaults.OperatorArgs.version, operatorVersions);
  const image = imageIn(check, "image", args.image, operatorVersions[version]?.image, common);
  const delays = profile === Profile.Prod ? { clusters: 60, instances: 30 } : { clusters: 0, instances: 0 };
  const data = operatorConfig(check, args, delays, pullSecret);
  const fallback = profile === Profile.Prod ? 2 : 1;
  const replicas = check.integer("replicas", args.replicas ?? fallback, 1, 10) ?? fallback;
  checkPlacement(check, args.placement);
  const changes: Changes = {
    image,
    replicas,
    resources: resourcesIn(check, args.resources, defaults.OperatorResourcesArgs),
    logLevel: check.oneOf("logLevel", args.logLevel, LogLevel) ?? defaults.OperatorArgs.logLevel,
    env: { OPERATOR_IMAGE_NAME: image },
    restartsWith: JSON.stringify(data),
    pullSecret,
    placement: args.placement,
  };
  const released = releasedObjects(`operator-${version}`).map((object) => movedTo(object, common.namespace));
  const objects = released.flatMap((object) => {
    if (object.kind !== "Deployment") return [object];
    const own = changed(object, changes);
    return replicas > 1 ? [own, budgetOf(own)] : [own];
  });
  const config: ReleasedObject = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "cnpg-controller-manager-config", namespace: common.namespace },
    data,
  };
  return { version, objects: [...objects, config] };
}

function decidePlugin(check: Check, args: PluginArgs, common: Common) {
  if (!(args.enabled ?? defaults.PluginArgs.enabled)) return undefined;
  const version = versionIn(check, args.version ?? defaults.PluginArgs.version, pluginVersions);
  const known = pluginVersions[version];
  const image = imageIn(check, "image", args.image, known?.image, common);
  const sidecarImage = imageIn(check, "sidecarImage", args.sidecarImage, known?.sidecarImage, common);
  const changes: Changes = {
    image,
    // One that does not lead does not listen, and would never be ready.
    replicas: 1,
    resources: resourcesIn(check, args.resources, defaults.PluginResourcesArgs),
    logLevel: check.oneOf("logLevel", args.logLevel, LogLevel) ?? defaults.PluginArgs.logLevel,
    restartsWith: sidecarImage,
    pullSecret: common.pullSecret,
  };
  const objects = releasedObjects(`plugin-${version}`).map((each) => {
    const object = movedTo(each, common.namespace);
    if (object.kind === "Deployment") return changed(object, changes);
    if (object.kind !== "Secret") return object;
    const { data: _, ...rest } = object;
    return { ...rest, stringData: { SIDECAR_IMAGE: sidecarImage } } as ReleasedObject;
  });
  return { version, objects };
}

/** A version that there is a manifest of; the newest one where it is another. */
function versionIn(check: Check, version: string, known: Readonly<Record<string, unknown>>): string {
  const all = Object.keys(known);
  const found = version.replace(/^v/, "");
  return check.require(all.includes(found), "version", version, `one of ${all.join(", ")}`)
    ? found
    : (all.at(-1) ?? "");
}

function imageIn(
  check: Check,
  key: string,
  given: string | undefined,
  released: string | undefined,
  { profile, mirrors }: Common,
): string {
  if (given !== undefined) check.parse(key, given, platformImage(profile === Profile.Prod));
  return mirrored(given ?? released ?? "", mirrors);
}

function resourcesIn(
  check: Check,
  given: OperatorResourcesArgs | undefined,
  fallback: Required<OperatorResourcesArgs>,
): Required<OperatorResourcesArgs> {
  const all = { ...fallback, ...given };
  const at = check.at("resources");
  at.parse("cpu", all.cpu, parseCpu);
  const memory = at.parse("memory", all.memory, parseSize);
  const limit = at.parse("memoryLimit", all.memoryLimit, parseSize);
  if (memory !== undefined && limit !== undefined)
    at.require(
      limit.nano >= memory.nano,
      "memoryLimit",
      all.memoryLimit,
      `at least the request, ${all.memory}`,
    );
  return all;
}
