import { definedTypes, misplacedIn } from "../core/fields";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-field-value",
  title: "A field with a choice of values has one of them.",
  severity: "medium",
  tags: ["schema"],
  why: "The API server refuses an object with another value, whoever applies it: a change to it stays undone, and in a sync everything behind it too.",
  remedy: "Write one of the values that the message lists.",
  url: "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/",
  types: definedTypes,
  judge({ resource, report, part }) {
    // What is not known yet throws.
    for (const { at, problem, instead } of misplacedIn(resource))
      if (problem === "unknown" || problem === "unknown value") part(() => void at.text());
      else if (problem === "value") {
        const small = at.text()?.toLowerCase();
        const meant = instead.filter((value) => value.toLowerCase() === small);
        report(
          at,
          `is none of ${instead.filter((value) => value !== "").join(", ")}. Write one of these.`,
          meant.length === 1 ? meant.map((value) => ({ path: at.path, value })) : [],
        );
      }
  },
});
