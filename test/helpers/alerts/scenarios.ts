import type { Scenario } from "./scenario";
import { scenariosOfClusters, well } from "./scenariosOfClusters";
import { scenariosOfData } from "./scenariosOfData";
import { scenariosOfKinds } from "./scenariosOfKinds";
import { scenariosOfUse } from "./scenariosOfUse";

/** All that happens. */
export const scenarios: readonly Scenario[] = [
  ...well,
  ...scenariosOfClusters,
  ...scenariosOfData,
  ...scenariosOfUse,
  ...scenariosOfKinds,
];
