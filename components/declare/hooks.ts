import * as pulumi from "@pulumi/pulumi";
import type { HookName, PlannedResource } from "../plan/object";
import { adviceHook } from "./advice";
import { archiveChanges } from "./archiveChanges";
import { archiveLooks, restoreLooks } from "./archiveLooks";
import { changeGuards } from "./changeGuard";
import { configurations } from "./configurations";
import { installedLook } from "./installedLook";
import { jobWatches } from "./jobWatches";
import { knownFields } from "./knownFields";
import { propagationHooks } from "./propagation";
import { waitVariable } from "./reach";
import type { Around } from "./resources";
import { servedKinds } from "./servedKinds";
import { gate } from "./settled";

/** The hook of a name for a resource; undefined where there is nothing that it could look at. */
type HookOf = (planned: PlannedResource, around: Around) => pulumi.ResourceHook | undefined;

const hooks: Readonly<Record<HookName, HookOf>> = {
  clusterChanges: ({ name, facts }, around) => {
    const guards = changeGuards();
    if (facts?.upgrade !== undefined) guards.upgrades.set(`${around.name}${name}`, facts.upgrade);
    return guards.cluster;
  },
  objectStoreChanges: () => changeGuards().objectStore,
  sourceChanges: () => changeGuards().source,
  databaseOwner: () => changeGuards().database,
  unbornReplica: () => changeGuards().birth,
  emptyArchive: look(archiveLooks),
  restorable: look(restoreLooks),
  noteConfiguration: (_, { watching }) => watching && configurations(watching).note,
  noteGrant: () => propagationHooks().noteGrant,
  noteArchiveChange: () => archiveChanges().note,
  awaitGrants: (_, { iamPropagationSeconds = 0 }) => propagationHooks().awaitGrants(iamPropagationSeconds),
  afterSettled: () => gate(),
  watchJob: (_, { watching }) => watching && jobWatches(watching).begin,
  servedKind: (_, { watching }) => watching && servedKinds(watching),
  announce: ({ name, facts }, around) => announcement(`${around.name}${name}`, facts?.announce ?? ""),
};

/** The hooks that a plan names. */
export function hooksOf(planned: PlannedResource, around: Around): pulumi.ResourceHookBinding {
  const { advice, ...named } = planned.hooks ?? {};
  const moments: pulumi.ResourceHookBinding = Object.fromEntries(
    Object.entries(named).map(([moment, names]) => [
      moment,
      names.flatMap((name) => hooks[name](planned, around) ?? []),
    ]),
  );
  return {
    ...moments,
    ...lookFirst(planned, around, moments),
    ...(advice === true && { onError: [adviceHook()] }),
  };
}

/** What is looked at before others: what is installed, where an update begins, and what it knows of an object. */
function lookFirst(
  { type, dependsOn = [] }: PlannedResource,
  { needs, watching, known }: Around,
  { beforeCreate = [], beforeUpdate = [] }: pulumi.ResourceHookBinding,
): pulumi.ResourceHookBinding {
  if (needs === undefined || watching === undefined || process.env[waitVariable] === "off") return {};
  if (type.startsWith("pulumi-cnpg:")) return {};
  const isCluster = type === "kubernetes:postgresql.cnpg.io/v1:Cluster";
  const looks: pulumi.ResourceHook[] = [];
  const first = dependsOn.every((key) => (known.get(key) ?? []).length === 0);
  if (isCluster || first) {
    const { hook, add } = installedLook(watching);
    add(needs);
    looks.push(hook);
  }
  const ofCnpg = /^kubernetes:(postgresql|barmancloud)\.cnpg\.io\//.test(type);
  if (ofCnpg) looks.push(knownFields(watching));
  if (looks.length === 0) return {};
  return {
    beforeCreate: [...looks, ...beforeCreate],
    ...(ofCnpg && { beforeUpdate: [...looks, ...beforeUpdate] }),
  };
}

/** A look into an archive, which is told at what. */
function look(of: typeof archiveLooks): HookOf {
  return ({ inputs, facts }, { watching }) => {
    if (watching === undefined || facts?.look === undefined) return undefined;
    const looks = of(watching);
    looks.add((inputs.metadata as { readonly name: string }).name, facts.look);
    return looks.hook;
  };
}

function announcement(name: string, text: string): pulumi.ResourceHook {
  return new pulumi.ResourceHook(`pulumi-cnpg-announce-${name}`, async () => {
    await pulumi.log.info(`${name}: ${text}`);
  });
}
