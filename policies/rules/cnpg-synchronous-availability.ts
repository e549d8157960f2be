import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-synchronous-availability",
  title: "Writes go on when one synchronous standby is lost.",
  severity: "medium",
  tags: ["availability"],
  why: "dataDurability is required by default: if as many standbys are asked for as there are, the loss or restart of any one stops every write until it is back. CNPG accepts it.",
  remedy: "Add an instance, lower the number, or write dataDurability: preferred.",
  url: "https://cloudnative-pg.io/documentation/current/replication/#data-durability-and-synchronous-replication",
  types: [CLUSTER],
  judge({ view, report }) {
    const synchronous = view.at("spec", "postgresql", "synchronous");
    const instances = view.number("spec", "instances");
    if (!synchronous.exists || instances === undefined) return;
    if ((synchronous.text("dataDurability") ?? "required") !== "required") return;
    const number = synchronous.number("number") ?? 0;
    const named = ["standbyNamesPre", "standbyNamesPost"].flatMap((field) => synchronous.list(field)).length;
    // More than that is refused, which another rule says.
    if (number === 0 || number !== instances + named - 1) return;
    report(
      synchronous.at("number"),
      `${number} is every standby that there is: without one of them writes stop. Add an instance, or write dataDurability: preferred.`,
    );
  },
});
