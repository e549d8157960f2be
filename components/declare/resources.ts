import type * as pulumi from "@pulumi/pulumi";
import { filledWith } from "../credentials/content";
import type { PlannedResource } from "../plan/object";
import type { PlatformNeeds } from "../plan/platform";
import { archiveChanges } from "./archiveChanges";
import { configurations } from "./configurations";
import { hooksOf } from "./hooks";
import { jobWatches } from "./jobWatches";
import { kindOf } from "./kinds";
import { afterSettled, type Settled, type Watching, watchClusterOf, watchObjectOf } from "./settled";

/** What {@link declareAll} needs to know beside the plan. */
export interface Around {
  /** Name in Pulumi with which those of all that is declared begin. */
  readonly name: string;
  readonly parent: pulumi.Resource;
  /** What was declared before, by the keys that the plan has for it. What the plan has is put in. */
  readonly known: Map<string, readonly pulumi.Resource[]>;
  /** How it is watched. Default: Pulumi's provider waits, as far as it can. */
  readonly watching?: Watching | undefined;
  /** What those that come after nothing else come after. Default: nothing. */
  readonly after?: readonly pulumi.Resource[];
  /** What it needs to be installed on the Kubernetes cluster. Default: nobody looks. */
  readonly needs?: PlatformNeeds;
  /** How long new grants are given before what uses them. Default: no time. */
  readonly iamPropagationSeconds?: number;
}

/**
 * Declares what was planned, in the order of the list: the one place where a resource is made.
 *
 * @throws if a resource is to come after what is not there, or comes later; then nothing is declared
 */
export function declareAll(list: readonly PlannedResource[], around: Around): void {
  checkOrder(list, around.known);
  const settled = new Map<string, Settled>();
  for (const planned of list) {
    const { key, type, dependsOn = [] } = planned;
    const name = `${around.name}${planned.name}`;
    afterSettled(
      `${type} ${name}`,
      dependsOn.flatMap((earlier) => settled.get(earlier) ?? []),
    );
    const made = kindOf(type)(name, inputsOf(planned, around), optionsOf(planned, around));
    around.known.set(key, [made]);
    const applied = watch(planned, name, made as WithMetadata, around);
    if (applied !== undefined) settled.set(key, applied);
  }
}

/** Namespaces and buckets may be somebody else's, who has made them before. */
const perhapsElsewhere = /^(namespace|bucket)\//;

function checkOrder(list: readonly PlannedResource[], known: Around["known"]): void {
  const there = new Set(known.keys());
  for (const { key, type, dependsOn = [], parent = [], life, filled: secret } of list) {
    kindOf(type);
    const earlier = [dependsOn, life?.replaceWith ?? [], parent, secret?.by ?? []].flat();
    for (const each of earlier.filter((one) => !there.has(one) && !perhapsElsewhere.test(one))) {
      const planned = list.some((other) => other.key === each);
      throw new Error(
        `${key} is to come after ${each}, which ${planned ? "does not come before it" : "is not there"}`,
      );
    }
    if (there.has(key)) throw new Error(`${key} is there twice`);
    there.add(key);
  }
}

const found = ({ known }: Around, keys: readonly string[] = []): pulumi.Resource[] =>
  keys.flatMap((key) => known.get(key) ?? []);

function inputsOf({ inputs, filled: secret, reads, watch }: PlannedResource, around: Around) {
  const [password] = found(around, secret && [secret.by]) as Password[];
  const unwatched = around.watching === undefined && watch?.kind === "Cluster" ? watch.unwatched : undefined;
  return {
    ...inputs,
    ...(unwatched !== undefined && { metadata: { ...(inputs.metadata as object), annotations: unwatched } }),
    ...(secret !== undefined &&
      password !== undefined && {
        stringData: password.result.apply((raw) => filledWith(secret.content, raw)),
      }),
    // Without them the SDK would drop what the provider answers.
    ...Object.fromEntries((reads ?? []).map((output) => [output, undefined])),
  };
}

type Password = pulumi.Resource & { readonly result: pulumi.Output<string> };

function optionsOf(planned: PlannedResource, around: Around): pulumi.CustomResourceOptions {
  const { generation, timeout, protect, retain, ...life } = planned.life ?? {};
  const replaceWith = found(around, life.replaceWith);
  const earlier = found(around, planned.dependsOn);
  const anew =
    life.formerFirst === true ||
    generation !== undefined ||
    life.replaceOnChanges !== undefined ||
    replaceWith.length > 0;
  const [parent = around.parent] = found(around, planned.parent === undefined ? [] : [planned.parent]);
  return {
    parent,
    dependsOn: earlier.length > 0 ? earlier : [...(around.after ?? [])],
    hooks: hooksOf(planned, around),
    ...(protect !== undefined && { protect }),
    ...(retain === true && { retainOnDelete: true }),
    ...(life.replaceOnChanges !== undefined && { replaceOnChanges: [...life.replaceOnChanges] }),
    ...(life.ignoreChanges !== undefined && { ignoreChanges: [...life.ignoreChanges] }),
    ...(generation !== undefined && { replacementTrigger: generation }),
    ...(replaceWith.length > 0 && { replaceWith }),
    ...(anew && { deleteBeforeReplace: true }),
    ...(timeout !== undefined && { customTimeouts: { create: `${timeout}s`, update: `${timeout}s` } }),
  };
}

type WithMetadata = pulumi.CustomResource & { readonly metadata: pulumi.Output<unknown> };

/** Begins to look whether it takes effect; answers with when it has, for what comes after it. */
function watch(
  { watch, inputs }: PlannedResource,
  pulumiName: string,
  made: WithMetadata,
  around: Around,
): Settled | undefined {
  const { watching } = around;
  if (watch === undefined || watching === undefined) return undefined;
  const { namespace, name } = inputs.metadata as { readonly namespace: string; readonly name: string };
  if (watch.kind === "Job") jobWatches(watching).endWith(made, namespace, name);
  else if (watch.kind === "Cluster") {
    const { rights, unwatched: _, kind: _kind, ...cluster } = watch;
    const means = {
      archiveChanged: () => archiveChanges().among(found(around, rights)),
      formerConfiguration: () => configurations(watching).of(namespace, name),
    };
    watchClusterOf(pulumiName, made, { ...cluster, ...means, namespace, cluster: name }, watching);
  } else return watchObjectOf(made, watch.kind, { namespace, name, timeout: watch.timeout }, watching);
  return undefined;
}
