import type { RuleFacts } from "./rule";

/** What the linter says of documents that it can't read. No rule file: the reader finds them. */
export const unreadable: RuleFacts = {
  id: "cnpg-unreadable",
  title: "Every document of a file that Kubernetes is given can be read.",
  severity: "high",
  tags: ["schema"],
  why: "What can't be read is not applied, and no rule has judged it. Where only some tools read it, as with a key that is there twice, they disagree about what it says.",
  remedy: "Mend the YAML or JSON at the line that the finding names.",
  url: "https://yaml.org/spec/1.2.2/",
};
