// The policy pack's entry, which the policy host loads: `pulumi preview --policy-pack policies`.
// Compiled code is kept for the next start. The SDK comes first: it has no need of what compiles the pack, and loads in
// half the time without.
require("node:module").enableCompileCache?.();
require("@pulumi/policy");
require("tsx/cjs");
require("./pack/main");
