import { settingsOf } from "../components/index";
import { shapes } from "./shapes";

/**
 * The shape of a stack file: what may stand under `pulumi-cnpg:`, and of which type it is. What the values may be (a quantity, a
 * schedule, a name) is decided by the components, so that every program that uses them is told the same.
 */
export const stackSchema = settingsOf("StackSettings", shapes);
