import { allowancesAreNeeded } from "./allowances";

allowancesAreNeeded("operator");
