import { PolicyPack } from "@pulumi/policy";
import { version } from "../package.json";
import { rules } from "../rules";
import { type GivenPolicy, levelOnWire, readConfiguration, wireLevel } from "./configuration";
import { packOf } from "./policies";
import { beforeComparing, beforeConfiguring, readOnce } from "./sdk";
import { askConcernedOnly } from "./server";
import { readStructsAsValues } from "./struct";

const { policies, configure, compare, concerned } = packOf(rules, readOnce());

readStructsAsValues();
beforeComparing(compare);
askConcernedOnly("pulumi-cnpg", version, policies, concerned);
beforeConfiguring((request) => {
  const sent = request.getPolicyconfigMap();
  const given = new Map<string, GivenPolicy>();
  for (const [name, config] of sent.entries())
    given.set(name, {
      level: levelOnWire(config.getEnforcementlevel()),
      properties: config.getProperties()?.toJavaScript() ?? {},
    });
  const configuration = readConfiguration(given, rules);
  configure(configuration);
  // The SDK leaves out what is disabled, so it has to know the levels that the settings lead to.
  for (const [name, { level }] of Object.entries(configuration.settings.rules))
    if (level !== undefined) sent.get(name)?.setEnforcementlevel(wireLevel(level));
});

// Serves the pack as it is constructed, so nothing but the policy host may load this file.
new PolicyPack("pulumi-cnpg", {
  displayName: "CloudNativePG",
  description: "What fails silently with CloudNativePG on GKE or S3, caught at preview",
  enforcementLevel: "advisory",
  tags: ["cloudnative-pg", "postgres", "backup", "gke"],
  policies,
});
