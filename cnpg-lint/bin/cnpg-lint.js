#!/usr/bin/env node
const { existsSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");

// Only a checkout has it: there, what is older than its sources is built first.
const build = join(__dirname, "../build.js");
if (existsSync(build))
  require(build).buildWhatIsOld({ withExamples: process.argv.some((arg) => arg.startsWith("--explain")) });
// What Node has compiled is kept for the next start: that takes half of the time away.
enableCompileCache?.();
require("../dist/index.js").main();
