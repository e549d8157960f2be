import { type Access, accessOf, mayBeMore, workloadHolders } from "../core/access";
import { folderIn } from "../core/archives";
import { archiveOf, CLUSTER, locationOf } from "../core/cluster";
import { nothing } from "../core/comparison";
import { prefixesIn } from "../core/conditions";
import { dumpsOf, identityOfPods } from "../core/dumps";
import { hasBucket, hasIdentity, permissionsIn, rolesIn } from "../core/halves";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";
import { letsImpersonate } from "../core/storageRoles";

export default stackRule({
  id: "halves-dump-job",
  title:
    "A job that carries dumps acts as an account that may, in a folder that lies apart from the backups.",
  severity: "high",
  tags: ["agreement", "identity", "backup"],
  why: "An export runs at night, and what it lacks nobody sees before somebody needs the dump: a member for its service account, a role on the folder it writes to. A folder within that of the backups is one that their rights, and their retention, cover.",
  remedy:
    "Give the job's service account roles/iam.workloadIdentityUser on the account of its annotation, and that account roles/storage.objectCreator on the folder to export, roles/storage.objectViewer to import.",
  url: "https://cloud.google.com/storage/docs/access-control/iam#conditions",
  types: [CLUSTER],
  compares: true,
  judge({ stack, report, part, compare }) {
    const { accounts } = accessOf(stack);
    for (const { kind, cluster, job, pod, folder, endpoint, keys } of dumpsOf(stack, part)) {
      const at = pod.at("serviceAccountName");
      part(() => {
        const { scheme, bucket = "", prefix = "" } = locationOf(folder) ?? {};
        if (scheme !== "gs" || keys.length > 0) return;
        const identity = identityOfPods(job, at.text() ?? "default", stack);
        if (identity === undefined) return;
        const { account, namespace, name } = identity;
        const who = workloadHolders(namespace, name);
        // Of a bucket that somebody else manages, they may have granted it.
        const here = hasBucket(stack, bucket);
        const missing = here ? nothing : "not declared here";
        if (account !== undefined)
          part(() => {
            const members = accounts.of(who);
            const may = members.sure.filter(({ role }) => typeof role !== "string" || letsImpersonate(role));
            const same = may.find(({ on }) => on === account);
            const on = (same ?? may[0])?.on;
            compare(cluster, {
              what: `${kind} KSA ⇄ account`,
              cloud: typeof on === "string" ? on : nothing,
              cluster: `${namespace}/${name} as ${account}`,
              ...(same === undefined && { verdict: "unknown" }),
            });
            // An account's number can't be compared with its e-mail.
            const open = may.some((one) => typeof one.on !== "string" || /^\d+$/.test(one.on));
            if (same !== undefined || open || !hasIdentity(stack, identity)) return;
            if (mayBeMore(accounts.of(who, account))) return;
            report(
              job,
              at,
              `no IAM member lets [${namespace}/${name}] act as ${account}. Add roles/iam.workloadIdentityUser on it for serviceAccount:<project>.svc.id.goog[${namespace}/${name}].`,
            );
          });
        const roles = rolesIn(stack, identity, bucket);
        const needed = kind === "export" ? "storage.objects.create" : "storage.objects.get";
        const below = folderIn(prefix, undefined);
        const allows = (role: Access) => permissionsIn([role], bucket, below)?.has(needed);
        const access = roles.sure.find((role) => known(() => allows(role)) === true);
        const unsure = access === undefined ? ({ verdict: "unknown" } as const) : {};
        if (account === undefined) {
          const member = (access ?? roles.sure[0])?.member;
          compare(cluster, {
            what: `${kind} KSA ⇄ IAM principal`,
            cloud: typeof member === "string" ? member : missing,
            cluster: `${namespace}/${name}`,
            ...unsure,
          });
        }
        const limits = typeof access?.condition === "string" ? prefixesIn(access.condition) : [];
        compare(cluster, {
          what: `${kind} role ⇄ folder`,
          cloud:
            access === undefined ? missing : `${access.role}, ${limits.join(", ") || "the whole bucket"}`,
          cluster: folder,
          ...unsure,
        });
        if (access !== undefined || !here || roles.sure.some((role) => allows(role) === undefined)) return;
        if (mayBeMore(roles)) return;
        report(
          job,
          at,
          `${account ?? `[${namespace}/${name}]`} has no role that lets it ${kind === "export" ? "create" : "read"} objects below "${below}" of "${bucket}". Add ${kind === "export" ? "roles/storage.objectCreator" : "roles/storage.objectViewer"}.`,
        );
      });
      part(() => {
        const archive = archiveOf(cluster, stack);
        const path = archive?.destinationPath?.replace(/\/+$/, "");
        if (archive === undefined || !path?.startsWith("s3://") || !folder.startsWith("s3://")) return;
        if ((archive.store.text("endpointURL") ?? "") !== endpoint) return;
        if (!`${folder}/`.startsWith(`${path}/`) && !`${path}/`.startsWith(`${folder}/`)) return;
        compare(cluster, { what: `${kind} can't reach the backups`, cloud: folder, cluster: path });
        report(
          job,
          at,
          `carries dumps to "${folder}", and ${cluster.called} archives to "${path}". Keep them apart.`,
        );
      });
    }
  },
});
