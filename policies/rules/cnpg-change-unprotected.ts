import { cloudLabels, saysBackups } from "../core/backupBucket";
import { CLUSTER, OBJECT_STORE } from "../core/cluster";
import { changeRule } from "../core/rule";

export default changeRule({
  id: "cnpg-change-unprotected",
  title: "What was protected from deletion stays protected.",
  severity: "high",
  tags: ["change", "availability"],
  why: "Without the option protect Pulumi deletes or replaces the resource without asking: a Cluster with its volumes, a Bucket with the backups, a Namespace with all that is in it.",
  remedy:
    "Set protect: true again. To delete or replace it on purpose, exempt the resource with the reason and a last day, take the protection away in an update of its own (or by `pulumi state unprotect`), and put it back afterwards.",
  url: "https://www.pulumi.com/docs/iac/concepts/resources/options/protect/",
  types: [CLUSTER, OBJECT_STORE, "Namespace", "gcp:Bucket"],
  ofNewOnesToo: true,
  judge({ resource, view, before, report }) {
    if (before.protect !== true || resource.protect === true) return;
    // Other buckets of a program are nothing of CNPG's.
    if (resource.type === "gcp:Bucket" && !saysBackups(view.text("name") ?? "", cloudLabels(resource)))
      return;
    report([], `${resource.called} was protected, and is not now. Set protect: true.`);
  },
});
