import type { View } from "./view";

/** Whether a selector selects something: `maybe` where labels of it are not known. */
export type Verdict = "yes" | "no" | "maybe";

/** Labels of a pod, as far as they are known. */
export interface Labels {
  /** Value by key; undefined for a label that may be there with any value. */
  readonly known: ReadonlyMap<string, string | undefined>;
  /** Whether there may be labels besides. */
  readonly open: boolean;
  /** How labels begin that are not among those. */
  readonly never?: string;
}

/** Labels from a map, where null is a value that is not known. */
export function labels(known: Readonly<Record<string, string | null>>, open = false): Labels {
  return { known: new Map(Object.entries(known).map(([key, value]) => [key, value ?? undefined])), open };
}

/** One requirement of a selector. */
export interface Requirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values: readonly string[];
}

/** The requirements of `matchLabels` and `matchExpressions`; none select everything. */
export function requirementsOf(selector: View): Requirement[] {
  const exact = selector.keys("matchLabels").map(
    (key): Requirement => ({
      key: plainKey(key),
      operator: "In",
      values: [selector.scalar("matchLabels", key) ?? ""],
    }),
  );
  const expressions = selector.list("matchExpressions").flatMap((expression): Requirement[] => {
    const operator = expression.text("operator");
    if (operator !== "In" && operator !== "NotIn" && operator !== "Exists" && operator !== "DoesNotExist")
      return [];
    return [{ key: plainKey(expression.text("key") ?? ""), operator, values: expression.texts("values") }];
  });
  return [...exact, ...expressions];
}

/** Whether requirements are met by labels. */
export function meets(requirements: readonly Requirement[], { known, open, never }: Labels): Verdict {
  let verdict: Verdict = "yes";
  for (const { key, operator, values } of requirements) {
    const there = known.has(key);
    const value = known.get(key);
    const mayBe = open && (never === undefined || !key.startsWith(never));
    if (there ? value === undefined : mayBe) {
      verdict = "maybe";
      continue;
    }
    const met =
      operator === "Exists"
        ? there
        : operator === "DoesNotExist"
          ? !there
          : (value !== undefined && values.includes(value)) === (operator === "In");
    if (!met) return "no";
  }
  return verdict;
}

/** The one cluster whose pods requirements ask for; undefined if they ask for no or several ones. */
export function clusterIn(requirements: readonly Requirement[]): string | undefined {
  return requirements.find(
    ({ key, operator, values }) => key === "cnpg.io/cluster" && operator === "In" && values.length === 1,
  )?.values[0];
}

/** Cilium writes where a label is from before its key. */
function plainKey(key: string): string {
  return key.replace(/^(k8s|any):/, "");
}
