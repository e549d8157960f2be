import assert from "node:assert/strict";
import type { Finding } from "../../../policies/core/judge";
import { allRules, lint } from "../../../policies/lint/lint";
import { type ReadResult, readText } from "../../../policies/lint/read";

const sixFields = allRules.filter(({ id }) => id === "cnpg-schedule-six-fields");
const schedule = (name: string, value: unknown) =>
  JSON.stringify({
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "ScheduledBackup",
    metadata: { name },
    spec: { schedule: value },
  });
const judged = ({ resources }: ReadResult, rules = sixFields) => lint(resources, { rules });
const lineOf = ({ resource: { origin }, path }: Finding) => origin.lineOf?.(path) ?? origin.line;

describe("lines", () => {
  const linesOf = (text: string, ...paths: (string | number)[][]) =>
    paths.map((path) => readText(text).resources[0]?.origin.lineOf?.(path));

  it("are those of keys and of items of lists, in every style", () => {
    const text = `# one
---
# three
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: db }
spec:
  "plugins":
    # nine
    - name: |
        x: y
      isWALArchiver: true

    -
      name: b
  bootstrap: { initdb: { database: "a
      b",
      owner: c } }
  empty:
  last: 1
`;
    assert.deepEqual(
      linesOf(
        text,
        [],
        ["spec"],
        ["spec", "plugins"],
        ["spec", "plugins", 0],
        ["spec", "plugins", 0, "isWALArchiver"],
        ["spec", "plugins", 1, "name"],
        ["spec", "bootstrap", "initdb", "owner"],
        ["spec", "empty"],
        ["spec", "last"],
      ),
      [4, 7, 8, 10, 12, 15, 18, 19, 20],
    );
  });

  it("are those of the nearest value around what is not there", () => {
    const text = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nspec:\n  storage: { size: 1Gi }\n";
    assert.deepEqual(
      linesOf(
        text,
        ["spec", "storage", "storageClass"],
        ["spec", "a", "b"],
        ["metadata", "name"],
        ["spec", 0],
      ),
      [4, 3, 1, 3],
    );
  });

  it("are right behind other documents, in lists, in JSON, and with Windows line ends", () => {
    const list = `${"kind: x\n---\n".repeat(3)}apiVersion: v1\nkind: List\nitems:\n  - ${schedule("a", "@daily")}\n  - apiVersion: postgresql.cnpg.io/v1\n    kind: ScheduledBackup\n    metadata: { name: b }\n    spec:\n      schedule: 0 3 * * *\n`;
    for (const text of [list, list.replaceAll("\n", "\r\n")]) {
      const { findings } = judged(readText(text), sixFields);
      assert.deepEqual(findings.map(lineOf), [15]);
      assert.deepEqual(
        readText(text).resources.map(({ origin }) => origin.line),
        [10, 11],
      );
    }
    const json = JSON.stringify(JSON.parse(schedule("a", "0 3 * * *")), undefined, 2);
    assert.deepEqual(judged(readText(json), sixFields).findings.map(lineOf), [8]);
  });

  it("are still those of the file where a line had to be indented anew to be parsed", () => {
    const text =
      'apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {\n  name: a\n}\nspec: {\n  schedule: "0 3 * * *"\n}\n';
    assert.deepEqual(judged(readText(text), sixFields).findings.map(lineOf), [7]);
  });
});
