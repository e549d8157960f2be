import { inputDifference } from "./difference";
import type { Properties, Provider } from "./provider";

/** What an offline provider says about its resources, which are kept in the state and nowhere else. */
export interface OfflineRules extends Pick<Provider, "npmPackage" | "check"> {
  /** Paths of inputs that can't be updated in place. */
  replaceOn(type: string): readonly string[];
  id(type: string, inputs: Properties): string;
  /** The state after creation: the inputs, and what the real service would compute. */
  outputs(type: string, inputs: Properties, preview: boolean, before: Properties | undefined): Properties;
}

/** A provider whose resources are what its rules say, at once. */
export function keeping(rules: OfflineRules): Provider {
  return {
    npmPackage: rules.npmPackage,
    check: rules.check,
    diff: async (compared) => inputDifference(compared, rules.replaceOn(compared.type)),
    async create({ type, inputs, preview }) {
      return {
        id: preview ? "" : rules.id(type, inputs),
        outputs: rules.outputs(type, inputs, preview, undefined),
      };
    },
    update: async ({ type, inputs, preview, before }) => rules.outputs(type, inputs, preview, before),
    read: async ({ inputs, before = {} }) => ({ inputs, outputs: before }),
    delete: async () => {},
  };
}
