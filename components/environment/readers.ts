import { IdentityMode } from "../args/backup";
import type { ReaderArgs } from "../args/reader";
import type { Check } from "../check";
import type { PlannedCluster } from "../plan/environment";
import type { Reader } from "../plan/identity";
import { iamMember, parseInstant, serviceAccountEmail } from "../units";

/** An account that all clusters share may write to the whole bucket, and so to the source of a clone in it. */
export function checkSources(check: Check, mode: IdentityMode, clusters: readonly PlannedCluster[]): void {
  if (mode !== IdentityMode.Shared) return;
  for (const { key, plan } of clusters) {
    const { recovery, backup } = plan;
    if (recovery === undefined || recovery.inPlace || recovery.source === undefined) continue;
    if (recovery.source.bucket !== backup?.location.bucket) continue;
    check
      .at("clusters")
      .at(key)
      .fail(
        plan.migration.replica?.archive === true ? "replica.source.bucket" : "recoverFrom.bucket",
        recovery.source.bucket,
        "another bucket than this environment's, or backups.identity perCluster or direct: the shared account may write to " +
          "all of this one, and a clone must not be able to write to its source",
      );
  }
}

/** Decides who else may read whose backups. */
export function decideReaders(
  check: Check,
  readers: readonly ReaderArgs[] | undefined,
  clusters: readonly PlannedCluster[],
): Reader[] {
  const taken = new Set<string>();
  return (readers ?? []).flatMap((args, i): Reader[] => {
    const at = check.at("readers").at(i);
    const member = decideMember(at, args);
    const expires = at.parse("expires", args.expires, parseInstant)?.text;
    const found = clusters.find(({ key }) => key === args.cluster)?.plan;
    const backedUp = clusters.filter(({ plan }) => plan.backup !== undefined).map(({ key }) => key);
    at.require(
      found?.backup !== undefined,
      "cluster",
      args.cluster,
      `one of the clusters that are backed up: ${backedUp.join(", ") || "there is none"}`,
    );
    if (found?.backup === undefined || member === undefined) return [];
    const twice = taken.has(`${args.cluster} ${member}`);
    at.require(!twice, "cluster", args.cluster, `named once with ${member}`);
    taken.add(`${args.cluster} ${member}`);
    const of = { workload: found.workload, location: found.backup.location };
    return twice ? [] : [{ of, member, expires }];
  });
}

function decideMember(at: Check, args: ReaderArgs): string | undefined {
  if (args.serviceAccount === undefined) {
    if (args.member === undefined)
      at.fail("member", undefined, "who may read, as an IAM member; or serviceAccount, with an e-mail");
    return at.parse("member", args.member, iamMember);
  }
  at.require(args.member === undefined, "member", args.member, "remove it with serviceAccount: one of both");
  const email = at.parse("serviceAccount", args.serviceAccount, serviceAccountEmail);
  return email === undefined ? undefined : `serviceAccount:${email}`;
}
