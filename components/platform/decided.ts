import type { PostgresPlatformArgs } from "../args/platform";
import { Problems } from "../problems";
import { decidePlatform } from "./decide";

/** All that is wrong with the settings of a platform whose shape is right, at a path of a stack file. */
export function examinePlatform(path: string, args: PostgresPlatformArgs): Problems["list"] {
  const problems = new Problems();
  decidePlatform(problems, path, args);
  return problems.list;
}
