import { Account } from "@pulumi/gcp/serviceaccount/account";
import { IAMMember } from "@pulumi/gcp/serviceaccount/iammember";
import { BucketIAMMember } from "@pulumi/gcp/storage/bucketIAMMember";
import * as pulumi from "@pulumi/pulumi";
import { IdentityMode } from "../args/backup";
import { defaults } from "../args/defaults";
import { JobPurpose } from "../args/export";
import type { BackupIdentityArgs } from "../args/identity";
import { archiveServerName } from "../backup/decide";
import { Check } from "../check";
import { decideIdentity, keyOf } from "../identity/decide";
import { sharedJobs } from "../identity/jobs";
import { memberOf } from "../identity/member";
import { workloadIdentityRole } from "../identity/roles";
import type { JobTenant } from "../plan/dumps";
import type { AccountPlan, BucketGrant, IdentityPlan, Reader, Tenant } from "../plan/identity";
import { shapedProblems } from "../shape";
import {
  bucketName,
  clusterName,
  gcpProjectId,
  iamMember,
  namespaceName,
  objectPrefix,
  parseInstant,
} from "../units";
import { DumpFolder } from "../units/dumpFolder";
import { ObjectStoreLocation } from "../units/location";
import { Workload } from "../units/workload";
import { notingChange } from "./archiveChanges";
import { bucketAmong } from "./backupBucket";
import { splitDependsOn } from "./options";
import { type PropagationHooks, propagationHooks } from "./propagation";

/**
 * Lets clusters write their backups to a bucket, with no key anywhere: service account, Workload Identity
 * member for every `<namespace>/<cluster>`, and least privilege on the bucket.
 *
 * @example
 * const access = new BackupIdentity("prod", {
 *   project: "acme-prod", bucket: "acme-prod-postgres-backups",
 *   tenants: [{ namespace: "orders", cluster: "orders-db" }],
 * });
 *
 * @throws InvalidSettings with every problem, before anything is registered.
 */
export class BackupIdentity extends pulumi.ComponentResource {
  /** `<namespace>/<cluster>` to the IAM member that its pods are. */
  public readonly members: pulumi.Output<{ [workload: string]: string }>;
  /** `<namespace>/<cluster>` to the e-mail of the account that its pods act as; empty with mode `direct`. */
  public readonly emails: pulumi.Output<{ [workload: string]: string }>;

  constructor(name: string, args: BackupIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    const { plan, tenants } = decide(name, args);
    // The bucket has to be there before a role on it; the component itself need not wait.
    const { dependsOn, rest } = splitDependsOn(opts);
    super("pulumi-cnpg:index:BackupIdentity", name, {}, rest);
    grantsByIdentity.set(this, declareIdentity(name, args, plan, this, dependsOn));
    this.members = pulumi.output(
      Object.fromEntries(
        tenants.map(({ workload }) => [
          workload.toString(),
          memberOf(args.project, args.projectNumber, plan, workload),
        ]),
      ),
    );
    this.emails = pulumi.output(Object.fromEntries(plan.emails));
    this.registerOutputs({ members: this.members, emails: this.emails });
  }
}

function decide(name: string, args: BackupIdentityArgs): { plan: IdentityPlan; tenants: Tenant[] } {
  const problems = shapedProblems("BackupIdentity", name, args);
  const check = new Check(problems);
  check.parse("project", args.project, gcpProjectId);
  check.parse("bucket", args.bucket, bucketName);
  const tenants = args.tenants.map((tenant, i): Tenant => {
    const at = check.at("tenants").at(i);
    at.parse("namespace", tenant.namespace, namespaceName);
    at.parse("cluster", tenant.cluster, clusterName);
    const prefix = tenant.prefix ?? `cnpg/${tenant.cluster}`;
    at.parse("prefix", prefix, objectPrefix);
    at.at("reads").parse("bucket", tenant.reads?.bucket, bucketName);
    at.at("reads").parse("prefix", tenant.reads?.prefix, objectPrefix);
    const server = archiveServerName(tenant.cluster, 1);
    return {
      workload: new Workload(tenant.namespace, tenant.cluster),
      location: new ObjectStoreLocation(args.bucket, prefix, server),
      source: tenant.reads && new ObjectStoreLocation(tenant.reads.bucket, tenant.reads.prefix, server),
    };
  });
  const readers = (args.readers ?? []).flatMap((reader, i): Reader[] => {
    const at = check.at("readers").at(i);
    const name = new Workload(reader.namespace, reader.cluster).toString();
    const of = tenants.find(({ workload }) => workload.toString() === name);
    if (of === undefined) at.fail("cluster", name, "one of the tenants");
    at.parse("member", reader.member, iamMember);
    const expires = at.parse("expires", reader.expires, parseInstant)?.text;
    return of === undefined ? [] : [{ of, member: reader.member, expires }];
  });
  const jobs = (args.jobs ?? []).map((job, i): JobTenant => {
    const at = check.at("jobs").at(i);
    at.parse("namespace", job.namespace, namespaceName);
    at.parse("cluster", job.cluster, clusterName);
    at.parse("bucket", job.bucket, bucketName);
    at.parse("prefix", job.prefix, objectPrefix);
    at.parse("sharedPrefix", job.sharedPrefix, objectPrefix);
    const purpose = at.oneOf("purpose", job.purpose, JobPurpose) ?? JobPurpose.Export;
    return {
      workload: new Workload(job.namespace, job.cluster).job(purpose),
      purpose,
      folder: new DumpFolder(job.bucket, job.prefix),
      ofGoogle: true,
      sharedFolder: new DumpFolder(job.bucket, job.sharedPrefix ?? job.prefix),
      grant: job.grant ?? true,
    };
  });
  const plan = decideIdentity(check, {
    namesKnown: true,
    project: args.project,
    projectNumber: args.projectNumber,
    environment: args.environment ?? name,
    mode: check.oneOf("mode", args.mode, IdentityMode) ?? defaults.EnvironmentBackups.identity,
    modeIs: "mode",
    serviceAccount: args.serviceAccount,
    tenants,
    readers,
    jobs,
  });
  problems.throwIfAny(`BackupIdentity ${name}`);
  return { plan, tenants };
}

/** What a cluster waits for, kept beside the component: a field would become one of its outputs. */
const grantsByIdentity = new WeakMap<BackupIdentity, Map<string, pulumi.Resource[]>>();

/** The grants that a workload needs, and no others': a hundred clusters don't each depend on a hundred members. */
export function grantsOf(identity: BackupIdentity, workload: Workload): pulumi.Resource[] {
  const grants = grantsByIdentity.get(identity);
  return [...(grants?.get("") ?? []), ...(grants?.get(workload.toString()) ?? [])];
}

/** The same for the account that a cluster's exports or imports run as. */
export function jobGrantsOf(identity: BackupIdentity, workload: Workload): pulumi.Resource[] {
  const grants = grantsByIdentity.get(identity);
  const shared = Object.values(JobPurpose).filter((purpose) => workload.cluster.endsWith(`-${purpose}`));
  return [
    ...shared.flatMap((purpose) => grants?.get(sharedJobs(purpose)) ?? []),
    ...(grants?.get(workload.toString()) ?? []),
  ];
}

/** Declares accounts, members and grants, and returns them by workload; under "" those that all share. */
function declareIdentity(
  name: string,
  args: BackupIdentityArgs,
  plan: IdentityPlan,
  parent: pulumi.Resource,
  bucketFirst: pulumi.Resource[],
): Map<string, pulumi.Resource[]> {
  const hooks = propagationHooks();
  const declared = new Map<string, pulumi.Resource[]>();
  const note = (key: string, resource: pulumi.Resource): void => {
    declared.set(key, [...(declared.get(key) ?? []), resource]);
  };
  const accounts = new Map<string, Account>();
  for (const account of plan.accounts) {
    const child = declareAccount(name, args.project, plan, account, parent);
    accounts.set(`serviceAccount:${account.email}`, child);
    for (const tenant of account.tenants)
      note(keyOf(tenant), declareMember(name, args.project, account, tenant, child, hooks, parent));
  }
  for (const grant of plan.grants) {
    const account = accounts.get(grant.member);
    const dependsOn = [...bucketFirst, ...(account === undefined ? [] : [account])];
    // A bucket that is made anew, in another location, has no grants.
    const replaceWith = bucketAmong(bucketFirst, grant.bucket);
    const within = replaceWith.length > 0 && { replaceWith, deleteBeforeReplace: true };
    note(grant.workload ?? "", declareGrant(name, grant, hooks, { parent, dependsOn, ...within }));
  }
  return declared;
}

function declareAccount(
  name: string,
  project: string,
  plan: IdentityPlan,
  account: AccountPlan,
  parent: pulumi.Resource,
): Account {
  const tenant = plan.mode === IdentityMode.PerCluster ? account.tenants[0] : undefined;
  const key = account.key ?? (tenant && keyOf(tenant));
  return new Account(
    key === undefined ? name : `${name}/${key}`,
    { accountId: account.id, project, displayName: account.displayName },
    { parent },
  );
}

function declareMember(
  name: string,
  project: string,
  account: AccountPlan,
  tenant: AccountPlan["tenants"][number],
  dependsOn: Account,
  hooks: PropagationHooks,
  parent: pulumi.Resource,
): IAMMember {
  return new IAMMember(
    `${name}/${keyOf(tenant)}`,
    {
      serviceAccountId: account.resource,
      role: workloadIdentityRole,
      member: tenant.workload.workloadIdentityMember(project),
    },
    { parent, dependsOn: [dependsOn], hooks: notingChange({ afterCreate: [hooks.noteGrant] }) },
  );
}

function declareGrant(
  name: string,
  grant: BucketGrant,
  hooks: PropagationHooks,
  opts: pulumi.CustomResourceOptions,
): BucketIAMMember {
  return new BucketIAMMember(
    `${name}/${grant.key}`,
    {
      bucket: grant.bucket,
      role: grant.role,
      member: grant.member,
      ...(grant.condition !== undefined && { condition: grant.condition }),
    },
    { ...opts, hooks: notingChange({ afterCreate: [hooks.noteGrant] }) },
  );
}
