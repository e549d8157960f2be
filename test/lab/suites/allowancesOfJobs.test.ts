import { allowancesAreNeeded } from "./allowances";

allowancesAreNeeded("jobs");
