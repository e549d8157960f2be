import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-superuser-secret-ignored",
  title: "superuserSecret is named only where CNPG reads it.",
  severity: "low",
  tags: ["roles", "secrets"],
  why: "Since CNPG 1.21 superuserSecret counts only with enableSuperuserAccess: true. Without, postgres has no password, and who counts on the one in the Secret, a job that dumps or sets up databases for instance, can't log in.",
  remedy:
    "Take superuserSecret away and give jobs a role of their own, or say enableSuperuserAccess: true if somebody really has to be postgres.",
  url: "https://cloudnative-pg.io/documentation/current/security/",
  types: [CLUSTER],
  judge({ view, report }) {
    const secret = view.at("spec", "superuserSecret");
    if (!secret.exists || view.flag("spec", "enableSuperuserAccess") === true) return;
    report(
      secret,
      "is not read, because enableSuperuserAccess is not true: postgres has no password. Take it away.",
    );
  },
});
