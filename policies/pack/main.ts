import { PolicyPack } from "@pulumi/policy";
import { version } from "../package.json";
import { rules } from "../rules";
import { type GivenPolicy, levelOnWire, readConfiguration, wireLevel } from "./configuration";
import { patchSdk } from "./patches";
import { packOf } from "./policies";
import { beforeConfiguring } from "./wire";

const name = "pulumi-cnpg";
const { secretsOf, serve } = patchSdk();
const pack = packOf(rules, secretsOf);
serve(name, version, pack);
beforeConfiguring((request) => {
  const sent = request.getPolicyconfigMap();
  const given = new Map<string, GivenPolicy>();
  for (const [name, config] of sent.entries())
    given.set(name, {
      level: levelOnWire(config.getEnforcementlevel()),
      properties: config.getProperties()?.toJavaScript() ?? {},
    });
  const configuration = readConfiguration(given, rules);
  pack.configure(configuration);
  // The SDK leaves out what is disabled, so it has to know the levels that the settings lead to.
  for (const [name, { level }] of Object.entries(configuration.settings.rules))
    if (level !== undefined) sent.get(name)?.setEnforcementlevel(wireLevel(level));
});

// Serves the pack as it is constructed, so nothing but the policy host may load this file.
new PolicyPack(name, {
  displayName: "CloudNativePG",
  description: "What fails silently with CloudNativePG on GKE or S3, caught at preview",
  enforcementLevel: "advisory",
  tags: ["cloudnative-pg", "postgres", "backup", "gke"],
  policies: pack.policies,
});
