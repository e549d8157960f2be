import { OBJECT_STORE } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "barman-sidecar-resources",
  title: "The plugin's sidecar says how much CPU and memory it needs.",
  severity: "low",
  tags: ["backup", "resources"],
  why: "The sidecar is in every instance's pod. Without resources of its own a pod whose Postgres has equal requests and limits is not Guaranteed any more.",
  remedy: "Set spec.instanceSidecarConfiguration.resources, with requests and a memory limit.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/misc/",
  levels: { recommended: "disabled" },
  types: [OBJECT_STORE],
  judge({ view, report }) {
    const resources = view.at("spec", "instanceSidecarConfiguration", "resources");
    if (["requests", "limits"].some((kind) => resources.keys(kind).length > 0)) return;
    report(resources, "says nothing. Write requests for cpu and memory, and a memory limit.");
  },
});
