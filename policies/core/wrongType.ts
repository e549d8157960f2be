import type { RuleFacts } from "./rule";

/** What the linter says of values of another type than the one that a rule asked for. No rule file: the reader finds it. */
export const wrongType: RuleFacts = {
  id: "cnpg-wrong-type",
  title: "Every value has the type that its field takes.",
  severity: "medium",
  tags: ["schema"],
  why: "A value of another type is refused by the API server, and until then no rule can judge it: `instances: three` is not a number, and unquoted `on` or `1` is no text.",
  remedy:
    'Write a value of the type that the field takes. Quote numbers and truth values where a text belongs, as in `max_connections: "100"`.',
  url: "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/",
};
