import { addTo } from "./grouped";
import type { Resource } from "./resource";
import type { Stack } from "./stack";
import { Undecided, type View } from "./view";

/** A value, or why it can't be known yet. */
export type Maybe<T> = T | Undecided;

/** A role that somebody has on something, each part of it known or not. */
export interface Access {
  readonly resource: Resource;
  /** The field that names the member, or the policy that it is in. */
  readonly at: View;
  /** The bucket's name, the account's e-mail or number, the project. */
  readonly on: Maybe<string>;
  readonly role: Maybe<string>;
  readonly member: Maybe<string>;
  /** CEL expression of its condition; empty without one. */
  readonly condition: Maybe<string>;
}

/** The roles on one kind of thing, found by who has them. */
export class Accesses {
  /** What there are roles on. */
  readonly things = new Set<string>();
  private readonly byHolder = new Map<string, Access[]>();
  /** By thing, roles of members that are not known, or that anybody could be among. */
  private readonly open = new Map<string | undefined, Access[]>();

  constructor(readonly all: readonly Access[]) {
    for (const access of all) {
      const on = access.on instanceof Undecided ? undefined : access.on;
      const holder = access.member instanceof Undecided ? undefined : holderOf(access.member);
      if (on !== undefined) this.things.add(on);
      if (holder === undefined) addTo(this.open, on, access);
      else addTo(this.byHolder, holder, access);
    }
  }

  /**
   * The roles that any of these holders has.
   *
   * @param on on what; left out, on anything
   * @returns what is certain, and the first reason why there could be more: a value that is not known, or other members
   */
  of(holders: readonly string[], on?: string): Found {
    const sure: Access[] = [];
    let doubt: Found["doubt"];
    for (const access of holders.flatMap((holder) => this.byHolder.get(holder) ?? [])) {
      if (access.on instanceof Undecided && on !== undefined) doubt ??= access.on;
      else if (on === undefined || access.on === on) sure.push(access);
    }
    const things = on === undefined ? [...this.open.keys()] : [on, undefined];
    const open = things.flatMap((thing) => this.open.get(thing) ?? [])[0];
    if (open !== undefined) doubt ??= open.member instanceof Undecided ? open.member : "others";
    return { sure, doubt };
  }
}

/** What is certain of roles, and why there could be more. */
export interface Found {
  readonly sure: readonly Access[];
  readonly doubt: Undecided | "others" | undefined;
}

/** Whether there may be more than what is certain. Throws where that depends on a value that is not known yet. */
export function mayBeMore({ doubt }: Found): boolean {
  if (doubt instanceof Undecided) throw doubt;
  return doubt === "others";
}

/** Roles on buckets, on service accounts and on projects. */
export interface AccessMap {
  readonly buckets: Accesses;
  readonly accounts: Accesses;
  readonly projects: Accesses;
}

const known = new WeakMap<Stack, AccessMap>();

/** Every role that the stack's resources give. */
export function accessOf(stack: Stack): AccessMap {
  let map = known.get(stack);
  if (map === undefined) {
    map = {
      buckets: read(stack, "Bucket"),
      accounts: read(stack, "ServiceAccount"),
      projects: read(stack, "Project"),
    };
    known.set(stack, map);
  }
  return map;
}

/** What there are roles on, as the types of the resources that give them begin. */
export type Thing = "Bucket" | "ServiceAccount" | "Project";

/** What such a resource gives roles on: the bucket's name, the account's e-mail or number, the project. */
export function targetOf(thing: Thing, view: View): string {
  switch (thing) {
    case "Bucket":
      return (view.text("bucket") ?? "").replace(/^b\//, "");
    case "ServiceAccount":
      return (view.text("serviceAccountId")?.split("/").at(-1) ?? "").toLowerCase();
    case "Project":
      return (view.text("project") ?? "").replace(/^projects\//, "");
  }
}

/** A Kubernetes service account in a member: `<namespace>/<name>`, of either form of Workload Identity. */
export function workloadOf(member: string): string | undefined {
  const impersonating = /^serviceAccount:[^[\]]+\.svc\.id\.goog\[([^\]/]+\/[^\]/]+)\]$/.exec(member)?.[1];
  if (impersonating !== undefined) return impersonating;
  const [, namespace, name] = /\/subject\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(member) ?? [];
  return namespace === undefined ? undefined : `${namespace}/${name}`;
}

/** Who a member is: `ksa:<namespace>/<name>`, `namespace:<namespace>`, or the member itself; undefined for groups. */
function holderOf(member: string): string | undefined {
  const workload = workloadOf(member);
  if (workload !== undefined) return `ksa:${workload}`;
  const [, all] = /^principalSet:.*\.svc\.id\.goog\/namespace\/([^/]+)$/.exec(member) ?? [];
  if (all !== undefined) return `namespace:${all}`;
  return /^(group:|principalSet:|all(Authenticated)?Users$)/.test(member) ? undefined : member.toLowerCase();
}

/** How {@link Accesses} calls a Kubernetes service account. */
export const workloadHolders = (namespace: string, name: string): string[] => [
  `ksa:${namespace}/${name}`,
  `namespace:${namespace}`,
];

/** How {@link Accesses} calls a Google service account. */
export const accountHolder = (email: string): string => `serviceaccount:${email.toLowerCase()}`;

function read(stack: Stack, thing: Thing): Accesses {
  const on = (view: View) => attempt(() => targetOf(thing, view));
  const all: Access[] = [];
  for (const kind of ["IAMMember", "IAMBinding"])
    for (const resource of stack.ofType(`gcp:${thing}${kind}`)) {
      const { view } = resource;
      const shared = {
        resource,
        on: on(view),
        role: attempt(() => view.text("role") ?? ""),
        condition: attempt(() => view.text("condition", "expression") ?? ""),
      };
      const single = view.at("member");
      const members = single.exists ? [single] : attempt(() => view.list("members"));
      if (members instanceof Undecided) all.push({ ...shared, at: view.at("members"), member: members });
      else all.push(...members.map((at) => ({ ...shared, at, member: attempt(() => at.text() ?? "") })));
    }
  for (const resource of stack.ofType(`gcp:${thing}IAMPolicy`)) {
    const at = resource.view.at("policyData");
    const bindings = attempt(() => bindingsOf(at.text() ?? ""));
    const target = on(resource.view);
    if (bindings instanceof Undecided)
      all.push({ resource, at, on: target, role: bindings, member: bindings, condition: bindings });
    else all.push(...bindings.map((binding) => ({ resource, at, on: target, ...binding })));
  }
  return new Accesses(all);
}

type Binding = { readonly role: string; readonly member: string; readonly condition: string };

/** What a policy's JSON binds; nothing if it is no such JSON. */
function bindingsOf(text: string): Binding[] {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    return [];
  }
  const { bindings } = (policy ?? {}) as { bindings?: unknown };
  return (Array.isArray(bindings) ? bindings : []).flatMap((binding: unknown) => {
    const { role, members, condition } = (binding ?? {}) as Record<string, unknown>;
    const expression = (condition as { expression?: unknown } | null | undefined)?.expression;
    return (Array.isArray(members) ? members : []).map((member: unknown) => ({
      role: String(role ?? ""),
      member: String(member),
      condition: typeof expression === "string" ? expression : "",
    }));
  });
}

/** What a reading gives, or why it can't be known yet. */
export function attempt<T>(read: () => T): Maybe<T> {
  try {
    return read();
  } catch (error) {
    if (error instanceof Undecided) return error;
    throw error;
  }
}
