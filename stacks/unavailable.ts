import { type ClusterArgs, type Problems, Profile, type RecoverFromArgs } from "../components/index";
import { formerLife } from "./formerLife";
import { IfUnavailable, type StackCluster } from "./settings";

/** What a cluster needs that may have to begin without its source: nobody else says it then. */
export function checkEmpty(problems: Problems, key: string, cluster: StackCluster, profile: unknown): void {
  const path = `clusters.${key}`;
  if (profile === Profile.Prod)
    problems.add(
      `${path}.recoverFrom.ifUnavailable`,
      IfUnavailable.Initdb,
      "remove it with profile prod: an empty database in place of the one that was to be recovered is no help",
    );
  if (cluster.image === undefined && cluster.imageCatalog === undefined)
    problems.add(
      `${path}.image`,
      undefined,
      "an image, or imageCatalog: with ifUnavailable the source may not be there to say it",
    );
  if (cluster.databases === undefined)
    problems.add(
      `${path}.databases`,
      undefined,
      "the databases with their owners: with ifUnavailable the source may not be there to say them",
    );
  if (cluster.initdb !== undefined)
    problems.add(
      `${path}.initdb`,
      cluster.initdb,
      "remove it with recoverFrom: nothing is initialized, and no SQL of it is run; what it says came with the source",
    );
  if (cluster.replica !== undefined)
    problems.add(
      `${path}.recoverFrom.ifUnavailable`,
      IfUnavailable.Initdb,
      "remove it with replica: what begins empty has nobody to follow",
    );
  for (const other of ["importFrom", "baseBackupFrom"] as const)
    if (cluster[other] !== undefined)
      problems.add(
        `${path}.${other}`,
        cluster[other],
        "remove it with recoverFrom: with ifUnavailable the cluster begins with a copy of its source, or empty",
      );
}

/** How a generation of a cluster began, as the stack's last update said; undefined if it is not there yet. */
export function begunBy(former: unknown, key: string, generation: number): string | undefined {
  const life = formerLife(former, key);
  return life?.generation === generation ? life.bootstrap : undefined;
}

/** What remains without a source: nothing that is about what it would have brought. */
export function beginsEmpty(
  { masking: _, initdb: __, ...rest }: Omit<ClusterArgs, "recoverFrom">,
  { database }: RecoverFromArgs,
): ClusterArgs {
  return { ...rest, ...(database !== undefined && { initdb: { database } }) };
}
