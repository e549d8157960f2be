import { canonical, get, text } from "../properties";
import type { Declared } from "../providers";
import {
  type Answer,
  accountPolicyQuestion,
  accountQuestion,
  bucketPolicyQuestion,
  bucketQuestion,
  emailIn,
  type Question,
  types,
} from "./questions";

/** One thing that a stack declares, and how it is. */
export interface Look {
  /** `✓` looked at and as declared, `✗` looked at and not so, `–` not looked at. */
  readonly mark: "✓" | "✗" | "–";
  /** What it is of, such as `gs://acme-dev-postgres-backups`. */
  readonly of: string;
  readonly what: string;
  /** What is there; of `✗` what to do too, of `–` why. */
  readonly detail: string;
}

/** Answers by the question, joined by blanks. */
export type Answers = ReadonlyMap<string, Answer>;

const putRight = "`pulumi up --refresh` puts it right";

/** Compares what a stack declares of Google's with what is there. Pure: it asks nobody. */
export function compareCloud(declared: readonly Declared[], answers: Answers): Look[] {
  const of = (type: string) => declared.filter((one) => one.type === type).map(({ inputs }) => inputs);
  const asked = (question: Question): Answer =>
    answers.get(question.join(" ")) ?? { unseen: "it was not asked for" };
  const own = new Set(of(types.bucket).map((inputs) => text(inputs, "name")));
  const grants = of(types.grant);
  const others = new Set(grants.map((inputs) => text(inputs, "bucket")).filter((name) => !own.has(name)));
  return [
    ...of(types.bucket).flatMap((inputs) => bucketLooks(inputs, asked(bucketQuestion(text(inputs, "name"))))),
    ...[...others].flatMap((name) => othersBucket(name, asked(bucketQuestion(name)))),
    // Where a stack only reads, a retention policy is its owner's business.
    ...[...new Set(grants.filter(writes).map((inputs) => text(inputs, "bucket")))].flatMap((name) =>
      holding(name, asked(bucketQuestion(name))),
    ),
    ...[...own, ...others].flatMap((name) => strangers(name, asked(bucketPolicyQuestion(name)))),
    ...grants.map((inputs) =>
      bindingLook(
        `gs://${text(inputs, "bucket")}`,
        inputs,
        asked(bucketPolicyQuestion(text(inputs, "bucket"))),
      ),
    ),
    ...[...new Set(of(types.member).map((inputs) => emailIn(text(inputs, "serviceAccountId"))))].map(
      (email) => accountLook(email, asked(accountQuestion(email))),
    ),
    ...of(types.member).map((inputs) => {
      const email = emailIn(text(inputs, "serviceAccountId"));
      return bindingLook(email, inputs, asked(accountPolicyQuestion(email)));
    }),
  ];
}

/** 0 if all was looked at and is as declared, 1 if something is not, 2 if something could not be looked at. */
export function exitCodeOf(looks: readonly Look[]): number {
  if (looks.some(({ mark }) => mark === "✗")) return 1;
  return looks.some(({ mark }) => mark === "–") ? 2 : 0;
}

/** What can't be compared, because there is nothing or nobody saw it; undefined if there is something. */
function absent(of: string, what: string, answer: Answer): Look | undefined {
  if ("unseen" in answer) return { mark: "–", of, what, detail: answer.unseen };
  if ("missing" in answer)
    return {
      mark: "✗",
      of,
      what,
      detail: `there is none; \`pulumi up\` makes it, \`pulumi up --refresh\` if it was deleted`,
    };
  return undefined;
}

function same(of: string, what: string, wanted: unknown, there: unknown, remedy = putRight): Look {
  const agrees = canonical(wanted) === canonical(there);
  const detail = agrees ? show(there) : `${show(there)}; declared is ${show(wanted)}: ${remedy}`;
  return { mark: agrees ? "✓" : "✗", of, what, detail };
}

const notChangeable =
  "it can't be changed; make a bucket of another name (backups.bucket) with a new generation of each cluster";

function bucketLooks(inputs: unknown, answer: Answer): Look[] {
  const of = `gs://${text(inputs, "name")}`;
  const gone = absent(of, "bucket", answer);
  if (gone !== undefined) return [gone];
  const found = (answer as { found: unknown }).found;
  const labels = (get(inputs, "labels") ?? {}) as Record<string, unknown>;
  const rules = (get(inputs, "lifecycleRules") ?? []) as unknown[];
  return [
    same(of, "location", text(inputs, "location"), get(found, "location"), notChangeable),
    same(of, "storage class", text(inputs, "storageClass"), get(found, "storageClass")),
    same(
      of,
      "lifecycle",
      sorted(rules.map(ruleOfApi)),
      sorted((get(found, "lifecycle", "rule") ?? []) as unknown[]),
    ),
    same(
      of,
      "versioning",
      get(inputs, "versioning", "enabled"),
      get(found, "versioning", "enabled") ?? false,
    ),
    same(
      of,
      "soft delete, seconds",
      Number(get(inputs, "softDeletePolicy", "retentionDurationSeconds")),
      Number(get(found, "softDeletePolicy", "retentionDurationSeconds") ?? 0),
    ),
    same(
      of,
      "uniform access",
      get(inputs, "uniformBucketLevelAccess"),
      get(found, "iamConfiguration", "uniformBucketLevelAccess", "enabled") ?? false,
    ),
    same(
      of,
      "public access prevention",
      text(inputs, "publicAccessPrevention"),
      get(found, "iamConfiguration", "publicAccessPrevention"),
    ),
    same(
      of,
      "key",
      get(inputs, "encryption", "defaultKmsKeyName") ?? "Google's own",
      get(found, "encryption", "defaultKmsKeyName") ?? "Google's own",
    ),
    same(
      of,
      "labels",
      labels,
      // The provider adds one of its own, and others may have.
      Object.fromEntries(Object.keys(labels).map((key) => [key, get(found, "labels", key) ?? "none"])),
    ),
  ];
}

/** A rule as the API has it: the state of an object is a flag there. */
function ruleOfApi(rule: unknown): unknown {
  const { withState, ...condition } = (get(rule, "condition") ?? {}) as Record<string, unknown>;
  return {
    action: get(rule, "action"),
    condition: { ...condition, ...(withState !== undefined && { isLive: withState === "LIVE" }) },
  };
}

/** A bucket of somebody else's: conditions work with uniform access only, and nothing else of it is declared. */
function othersBucket(name: string, answer: Answer): Look[] {
  const of = `gs://${name}`;
  const gone = absent(of, "bucket of somebody else's", answer);
  if (gone !== undefined)
    return [{ ...gone, ...(gone.mark === "✗" && { detail: "there is none, and this stack makes none" }) }];
  const enabled =
    get((answer as { found: unknown }).found, "iamConfiguration", "uniformBucketLevelAccess", "enabled") ??
    false;
  const remedy = "its owner turns it on; without, conditions of grants don't work";
  return [same(of, "uniform access", true, enabled, remedy)];
}

const writes = (grant: unknown): boolean => text(grant, "role") === "roles/storage.objectUser";

/** What keeps Barman from writing `backup.info` a second time at the end of a base backup (barman issue 1195), so that none completes. */
function holding(name: string, answer: Answer): Look[] {
  if (!("found" in answer)) return [];
  const of = `gs://${name}`;
  const seconds = Number(get(answer.found, "retentionPolicy", "retentionPeriod") ?? 0);
  const look = (what: string, detail: string): Look => ({ mark: "✗", of, what, detail });
  return [
    ...(seconds > 0
      ? [
          look(
            "no retention policy",
            get(answer.found, "retentionPolicy", "isLocked") === true
              ? `${seconds} seconds, locked, and no base backup can complete: make a bucket of another name`
              : `${seconds} seconds, and no base backup can complete: gcloud storage buckets update ${of} --clear-retention-period`,
          ),
        ]
      : []),
    ...(get(answer.found, "defaultEventBasedHold") === true
      ? [
          look(
            "no holds",
            `new objects are held, and no base backup can complete: gcloud storage buckets update ${of} --no-default-event-based-hold`,
          ),
        ]
      : []),
  ];
}

interface Binding {
  readonly role?: string;
  readonly members?: readonly string[];
  readonly condition?: { readonly expression?: string };
}

const bindingsIn = (answer: Answer): readonly Binding[] =>
  "found" in answer ? ((get(answer.found, "bindings") ?? []) as readonly Binding[]) : [];

/** Nobody who is everybody. What others were given is not this stack's to judge. */
function strangers(name: string, answer: Answer): Look[] {
  const of = `gs://${name}`;
  if (!("found" in answer)) return [];
  const open = bindingsIn(answer).filter(({ members = [] }) =>
    members.some((member) => ["allUsers", "allAuthenticatedUsers"].includes(member)),
  );
  const remedy = `gcloud storage buckets remove-iam-policy-binding ${of}`;
  return [
    open.length === 0
      ? { mark: "✓", of, what: "not public", detail: "no role for allUsers or allAuthenticatedUsers" }
      : {
          mark: "✗",
          of,
          what: "not public",
          detail: `everybody has ${open.map(({ role }) => role).join(", ")}: ${remedy}`,
        },
  ];
}

function accountLook(email: string, answer: Answer): Look {
  const gone = absent(email, "service account", answer);
  if (gone !== undefined) return gone;
  const disabled = get((answer as { found: unknown }).found, "disabled") === true;
  return {
    mark: disabled ? "✗" : "✓",
    of: email,
    what: "service account",
    detail: disabled
      ? `it is disabled: gcloud iam service-accounts enable ${email}`
      : "is there, and enabled",
  };
}

function bindingLook(of: string, inputs: unknown, answer: Answer): Look {
  const role = text(inputs, "role");
  const member = text(inputs, "member");
  const what = `${role} for ${member}`;
  const gone = absent(of, what, answer);
  if (gone !== undefined) return gone;
  const wanted = text(inputs, "condition", "expression");
  const all = bindingsIn(answer).filter((binding) => binding.role === role);
  const theirs = all.filter(({ members = [] }) => members.includes(member));
  const found = theirs.find(({ condition }) => (condition?.expression ?? "") === wanted);
  const only =
    wanted === "" ? "without a condition" : text(inputs, "condition", "description") || "with its condition";
  if (found !== undefined) return { mark: "✓", of, what, detail: only };
  const others = theirs.map(({ condition }) => condition?.expression ?? "no condition");
  const deleted = all
    .flatMap(({ members = [] }) => members)
    .some((one) => one.startsWith(`deleted:${member}`));
  const why =
    others.length > 0
      ? `it is there with ${others.join(" and ")}; declared is ${wanted || "no condition"}`
      : deleted
        ? "it is there for a deleted account of that name, which is another one"
        : "it is not there";
  return { mark: "✗", of, what, detail: `${why}: ${putRight}` };
}

const sorted = (all: readonly unknown[]): unknown[] =>
  [...all].sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));

const show = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
