import * as nodeModule from "node:module";

// Imported before everything else. Compiled code is kept for the next start, and stack traces are not mapped back to the
// sources: the SDK takes one for every promise, and mapping them took a fifth of a run with many resources.
nodeModule.enableCompileCache?.();
process.setSourceMapsEnabled(false);
