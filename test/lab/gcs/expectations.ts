/** What is still to be done without a permission: it works, or what is said of it. */
export interface Row {
  readonly without: string;
  readonly archive: RegExp | "works";
  readonly archiveAgain: RegExp | "works";
  readonly backup: RegExp | "works";
  readonly retention: RegExp | "works";
}

/** For a cluster that has archived before, by the permission that is taken from it. */
export const afterTheFirst: readonly Row[] = [
  {
    without: "storage.objects.get",
    archive: "works",
    archiveAgain: "works",
    // The base backup is whole in the bucket; it is only that nobody can look at it.
    backup: /exit status 4/,
    retention: /storage\.objects\.get' denied[\s\S]*Unsafe to proceed with deletion[\s\S]*exit code 1/,
  },
  {
    without: "storage.objects.list",
    archive: "works",
    archiveAgain: "works",
    backup: /exit status 4/,
    retention: /storage\.objects\.list' denied[\s\S]*exit code 4/,
  },
  {
    without: "storage.objects.delete",
    archive: "works",
    archiveAgain: /storage\.objects\.delete' denied[\s\S]*exit code 4/,
    // Barman writes backup.info when it begins, and over it when it ends.
    backup: /exit status 1/,
    retention: /storage\.objects\.delete' denied[\s\S]*exit code 1/,
  },
  {
    without: "storage.objects.create",
    archive: /barman-cloud-wal-archive: exit status 4/,
    archiveAgain: /storage\.objects\.create' denied[\s\S]*exit code 4/,
    backup: /exit status 1/,
    retention: "works",
  },
  {
    without: "storage.buckets.get",
    archive: "works",
    archiveAgain: "works",
    backup: "works",
    retention: "works",
  },
];

/** A row in a few words. */
export function summary(row: Row): string {
  const broken = (["archive", "archiveAgain", "backup", "retention"] as const).filter(
    (each) => row[each] !== "works",
  );
  const names = {
    archive: "archiving",
    archiveAgain: "archiving a file twice",
    backup: "base backups",
    retention: "retention",
  };
  return broken.length === 0
    ? "a cluster that archives goes on"
    : `breaks ${broken.map((each) => names[each]).join(", ")}, and nothing else`;
}
