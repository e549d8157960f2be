import { perProgram } from "./perProgram";

/** Whether the running program installs a platform: that is not there yet when the program's clusters are previewed. */
export const installing = perProgram((): { yes: boolean } => ({ yes: false }));
