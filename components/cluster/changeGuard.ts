import * as pulumi from "@pulumi/pulumi";
import { formatProblem, type Problem } from "../problems";
import { ignoredClusterChanges, ignoredObjectStoreChanges } from "./ignoredChanges";

/** Hooks that refuse, in preview and in update, a change that CNPG would accept and ignore. */
export interface ChangeGuards {
  readonly cluster: pulumi.ResourceHook;
  readonly objectStore: pulumi.ResourceHook;
}

const byProgram = new WeakMap<object, ChangeGuards>();
const withoutStack = {};

/** The guards of the running program; a hook's name is unique in a program. */
export function changeGuards(): ChangeGuards {
  const program = pulumi.runtime.getStackResource() ?? withoutStack;
  const known = byProgram.get(program);
  if (known !== undefined) return known;
  const guards = {
    cluster: guard("pulumi-cnpg-cluster-changes", ignoredClusterChanges),
    objectStore: guard("pulumi-cnpg-object-store-changes", ignoredObjectStoreChanges),
  };
  byProgram.set(program, guards);
  return guards;
}

function guard(name: string, changes: (before: unknown, after: unknown) => Problem[]): pulumi.ResourceHook {
  return new pulumi.ResourceHook(
    name,
    (args) => {
      const problems = changes(args.oldInputs?.spec, args.newInputs?.spec);
      if (problems.length === 0) return;
      throw new Error(
        `${args.name}: refused, because on a live Cluster this change would be ignored or would break its archive\n` +
          `${problems.map(formatProblem).join("\n")}\n` +
          "  Undo it; or raise the cluster's generation to replace it by a new, empty one with an archive of its own.",
      );
    },
    { onDryRun: true },
  );
}
