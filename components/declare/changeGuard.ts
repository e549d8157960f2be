import * as pulumi from "@pulumi/pulumi";
import {
  ignoredClusterChanges,
  ignoredObjectStoreChanges,
  ignoredSourceChanges,
} from "../cluster/ignoredChanges";
import { ownerChange } from "../database/ownerChange";
import { unbornReplica } from "../migration/changes";
import type { UpgradePlan } from "../plan/cluster";
import { formatProblem, type Problem } from "../problems";
import { perProgram } from "./perProgram";

/** The hooks of the running program that refuse, in preview and in update, a change that CNPG would accept and ignore. */
export const changeGuards = perProgram(() => {
  /** What each Cluster's `upgrade` allows, by its name in Pulumi. */
  const upgrades = new Map<string, UpgradePlan>();
  return {
    upgrades,
    cluster: guard("pulumi-cnpg-cluster-changes", (before, after, name) =>
      ignoredClusterChanges(before, after, upgrades.get(name)),
    ),
    objectStore: guard("pulumi-cnpg-object-store-changes", ignoredObjectStoreChanges),
    /** For the ObjectStore that a Cluster was recovered from. */
    source: guard("pulumi-cnpg-source-changes", ignoredSourceChanges),
    /** For a Database: its owner. */
    database: refusing("pulumi-cnpg-database-owner", ({ oldInputs, newInputs, name }) => {
      const refusal = ownerChange(oldInputs, newInputs);
      return refusal && `${name}: ${refusal}`;
    }),
    /** For a Cluster that is created, and not changed. */
    birth: refusing("pulumi-cnpg-cluster-birth", ({ newInputs, name }) => {
      const problems = unbornReplica(newInputs?.spec);
      if (problems.length === 0) return undefined;
      return `${name}: refused, before it is created\n${problems.map(formatProblem).join("\n")}`;
    }),
  };
});

/** @param refusal what is said against it, if anything */
function refusing(
  name: string,
  refusal: (args: pulumi.ResourceHookArgs) => string | undefined,
): pulumi.ResourceHook {
  const callback = (args: pulumi.ResourceHookArgs) => {
    const said = refusal(args);
    if (said !== undefined) throw new Error(said);
  };
  return new pulumi.ResourceHook(name, callback, { onDryRun: true });
}

function guard(
  name: string,
  changes: (before: unknown, after: unknown, name: string) => Problem[],
): pulumi.ResourceHook {
  return refusing(name, (args) => {
    const problems = changes(args.oldInputs?.spec, args.newInputs?.spec, args.name);
    if (problems.length === 0) return undefined;
    return (
      `${args.name}: refused, because on a live Cluster this change would be ignored, or break its archive or what it follows\n` +
      `${problems.map(formatProblem).join("\n")}\n` +
      "  Undo it; or raise the cluster's generation to replace it by a new one, empty or as recoverFrom says, with an " +
      "archive of its own: what the live one holds is then only in its backups."
    );
  });
}
