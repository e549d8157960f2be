import type { Setting } from "../../../components/shape";

/** Every setting that a schema has, as a path with `*` for names and places in a list. */
export function settingsIn(setting: Setting, path = ""): string[] {
  if (setting.fields !== undefined)
    return Object.entries(setting.fields).flatMap(([key, inner]) => settingsIn(inner, `${path}.${key}`));
  return setting.of === undefined ? [path.slice(1)] : settingsIn(setting.of, `${path}.*`);
}
