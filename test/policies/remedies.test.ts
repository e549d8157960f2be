import assert from "node:assert/strict";
import { load } from "js-yaml";
import type { Finding } from "../../policies/core/judge";
import { readSettings, type Settings } from "../../policies/core/settings";
import { formatPath, type Path } from "../../policies/core/view";
import { lint } from "../../policies/lint/lint";
import { rules } from "../../policies/rules";
import { allCases, type Given } from "./cases";
import { asleep, resourcesOf } from "./judged";

type Inputs = Record<string, unknown>;

/** What a message says to do where its finding is: to write a value, to give a field one, or to take it away. */
type Deed = { readonly at: Path; readonly value: unknown } | { readonly at: Path; readonly remove: true };

const QUOTED = /(?:^|\. )(?:Write|Set it to) "([^"]+)"(?=[.,;]| for | in | to | instead)/;
const BARE = /(?:^|\. )(?:Write|Set it to) ([\w./:+-]*[\w/+])(?=\.(?:$| [A-Z])|, or| or more\.|;)/;
const NAMED = /(?:^|\. )Set (\w+) to ([\w./-]*\w)(?=\.(?:$| [A-Z])|,)/;
const GONE = /(?:^|\. )(?:Remove it|Take it away|Leave it out)(?=[.,;]| here)/;
const SUCH_AS = /(?:^|\. )Write [\w ]+, such as "([^"]+)"/;
/** Words that stand for something that somebody has to find out. */
const FOR_PEOPLE = /^(?:the|a|an|one|it|that|what|another|each|every|labels?|names?|resources\.requests)$/i;
/** What is only the beginning of a value: all behind it stays. */
const SCHEME = /^\w+:\/\/$/;

/** What a finding's message says to do in one object, as far as that is told mechanically. */
function deedOf({ message, path }: Finding): Deed | undefined {
  if (GONE.test(message)) return { at: path, remove: true };
  const named = NAMED.exec(message);
  // Of another object than the one that the finding is at.
  if (named !== null && /suspended/.test(message)) return undefined;
  if (named !== null) {
    const [, field = "", value = ""] = named;
    const parent = path.at(-1) === field ? path.slice(0, -1) : path;
    return { at: [...parent, field], value: load(value) };
  }
  const quoted = QUOTED.exec(message)?.[1];
  const pair = /^([\w.-]+): (.+)$/.exec(quoted ?? "");
  if (pair?.[1] !== undefined && pair[2] !== undefined) {
    const parent = path.at(-1) === pair[1] ? path.slice(0, -1) : path;
    return { at: [...parent, pair[1]], value: load(pair[2]) };
  }
  if (quoted !== undefined) return { at: path, value: quoted };
  const name = SUCH_AS.exec(message)?.[1];
  if (name !== undefined) return { at: path, value: name };
  const bare = BARE.exec(message)?.[1];
  return bare === undefined || FOR_PEOPLE.test(bare) ? undefined : { at: path, value: load(bare) };
}

/** The inputs with what was said done to them; undefined where there is no such place. */
function done(inputs: Inputs, deed: Deed): Inputs | undefined {
  const copy = structuredClone(inputs);
  const last = deed.at.at(-1);
  if (last === undefined) return undefined;
  let holder: unknown = copy;
  for (const [i, key] of deed.at.slice(0, -1).entries()) {
    const inner: unknown = (holder as Record<string | number, unknown>)[key];
    if (inner === undefined && typeof deed.at[i + 1] === "string")
      (holder as Record<string | number, unknown>)[key] = {};
    holder = (holder as Record<string | number, unknown>)[key];
    if (typeof holder !== "object" || holder === null) return undefined;
  }
  if ("remove" in deed) {
    if (Array.isArray(holder)) holder.splice(Number(last), 1);
    else delete (holder as Inputs)[last];
  } else {
    const map = holder as Inputs;
    // A text, where one stands already: "5" beside "100".
    const wasText = typeof map[last] === "string" || deed.at.includes("parameters");
    if (typeof deed.value === "string" && SCHEME.test(deed.value))
      map[last] = String(map[last]).replace(/^\w+:\/\//, deed.value);
    else map[last] = wasText && typeof deed.value !== "object" ? String(deed.value) : deed.value;
  }
  return copy;
}

function judged(given: readonly Given[], settings: Settings, before?: readonly Given[]) {
  const resources = resourcesOf(given, true);
  const options = before === undefined ? {} : { before: resourcesOf(before, true) };
  const { findings, faults } = lint(resources, { settings, ...options });
  assert.deepEqual(faults, []);
  return { resources, findings: findings.filter(({ kind }) => kind === "violation") };
}

const placed = ({ rule, resource }: Finding) => `${rule.id} ${resource.type}/${resource.name}`;
const shown = ({ rule, resource, path, message }: Finding) =>
  `${rule.id}: ${resource.called} ${formatPath(path)}: ${message}`;

/** Rules whose messages name a field to write instead of a value: their fixes are tested as such. */
const namesFields = new Set(["cnpg-field-known", "k8s-pod-selector-labels", "cnpg-pooler-authentication"]);

/** Findings that follow when one is mended, and why they are no contradiction. */
const follows: Readonly<Record<string, { readonly rules: readonly string[]; readonly because: string }>> = {
  "k8s-cilium-empty-deny": {
    rules: ["k8s-network-policy-flows", "k8s-network-policy-operator"],
    because: "it denies now, as it was meant to, and the remedy says that allowances are needed then",
  },
  "k8s-network-policy-selects": {
    rules: ["k8s-network-policy-flows"],
    because: "the policy is for the Cluster now, and what it does not allow shows",
  },
};

/** The same where the resources run already, and are changed. */
const followsInRunning: typeof follows = {
  ...follows,
  "cnpg-recovery-target": {
    rules: ["cnpg-change-bootstrap"],
    because: "CNPG refuses such a Cluster, so that none runs",
  },
  "cnpg-server-name-explicit": {
    rules: ["cnpg-change-archive"],
    because: "the message has another name for a cluster that archives already",
  },
  "cnpg-recovery-database-differs": {
    rules: ["cnpg-change-bootstrap"],
    because: "the message says to leave it where the Cluster runs already",
  },
};

interface Mended {
  readonly label: string;
  readonly finding: Finding;
  readonly given: readonly Given[];
  readonly after: readonly Given[];
  readonly settings: Settings;
  readonly was: ReadonlySet<string>;
}

/** Every bad case of which a message says mechanically what to write, with that done. */
function mendedCases(): Mended[] {
  return allCases().flatMap((one) => {
    if (one.expect !== "violation" || one.before !== undefined || namesFields.has(one.rule)) return [];
    if (one.settings?.exemptions !== undefined) return [];
    if (!one.resources.every(({ token }) => token.startsWith("kubernetes:"))) return [];
    const pack = asleep.has(one.rule) ? { pack: "strict" } : {};
    const settings = readSettings({ ...pack, ...one.settings }, rules);
    const { resources, findings } = judged(one.resources, settings);
    const was = new Set(findings.map(placed));
    return findings.flatMap((finding) => {
      const deed = finding.rule.id === one.rule ? deedOf(finding) : undefined;
      const i = resources.indexOf(finding.resource);
      const inputs = deed && done(one.resources[i]?.inputs as Inputs, deed);
      if (inputs === undefined) return [];
      const after = one.resources.map((given, k) => (k === i ? { ...given, inputs } : given));
      return [{ label: `${one.rule}: ${one.name}`, finding, given: one.resources, after, settings, was }];
    });
  });
}

describe("what a finding says to write", () => {
  const all = mendedCases();

  it("is read mechanically of many cases and rules", () => {
    assert.ok(all.length >= 140, `${all.length}`);
    const ids = new Set(all.map(({ finding }) => finding.rule.id));
    assert.ok(ids.size >= 50, `${ids.size}`);
  });

  const check = (running: boolean) => {
    const allowed = running ? followsInRunning : follows;
    const found = new Set<string>();
    const contradictions = all.flatMap(({ label, finding, given, after, settings, was }) => {
      const { findings } = judged(after, settings, running ? given : undefined);
      return findings
        .filter((one) => one.level === "mandatory" && !was.has(placed(one)))
        .filter((one) => {
          const known = allowed[finding.rule.id]?.rules.includes(one.rule.id) === true;
          if (known) found.add(finding.rule.id);
          return !known;
        })
        .map((one) => `${label}\n  says ${shown(finding)}\n  then ${shown(one)}`);
    });
    assert.equal(contradictions.join("\n"), "");
    assert.deepEqual([...found].sort(), Object.keys(allowed).sort(), "no exception without a case");
  };
  it("breaks no mandatory rule that was kept before", () => check(false));
  it("breaks none about changes either, where the objects run already", () => check(true));

  it("is enough: the same is not said again", () => {
    const again = all.flatMap(({ label, finding, after, settings }) =>
      judged(after, settings)
        .findings.filter((one) => shown(one) === shown(finding))
        .map((one) => `${label}: ${shown(one)}`),
    );
    assert.equal(again.join("\n"), "");
  });
});
