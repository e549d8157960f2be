import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allRules } from "../../policies/lint/lint";
import { type CorpusSet, corpus } from "../corpus/list";
import { add, emptyScore, type Found, precisionOf, recallOf } from "../corpus/score";
import { githubSource, place } from "../corpus/texts";

const kinds = {
  "no-backup": { severity: "data", why: "", rules: ["cnpg-backup"] },
  "slots-without-limit": { severity: "outage", why: "", rules: [] },
} as const;

const finding = (rule: string, name: string, level: Found["level"] = "advisory"): Found => ({
  rule,
  level,
  kind: "violation",
  file: "a.yaml",
  object: { type: "Cluster.postgresql.cnpg.io", name },
});

const set = (more: Partial<CorpusSet>): CorpusSet => ({
  id: "1",
  repo: "someone/something",
  commit: "0".repeat(40),
  files: {},
  faults: [],
  ...more,
});

function scoreOf(judged: CorpusSet, findings: readonly Found[]) {
  const score = emptyScore();
  add(score, { kinds }, judged, findings);
  return score;
}

describe("the corpus", () => {
  const { kinds: listed, sets } = corpus();

  it("names for every fault a kind that it explains, and for every kind rules that there are", () => {
    const rules = new Set(allRules.map(({ id }) => id));
    for (const { rules: ids, why } of Object.values(listed)) {
      assert.ok(why.endsWith("."), why);
      for (const id of ids) assert.ok(rules.has(id), id);
    }
    for (const { id, faults, true: others = [], littleUse = [], false: wrong = [] } of sets) {
      for (const { kind } of faults) assert.ok(listed[kind] !== undefined, `${id} ${kind}`);
      for (const rule of [...others, ...littleUse, ...wrong]) assert.ok(rules.has(rule), `${id} ${rule}`);
    }
  });

  it("names every file by commit and hash, and sets once", () => {
    assert.equal(new Set(sets.map(({ id }) => id)).size, sets.length);
    for (const { commit, files } of sets) {
      assert.match(commit, /^[0-9a-f]{40}$/);
      for (const hash of Object.values(files)) assert.match(hash, /^[0-9a-f]{64}$/);
    }
  });

  it("counts a fault as found once for each object that a rule of its kind names", () => {
    const judged = set({ faults: [{ kind: "no-backup", objects: 2 }, { kind: "slots-without-limit" }] });
    const score = scoreOf(judged, [finding("cnpg-backup", "a"), finding("cnpg-backup", "a")]);
    assert.deepEqual([score.faults, score.found], [3, 1]);
    assert.deepEqual(recallOf(score), { all: 1 / 3, kinds: 0.25 });
    assert.deepEqual(score.missed, ["1 no-backup", "1 slots-without-limit"]);
  });

  it("counts a finding about another object than the one that has the fault as no find", () => {
    const judged = set({ faults: [{ kind: "no-backup", object: "b" }] });
    assert.equal(scoreOf(judged, [finding("cnpg-backup", "a")]).found, 0);
    assert.equal(scoreOf(judged, [finding("cnpg-backup", "b")]).found, 1);
  });

  it("keeps findings that nobody has judged out of the precision, and says which they are", () => {
    const judged = set({
      faults: [{ kind: "no-backup" }],
      littleUse: ["cnpg-instances"],
      false: ["cnpg-storage-size"],
    });
    const score = scoreOf(judged, [
      finding("cnpg-backup", "a"),
      finding("cnpg-instances", "a"),
      finding("cnpg-storage-size", "a", "mandatory"),
      finding("cnpg-resources", "a"),
    ]);
    assert.deepEqual(precisionOf(score), { true: 2 / 3, useful: 1 / 3 });
    assert.deepEqual([score.mandatory, score.falseMandatory], [1, 1]);
    assert.deepEqual([...score.unjudged], ["1 cnpg-resources"]);
  });

  describe("takes its texts from GitHub", () => {
    const text = "kind: Cluster\n";
    const hash = createHash("sha256").update(text).digest("hex");
    const one = set({ files: { "deploy/a b.yaml": hash } });
    let folder = "";
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-corpus-test-"));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it("at the commit, with the path escaped", async () => {
      let asked = "";
      const source = githubSource(async (address) => {
        asked = `${address}`;
        return new Response(text);
      });
      assert.equal(await place(one, source, folder), undefined);
      assert.ok(asked.endsWith(`/someone/something/${one.commit}/deploy/a%20b.yaml`), asked);
      assert.equal(readFileSync(join(folder, "deploy/a b.yaml"), "utf8"), text);
    });

    it("and leaves a set out whose text is another one, with both hashes", async () => {
      const source = githubSource(async () => new Response("something else"));
      assert.match((await place(one, source, folder)) ?? "", new RegExp(`another text.*expected ${hash}`));
    });

    it("and asks no second time where GitHub can't be reached", async () => {
      let asked = 0;
      const source = githubSource(async () => {
        asked++;
        throw new Error("getaddrinfo ENOTFOUND");
      });
      for (const _ of [1, 2]) assert.match((await place(one, source, folder)) ?? "", /can't be reached/);
      assert.equal(asked, 1);
    });
  });
});
