import type { Asked, Made, Properties, Provider } from "../../offline/provider";

/** What goes wrong: the call fails before it did anything, or did it and its answer is lost. */
export type Fault = "refused" | "answer lost";

/** Which call goes wrong, once. */
export interface Failing {
  readonly call: "create" | "update" | "delete";
  /** Name of the resource with its type, such as `Bucket dev`. */
  readonly resource: string;
  readonly fault: Fault;
}

interface Binding {
  readonly role: string;
  readonly member: string;
  readonly condition: string;
}

/**
 * Google Cloud as far as our resources see it, outside of Pulumi's state: names are taken once, a role needs its bucket and its
 * account to be there, and a policy is a set. It refuses what Google refuses, so a wrong order shows.
 */
export class CloudOfGoogle {
  readonly buckets = new Map<string, Properties>();
  readonly accounts = new Map<string, Properties>();
  /** By bucket or account. */
  readonly policies = new Map<string, Set<string>>();
  /** What nobody refuses and nobody wants: roles of accounts that are gone. */
  readonly leftBehind: string[] = [];
  failing: Failing | undefined;
  /** Every call that came, in order. */
  readonly calls: string[] = [];

  /** Begins with what another one has. */
  begin(other: CloudOfGoogle): void {
    for (const [name, bucket] of other.buckets) this.buckets.set(name, bucket);
    for (const [email, account] of other.accounts) this.accounts.set(email, account);
    for (const [of, bindings] of other.policies) this.policies.set(of, new Set(bindings));
  }

  /** All that is there, to compare two of them. */
  get content(): unknown {
    return {
      buckets: [...this.buckets].sort(),
      accounts: [...this.accounts].sort(),
      policies: [...this.policies].map(([of, bindings]) => [of, [...bindings].sort()]).sort(),
    };
  }

  /** Its provider, with the rules of the offline stand-in for the rest. */
  provider(offline: Provider): Provider {
    return {
      ...offline,
      create: (asked) => this.guarded("create", asked, () => this.create(asked), offline),
      update: async (asked) => {
        if (asked.preview) return offline.update(asked);
        return this.guarded("update", asked, () => {
          const { inputs } = asked;
          if (asked.type.endsWith(":Bucket")) this.buckets.set(String(inputs.name), inputs);
          else if (asked.type.endsWith(":Account")) this.accounts.set(emailOf(inputs), inputs);
          else throw new Error(`${asked.type} has no update in place`);
          return offline.update(asked);
        });
      },
      delete: (asked) =>
        this.guarded("delete", asked, async () => {
          this.remove(asked);
          await offline.delete(asked);
        }),
    };
  }

  private async guarded<T>(
    call: Failing["call"],
    asked: Asked,
    work: () => T | Promise<T>,
    offline?: Provider,
  ): Promise<T> {
    if (asked.preview) return (await offline?.create(asked)) as T;
    const resource = `${asked.type.split(":").at(-1)} ${asked.urn.split("::").at(-1)}`;
    this.calls.push(`${call} ${resource}`);
    const fails =
      this.failing?.call === call && this.failing.resource === resource ? this.failing : undefined;
    if (fails !== undefined) this.failing = undefined;
    if (fails?.fault === "refused")
      throw new Error("googleapi: Error 503: Service Unavailable, backendError");
    const result = await (offline === undefined ? work() : this.created(asked, offline, work as () => void));
    if (fails !== undefined) throw new Error("googleapi: the connection was reset");
    return result as T;
  }

  private created(asked: Asked, offline: Provider, work: () => void): Promise<Made> {
    work();
    return offline.create(asked);
  }

  private create({ type, inputs }: Asked): never {
    if (type.endsWith(":Bucket")) {
      const name = String(inputs.name);
      if (this.buckets.has(name))
        throw new Error(
          `googleapi: Error 409: Your previous request to create the named bucket succeeded and you already own it. (${name})`,
        );
      this.buckets.set(name, inputs);
      this.policies.set(name, new Set());
    } else if (type.endsWith(":Account")) {
      const email = emailOf(inputs);
      if (this.accounts.has(email))
        throw new Error(`googleapi: Error 409: Service account ${email} already exists within project`);
      this.accounts.set(email, inputs);
      this.policies.set(email, new Set());
    } else {
      const [of, binding] = bindingOf(inputs);
      const policy = this.policies.get(of);
      if (policy === undefined) throw new Error(`googleapi: Error 404: ${of} does not exist`);
      const [, account] = /^serviceAccount:([^[\]]+@[^[\]]+)$/.exec(binding.member) ?? [];
      if (account !== undefined && !this.accounts.has(account))
        throw new Error(`googleapi: Error 400: Service account ${account} does not exist`);
      policy.add(JSON.stringify(binding));
    }
    return undefined as never;
  }

  private remove({ type, inputs }: Asked): void {
    if (type.endsWith(":Bucket")) {
      this.buckets.delete(String(inputs.name));
      this.policies.delete(String(inputs.name));
    } else if (type.endsWith(":Account")) {
      const email = emailOf(inputs);
      this.accounts.delete(email);
      this.policies.delete(email);
      for (const [of, policy] of this.policies)
        for (const binding of policy)
          if ((JSON.parse(binding) as Binding).member === `serviceAccount:${email}`)
            this.leftBehind.push(`${of}: ${binding}`);
    } else {
      // The policy of what is gone is gone with it, which is what the provider takes it for.
      const [of, binding] = bindingOf(inputs);
      this.policies.get(of)?.delete(JSON.stringify(binding));
    }
  }
}

function bindingOf(inputs: Properties): [of: string, binding: Binding] {
  const { bucket, serviceAccountId, role, member, condition } = inputs as Record<string, string> & {
    condition?: { expression?: string };
  };
  const of = bucket ?? serviceAccountId?.split("/").at(-1) ?? "";
  return [of, { role: String(role), member: String(member), condition: condition?.expression ?? "" }];
}

const emailOf = ({ accountId, project }: Properties): string =>
  `${String(accountId)}@${String(project)}.iam.gserviceaccount.com`;
