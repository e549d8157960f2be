import assert from "node:assert/strict";
import fc from "fast-check";
import { ignoredClusterChanges, ignoredObjectStoreChanges } from "../../../components/cluster/ignoredChanges";
import { decideEnvironment } from "../../../components/environment/decide";
import { placeOf } from "../../../components/environment/place";
import { summaries } from "../../../components/environment/summary";
import { InvalidSettings } from "../../../components/index";
import type { EnvironmentPlan } from "../../../components/plan/environment";
import { Problems } from "../../../components/problems";
import { loadStack } from "../../../stacks/load";
import { anyEdit, type Edit, edited, firstSettings, type Settings } from "../../helpers/edits";
import { asEngine } from "./badStacks";

/** What an update leaves: what was decided, and the stack's outputs. */
interface Living {
  readonly plan: EnvironmentPlan;
  readonly clusters: ReturnType<typeof summaries>;
}

/** Objects that hold data, by what they are in the world, and by what they are to Pulumi. */
interface Holder {
  readonly urn: string;
  readonly physical: string;
  /** With another one, the object is replaced. */
  readonly life: string;
  readonly archive?: string;
}

function holders({ plan }: Living): Holder[] {
  const { environment, bucket } = plan;
  return [
    ...plan.clusters.map(({ key, plan: { workload, generation, backup } }) => ({
      urn: `Cluster ${environment}/${key}`,
      physical: `Cluster ${workload}`,
      life: `${workload} ${generation}`,
      ...(backup && { archive: `${backup.location.destinationPath}/${backup.location.serverName}` }),
    })),
    ...(bucket === undefined || bucket.existing
      ? []
      : [
          {
            urn: `Bucket ${environment}`,
            physical: `Bucket ${bucket.name}`,
            life: `${bucket.name} ${bucket.location} ${plan.project}`,
          },
        ]),
  ];
}

/** What an update with these settings would do, as long as nothing refuses it. */
function update(settings: Settings, living: Living | undefined): Living | undefined {
  const own = {
    former: living?.clusters,
    formerPlace: living && placeOf(living.plan),
    warn: () => {},
  };
  try {
    const args = loadStack("dev", asEngine(settings), new Map(), own);
    const plan = decideEnvironment(new Problems(), args.environment ?? "dev", args);
    return { plan, clusters: summaries(plan, args) };
  } catch (error) {
    if (error instanceof InvalidSettings) return undefined;
    throw error;
  }
}

/** Whether the hooks of Cluster and ObjectStore refuse. */
function guarded(before: Living, after: Living): boolean {
  return after.plan.clusters.some(({ key, plan }) => {
    const was = before.plan.clusters.find((each) => each.key === key)?.plan;
    if (was === undefined || before.plan.environment !== after.plan.environment) return false;
    const sameNamespace = was.workload.toString() === plan.workload.toString();
    const stores = ignoredObjectStoreChanges(was.backup?.objectStore?.spec, plan.backup?.objectStore?.spec);
    const live = sameNamespace && was.generation === plan.generation;
    const store = was.backup !== undefined && plan.backup !== undefined && sameNamespace;
    return (live && ignoredClusterChanges(was.spec, plan.spec).length > 0) || (store && stores.length > 0);
  });
}

describe("Edits of a stack file, one after another on a living stack", () => {
  it("neither make anew what is there, nor move an archive, nor leave two clusters in one", () => {
    let [edits, taken] = [0, 0];
    fc.assert(
      fc.property(fc.array(anyEdit, { minLength: 30, maxLength: 30 }), (sequence) => {
        let settings = firstSettings();
        let living = update(settings, undefined) as Living;
        const used = new Set(holders(living).flatMap(({ archive }) => archive ?? []));
        for (const edit of sequence) {
          edits++;
          const next = edited(settings, edit);
          const after = update(next, living);
          if (after === undefined || guarded(living, after)) continue;
          const born = holders(after).filter(
            ({ urn, life }) => !holders(living).some((was) => was.urn === urn && was.life === life),
          );
          // The look before a Cluster is created.
          if (born.some(({ archive }) => archive !== undefined && used.has(archive))) continue;
          judge(holders(living), holders(after), edit);
          for (const { archive } of holders(after)) if (archive !== undefined) used.add(archive);
          taken++;
          [settings, living] = [next, after];
        }
      }),
      { numRuns: 100 },
    );
    assert.equal(edits, 3000);
    assert.ok(taken > 300, `only ${taken} of the edits were taken`);
  });

  /** The same without what looks into the bucket: what the stack knows by itself. */
  function judge(before: Holder[], after: Holder[], { what }: Edit): void {
    for (const now of after) {
      const same = before.find(({ physical }) => physical === now.physical);
      if (same !== undefined)
        assert.equal(same.urn, now.urn, `${what}: ${now.physical} is deleted and made anew`);
      const was = before.find(({ urn }) => urn === now.urn);
      if (was === undefined) continue;
      if (now.urn.startsWith("Bucket"))
        assert.equal(now.life, was.life, `${what}: ${was.physical} is replaced`);
      const [wasLife, life] = [was, now].map((each) => Number(each.life.split(" ")[1]));
      if (now.urn.startsWith("Cluster") && now.life !== was.life)
        assert.ok(
          (life as number) > (wasLife as number),
          `${what}: ${was.physical} is replaced, and nobody said so`,
        );
      if (now.life === was.life && now.archive !== undefined && was.archive !== undefined)
        assert.equal(now.archive, was.archive, `${what}: an archive moves`);
    }
    const archives = after.flatMap(({ archive }) => archive ?? []);
    assert.equal(new Set(archives).size, archives.length, `${what}: two clusters in one archive`);
    for (const { physical, urn } of before)
      if (urn.startsWith("Bucket"))
        assert.ok(
          after.some((each) => each.physical === physical),
          `${what}: ${physical} is deleted`,
        );
  }
});
