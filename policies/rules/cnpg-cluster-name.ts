import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-cluster-name",
  title: "The name of a Cluster is a DNS label of at most 50 characters that begins with a letter.",
  severity: "high",
  tags: ["naming"],
  why: "Services, pods, Secrets and the service account are named after it. CNPG's webhook refuses dots, capitals, a digit at the start, and more than 50 characters.",
  remedy: "Use lower case letters, digits and dashes, first a letter, and at most 50 of them.",
  url: "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/",
  types: [CLUSTER],
  judge({ view, report }) {
    const at = view.at("metadata", "name");
    const name = at.text();
    if (name === undefined) return;
    if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name))
      report(at, `"${name}" is refused. Use lower case letters, digits and dashes, and begin with a letter.`);
    if (name.length > 50) report(at, `"${name}" has ${name.length} characters. Use at most 50.`);
  },
});
