import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-superuser-access",
  title: "Nobody logs in as postgres over the network: enableSuperuserAccess is not true.",
  severity: "medium",
  tags: ["security"],
  why: "It gives the superuser a password, in a Secret of the namespace, and lets it in by network. CNPG has it off by default; what needs a superuser goes through Database, managed roles and kubectl cnpg psql.",
  remedy: "Take enableSuperuserAccess away, and use a managed role with what it really needs.",
  url: "https://cloudnative-pg.io/documentation/current/security/",
  types: [CLUSTER],
  judge({ view, report }) {
    const at = view.at("spec", "enableSuperuserAccess");
    if (at.flag() === true) report(at, "is true. Take it away: false is the default.");
  },
});
