import { allowancesAreNeeded } from "./allowances";

allowancesAreNeeded("servers");
