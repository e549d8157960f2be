import assert from "node:assert/strict";
import { decideEnvironment } from "../../../components/environment/decide";
import { Problems } from "../../../components/problems";
import { type Choice, stackOf } from "../../network/scenario";

/** What a choice of the drawn stacks comes to, changed a little. */
export function decided(choice: Choice, change: (args: ReturnType<typeof stackOf>) => void = () => {}) {
  const args = stackOf(choice);
  change(args);
  const problems = new Problems();
  const plan = decideEnvironment(problems, "dev", args);
  assert.deepEqual(problems.list, []);
  return plan;
}

/** All Kubernetes objects of a choice. */
