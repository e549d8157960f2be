#!/usr/bin/env node
// Runs the linter: compiled, as in a package, or from source through tsx, as in a checkout.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const compiled = join(__dirname, "../dist/lint/main.js");
if (existsSync(compiled)) {
  require(compiled);
} else {
  require("tsx/cjs");
  require("../lint/main.ts");
}
