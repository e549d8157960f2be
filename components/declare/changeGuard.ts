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

/** Hooks that refuse, in preview and in update, a change that CNPG would accept and ignore. */
export interface ChangeGuards {
  readonly cluster: pulumi.ResourceHook;
  readonly objectStore: pulumi.ResourceHook;
  /** For the ObjectStore that a Cluster was recovered from. */
  readonly source: pulumi.ResourceHook;
  /** For a Database: its owner. */
  readonly database: pulumi.ResourceHook;
  /** For a Cluster that is created, and not changed. */
  readonly birth: pulumi.ResourceHook;
  /** What each Cluster's `upgrade` allows, by its name in Pulumi. */
  readonly upgrades: Map<string, UpgradePlan>;
}

/** The guards of the running program. */
export const changeGuards = perProgram((): ChangeGuards => {
  const upgrades = new Map<string, UpgradePlan>();
  return {
    upgrades,
    cluster: guard("pulumi-cnpg-cluster-changes", (before, after, name) =>
      ignoredClusterChanges(before, after, upgrades.get(name)),
    ),
    objectStore: guard("pulumi-cnpg-object-store-changes", ignoredObjectStoreChanges),
    source: guard("pulumi-cnpg-source-changes", ignoredSourceChanges),
    database: new pulumi.ResourceHook(
      "pulumi-cnpg-database-owner",
      (args) => {
        const refusal = ownerChange(args.oldInputs, args.newInputs);
        if (refusal !== undefined) throw new Error(`${args.name}: ${refusal}`);
      },
      { onDryRun: true },
    ),
    birth: new pulumi.ResourceHook(
      "pulumi-cnpg-cluster-birth",
      (args) => {
        const problems = unbornReplica(args.newInputs?.spec);
        if (problems.length === 0) return;
        throw new Error(
          `${args.name}: refused, before it is created\n${problems.map(formatProblem).join("\n")}`,
        );
      },
      { onDryRun: true },
    ),
  };
});

function guard(
  name: string,
  changes: (before: unknown, after: unknown, name: string) => Problem[],
): pulumi.ResourceHook {
  return new pulumi.ResourceHook(
    name,
    (args) => {
      const problems = changes(args.oldInputs?.spec, args.newInputs?.spec, args.name);
      if (problems.length === 0) return;
      throw new Error(
        `${args.name}: refused, because on a live Cluster this change would be ignored, or break its archive or what it follows\n` +
          `${problems.map(formatProblem).join("\n")}\n` +
          "  Undo it; or raise the cluster's generation to replace it by a new one, empty or as recoverFrom says, with an " +
          "archive of its own: what the live one holds is then only in its backups.",
      );
    },
    { onDryRun: true },
  );
}
