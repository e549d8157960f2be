import { attempt, targetOf } from "../core/access";
import { backupBuckets } from "../core/backupBucket";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import { letsImpersonate, permissionsOf } from "../core/storageRoles";
import { Undecided } from "../core/view";

/** What has a policy of its own, as the types of its resources begin. */
const things = ["Bucket", "ServiceAccount", "Project"] as const;

/** The whole policy, all members of a role, and one member. */
const kinds = ["IAMPolicy", "IAMBinding", "IAMMember"] as const;

/** A resource that gives roles on one thing. */
interface Grant {
  readonly kind: (typeof kinds)[number];
  readonly resource: Resource;
}

const isAuthoritative = ({ kind }: Grant) => kind !== "IAMMember";

export default stackRule({
  id: "iam-authoritative",
  title: "No binding or policy of IAM takes away what another resource grants.",
  severity: "high",
  tags: ["identity", "backup"],
  why: "An IAMBinding makes its members the only ones that have a role, and an IAMPolicy its bindings the only ones there are. Beside another resource for the same role, each takes away what the other granted: who wins is the one that was written last, at every update, and the cluster that loses gets 403 for its WAL. Pulumi says nothing of it.",
  remedy:
    "Write an IAMMember for each member instead: it adds one and leaves all others alone. Or name all members in one binding, and nobody anywhere else.",
  url: "https://www.pulumi.com/registry/packages/gcp/api-docs/storage/bucketiambinding/",
  types: things.flatMap((thing) => [`gcp:${thing}IAMBinding`, `gcp:${thing}IAMPolicy`]),
  judge({ stack, report, part }) {
    const buckets = backupBuckets(stack);
    for (const thing of things) {
      const grants = kinds.flatMap((kind): Grant[] =>
        stack.ofType(`gcp:${thing}${kind}`).map((resource) => ({ kind, resource })),
      );
      const targets = new Map(grants.map((one) => [one, attempt(() => targetOf(thing, one.resource.view))]));
      for (const one of grants.filter(isAuthoritative))
        part(() => {
          const on = targetOf(thing, one.resource.view);
          if (thing === "Bucket" && !buckets.has(on)) return;
          const role = one.resource.view.at("role");
          if (one.kind === "IAMBinding" && thing !== "Bucket" && !concerns(role.text() ?? "")) return;
          const others = grants.filter((other) => other !== one && meet(targets, one, other));
          if (others.length === 0) return;
          const names = others.map(called);
          const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
          report(
            one.resource,
            one.kind === "IAMPolicy" ? ["policyData"] : role,
            `is the only one to say who has ${one.kind === "IAMPolicy" ? "any role" : (role.text() ?? "")} on ${thing === "Bucket" ? `the bucket "${on}"` : on}, ` +
              `and takes away what ${names.slice(0, 3).join(", ")}${more} grants there. Write an IAMMember for each member.`,
          );
        });
    }
  },
});

/** Whether a role on accounts or projects has to do with a bucket of backups, or with who may act as an account. */
const concerns = (role: string) => letsImpersonate(role) || permissionsOf(role)?.length !== 0;

/** What each grant is on, or that it is not known. */
type Targets = ReadonlyMap<Grant, string | Undecided>;

/** Whether two resources are about the same role on the same thing. Throws where that depends on what is not known yet. */
function meet(targets: Targets, one: Grant, other: Grant): boolean {
  const whole = one.kind === "IAMPolicy" || other.kind === "IAMPolicy";
  const [onOne, onOther] = [targets.get(one), targets.get(other)];
  const sameTarget = [onOne, onOther].find((on) => on instanceof Undecided) ?? onOne === onOther;
  if (sameTarget === false) return false;
  const [a, b] = [one.resource.view, other.resource.view];
  // What is known to differ says enough, whatever else is not known.
  const same = [
    sameTarget,
    ...(whole
      ? []
      : ["role", "expression", "title", "description"].map((key) => {
          const path = key === "role" ? [key] : ["condition", key];
          return attempt(() => (a.text(...path) ?? "") === (b.text(...path) ?? ""));
        })),
  ];
  if (same.includes(false)) return false;
  const doubt = same.find((each) => each instanceof Undecided);
  if (doubt instanceof Undecided) throw doubt;
  return true;
}

/** A grant as its program calls it: it has no name in Google Cloud. */
const called = ({ kind, resource }: Grant) =>
  `${resource.type.replace(/^gcp:/, "").replace(kind, ` ${kind}`)} ${resource.origin.urn?.split("::").at(-1) ?? ""}`.trim();
