import * as pulumi from "@pulumi/pulumi";
import { IdentityMode } from "../args/backup";
import { defaults } from "../args/defaults";
import { JobPurpose } from "../args/export";
import type { BackupIdentityArgs } from "../args/identity";
import { archiveServerName } from "../backup/decide";
import { Check } from "../check";
import { decideIdentity } from "../identity/decide";
import {
  grantKeys,
  grantsOf as grantKeysOf,
  identityOutputs,
  identityResources,
} from "../identity/resources";
import type { JobTenant } from "../plan/dumps";
import type { IdentityPlan, Reader, Tenant } from "../plan/identity";
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
import { bucketsAmong } from "./backupBucket";
import { splitDependsOn } from "./options";
import { declareAll } from "./resources";

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
    const known = new Map([["first", dependsOn], ...bucketsAmong(dependsOn)]);
    declareAll(identityResources(args.project, plan, ["first"]), { name, parent: this, known });
    const keys = grantKeys(plan);
    grantsByIdentity.set(this, (workload) =>
      grantKeysOf(keys, workload).flatMap((key) => known.get(key) ?? []),
    );
    const { members, emails } = identityOutputs(plan, tenants, args);
    this.members = pulumi.output(members);
    this.emails = pulumi.output(emails);
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
    const prefix = tenant.prefix ?? `${defaults.PostgresClusterArgs.prefix}/${tenant.cluster}`;
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
      grant: job.grant ?? defaults.JobTenantArgs.grant,
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
const grantsByIdentity = new WeakMap<BackupIdentity, (workload: Workload) => pulumi.Resource[]>();

/** The grants that a workload needs of a component. */
export function grantsOf(identity: BackupIdentity, workload: Workload): pulumi.Resource[] {
  return grantsByIdentity.get(identity)?.(workload) ?? [];
}
