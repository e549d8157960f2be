import { defaults } from "../args/defaults";
import { type ImportDumpArgs, JobPurpose } from "../args/export";
import type { Check } from "../check";
import { jobSpec } from "../jobs/job";
import { caMount, connectionEnv } from "../jobs/psql";
import type { DumpStore, DumpsPlan } from "../plan/dumps";
import type { Container, EnvVar } from "../plan/job";
import { checkOneKind, storeOf } from "../store";
import { derivedName, matching, objectPrefix, type Parsed, shortHash } from "../units";
import { DumpFolder } from "../units/dumpFolder";
import { partName } from "../units/partName";
import { sameStore, storeHost } from "../units/storePlace";
import {
  checkJob,
  decideDatabase,
  dumpMount,
  dumpResources,
  type JobBasis,
  jobAccount,
  jobVolumes,
  ownerOf,
} from "./decide";
import { rcloneContainer } from "./rclone";
import { fetchScript, finalExitCode, lookScript, restoreScript } from "./scripts";
import { dumpStore } from "./store";

/**
 * Decides the import of a dump: an account that may read it, and a Job that runs once in a generation of the cluster.
 *
 * @param brought the setting by which the cluster begins with something already, if there is one
 */
export function decideImport(
  check: Check,
  basis: JobBasis,
  args: ImportDumpArgs | undefined,
  brought: string | undefined,
): DumpsPlan | undefined {
  if (args === undefined) return undefined;
  const known = checkImport(check, basis, args, brought);
  if (known === undefined) return undefined;
  const { store, database, ofGoogle, folder, jobs, timeout } = known;
  const { place } = store;
  const { workload, context, generation } = basis;
  const runsAs = workload.job(JobPurpose.Import);
  const owner = ownerOf(basis.databases, database.spec.owner);
  const where = place.endpoint === undefined ? "" : ` at ${storeHost(place.endpoint)}`;
  const newest = args.from.export === undefined ? " newest" : ` newest of ${args.from.export}`;
  const wanted = `${folder.url}/${args.from.object ?? newest}${where}`;
  const spec = importJob(basis, args, {
    database: database.database,
    secret: owner.secret,
    extensions: (database.spec.extensions ?? []).map(({ name }) => name),
    schemas: (database.spec.schemas ?? []).map(({ name }) => name),
    store,
    folder,
    wanted,
    jobs,
    timeout,
  });
  // What makes it another import; anything else about it must not run it again.
  const which = shortHash(JSON.stringify([generation, database.database, wanted]));
  return {
    tenants: [
      {
        workload: runsAs,
        purpose: JobPurpose.Import,
        folder,
        sharedFolder: folder,
        ofGoogle,
        grant: ofGoogle && (args.grant ?? defaults.ImportDumpArgs.grant),
      },
    ],
    exports: {},
    secrets: store.secret === undefined ? [] : [store.secret],
    objects: [
      jobAccount(workload, JobPurpose.Import, store, ofGoogle ? context.accounts.import : undefined),
      {
        key: `import/${which}`,
        apiVersion: "batch/v1",
        kind: "Job",
        name: derivedName([workload.cluster, "import", which], 63),
        labels: { "app.kubernetes.io/component": JobPurpose.Import },
        body: { spec },
        after: [
          JobPurpose.Import,
          `database/${database.database}`,
          ...owner.after,
          ...(store.secret === undefined ? [] : [store.secret.suffix]),
        ],
        once: true,
        ...(ofGoogle && { runsAs }),
        waitSeconds: timeout + 60,
      },
    ],
  };
}

/** What it is made with; undefined where that can't be told. */
function checkImport(check: Check, basis: JobBasis, args: ImportDumpArgs, brought: string | undefined) {
  const at = check.at("importDump");
  check.require(
    brought === undefined,
    "importDump",
    args,
    `remove it with ${brought}, which brings databases with their tables; a dump is for a new, empty one`,
  );
  const timeout = checkJob(at, args, defaults.ImportDumpArgs);
  const jobs = at.integer("jobs", args.jobs, 1, 64);
  const database = decideDatabase(at, args.database, basis.databases);
  const from = at.at("from");
  const { store: known, archive, importKeys, profile } = basis.context.stores;
  const source = storeOf(args.from, importKeys, known);
  checkOneKind(from, args.from, "dump");
  source.checkDumps(from, { profile, bucket: args.from.bucket, archive }, known);
  const { bucket = sameStore(source.place, known.place) ? basis.context.bucket : undefined } = args.from;
  from.parse("bucket", args.from.bucket, source.bucketName);
  // Of Google's identities there are some where the backups go to Cloud Storage; with a key file none is needed.
  const ofGoogle = source.granted && archive.granted;
  at.require(
    ofGoogle || args.grant === undefined,
    "grant",
    args.grant,
    "remove it where no identity of Google's reads the dump: whoever runs the store makes keys that can only read",
  );
  from.parse("objectPrefix", args.from.objectPrefix, objectPrefix);
  from.parse("object", args.from.object, dumpName);
  from.parse("export", args.from.export, partName);
  from.require(
    args.from.export === undefined || args.from.object === undefined,
    "export",
    args.from.export,
    "remove it with object, which is one dump already",
  );
  if (bucket === undefined) from.fail("bucket", undefined, "the bucket with the dump");
  if (bucket === undefined || database === undefined) return undefined;
  const folder = new DumpFolder(bucket, args.from.objectPrefix, source.place);
  const store = dumpStore(source.access(basis.workload.cluster, JobPurpose.Import), source.place);
  return { store, database, ofGoogle, folder, jobs, timeout };
}

function importJob(
  basis: JobBasis,
  args: ImportDumpArgs,
  of: {
    database: string;
    secret: string;
    extensions: readonly string[];
    schemas: readonly string[];
    store: DumpStore;
    folder: DumpFolder;
    wanted: string;
    jobs: number | undefined;
    timeout: number;
  },
) {
  const { workload, context } = basis;
  const connection = { workload, database: of.database, secret: of.secret };
  const own: EnvVar[] = [
    { name: "WANTED", value: of.wanted },
    { name: "EXTENSIONS", value: JSON.stringify(of.extensions) },
    { name: "SCHEMAS", value: JSON.stringify(of.schemas) },
    { name: "PARALLEL", value: String(of.jobs ?? 0) },
  ];
  const postgres = (name: string, script: string, ...more: string[]): Container => ({
    name,
    image: basis.clientImage,
    command: ["/bin/sh", "-ceu"],
    args: [script, name, ...more],
    env: [...connectionEnv(connection), ...own],
    volumeMounts: [dumpMount, caMount],
  });
  return jobSpec(
    {
      serviceAccountName: workload.job(JobPurpose.Import).cluster,
      labels: {
        "app.kubernetes.io/name": workload.cluster,
        "app.kubernetes.io/component": JobPurpose.Import,
      },
      initContainers: [
        postgres("look", lookScript),
        rcloneContainer({
          name: "fetch",
          image: context.image,
          store: of.store,
          folder: of.folder,
          env: context.env,
          own: [
            { name: "OBJECT", value: args.from.object ?? "" },
            { name: "EXPORT", value: args.from.export ?? "" },
          ],
          script: fetchScript,
          mounts: [dumpMount],
        }),
      ],
      containers: [
        {
          ...postgres(
            "restore",
            restoreScript,
            of.jobs === undefined ? "--single-transaction" : `--jobs=${of.jobs}`,
          ),
          resources: dumpResources(args, defaults.ImportDumpArgs),
        },
      ],
      volumes: jobVolumes(basis, args, of.store, defaults.ImportDumpArgs),
    },
    {
      activeDeadlineSeconds: of.timeout,
      ttlSecondsAfterFinished: "never",
      failAtOnceWith: { exitCodes: [finalExitCode] },
    },
  );
}

function dumpName(text: string): Parsed<string> {
  return matching(
    text,
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.dump$/,
    'the name of a dump without its folder, such as "20261122T020000Z-nightly-x7k2p.dump"',
  );
}
