import type { Origin } from "../core/resource";

/** Why something was left out, and what to do about it. Each says so of all its places at once. */
const reasons = {
  /** By the kustomization that names the patches. */
  patch: {
    finding: true,
    say: (by, places) =>
      `can't be judged: ${places} ${isOrAre(places)} of Kustomize and no whole object of CloudNativePG. What is judged is not what is applied. Build it first: kustomize build ${by} | cnpg-lint -`,
  },
  /** By what was left out: a part of an object that nothing is known to complete. */
  part: {
    finding: true,
    say: (_, places) =>
      `can't be judged: ${places} says only a part of an object of CloudNativePG, as a patch of Kustomize does. Build it first: kustomize build <folder> | cnpg-lint -`,
  },
  /** By the folder of a chart. */
  template: {
    finding: true,
    say: (by, places) =>
      `can't be judged: ${places} can be read only when it is rendered. Render it first: helm template <release> ${by} | cnpg-lint -`,
  },
  /** By the folder of templates that belong to no chart. */
  loose: {
    finding: true,
    say: (_, places) =>
      `can't be judged: ${places} can be read only when another tool has filled it in. Give cnpg-lint what that tool prints, as in: envsubst < db.yaml | cnpg-lint -`,
  },
  /** By the folder of a chart that Helm could not render. */
  helm: {
    finding: true,
    say: (by, places) =>
      `can't be judged: ${places} is a template, and helm could not render it. Render it with your values: helm template <release> ${by} -f <values> | cnpg-lint -`,
  },
  /** By what else the values come from. */
  release: {
    finding: true,
    say: (by, places) =>
      `can't be judged: ${places} installs the chart cnpg/cluster, and a part of its values is elsewhere: ${by}. Render it: helm template <release> cnpg/cluster -f <values> | cnpg-lint -`,
  },
  otherTemplate: {
    finding: false,
    say: (_, places) =>
      `${places}: a Helm template or one of another tool, of which nothing was judged; render it first: helm template <release> <chart> | cnpg-lint -`,
  },
  otherPatch: {
    finding: false,
    say: (_, places) =>
      `${places}: a patch of Kustomize, of which nothing was judged; build it first: kustomize build <folder> | cnpg-lint -`,
  },
  inner: {
    finding: false,
    say: (_, places) =>
      `${places}: an object of CloudNativePG within another one that may change it before it is applied; it was not judged.`,
  },
  text: {
    finding: false,
    say: (_, places) =>
      `${places}: a manifest of CloudNativePG as a text within another object; it was not judged. Give it to cnpg-lint as a file of its own.`,
  },
  values: {
    finding: false,
    say: (_, places) =>
      `${places}: values of a chart that seems to make a Cluster of CloudNativePG; they were not judged. Render it: helm template <release> <chart> -f <values> | cnpg-lint -`,
  },
  comment: {
    finding: false,
    say: (_, places) =>
      `${places}: a placeholder that begins with # and has no quotes is a comment to YAML, and the value is empty where nothing fills it in; it was judged as a placeholder.`,
  },
  language: {
    finding: false,
    say: (_, places) =>
      `${places}: objects of CloudNativePG in a language that is not read here; they were not judged. Judge what is applied: kubectl get clusters,scheduledbackups,objectstores -A -o yaml | cnpg-lint -`,
  },
} satisfies Readonly<
  Record<string, { readonly finding: boolean; readonly say: (by: string, places: string) => string }>
>;

/** See {@link LeftOut}. */
export type Reason = keyof typeof reasons;

interface Entry {
  readonly reason: Reason;
  readonly by: string;
  readonly places: Set<string>;
  readonly origin: Origin;
  readonly after: number;
}

/** What becomes of an entry that is a finding. */
export interface LeftFinding {
  readonly origin: Origin;
  readonly message: string;
  readonly after: number;
}

/** What was left out that may have been meant: told once for all that belongs together, and not line by line. */
export class LeftOut {
  private readonly entries = new Map<string, Entry>();

  /**
   * @param by what entries with the same reason have in common; empty if it is the reason alone
   * @param place as it is told; the same place counts once
   * @param at where a finding points
   */
  add(
    reason: Reason,
    by: string,
    place: string,
    at: { readonly origin: Origin; readonly after: number },
  ): void {
    const key = `${reason}\0${by}`;
    const entry = this.entries.get(key) ?? { reason, by, places: new Set(), ...at };
    entry.places.add(place);
    this.entries.set(key, entry);
  }

  get notes(): string[] {
    return this.all(false).map(({ reason, by, places }) => reasons[reason].say(by, named(places)));
  }

  get findings(): LeftFinding[] {
    return this.all(true).map(({ reason, by, places, origin, after }) => ({
      origin,
      message: reasons[reason].say(by, named(places)),
      after,
    }));
  }

  private all(finding: boolean): Entry[] {
    return [...this.entries.values()].filter(({ reason }) => reasons[reason].finding === finding);
  }
}

const MOST_NAMED = 3;

function named(places: ReadonlySet<string>): string {
  const all = [...places];
  const more = all.length - MOST_NAMED;
  return more > 1 ? `${all.slice(0, MOST_NAMED).join(", ")} and ${more} more` : all.join(", ");
}

function isOrAre(places: string): string {
  return /, | and /.test(places) ? "are patches" : "is a patch";
}
