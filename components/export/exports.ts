import { defaults } from "../args/defaults";
import { type ExportArgs, JobPurpose } from "../args/export";
import type { Check } from "../check";
import { type JobSpec, jobSpec } from "../jobs/job";
import { caMount, connectionEnv } from "../jobs/psql";
import type { DumpStore, DumpsPlan } from "../plan/dumps";
import type { PlannedObject } from "../plan/object";
import { bad, derivedName, good, matching, objectName, type Parsed, shortHash } from "../units";
import { DumpFolder } from "../units/dumpFolder";
import { partName } from "../units/partName";
import type { StorePlace } from "../units/storePlace";
import type { Workload } from "../units/workload";
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
import { cronJobSchedule } from "./schedule";
import { dumpScript, partialMark, uploadScript } from "./scripts";
import { dumpStore } from "./store";

/** The folder of a cluster's exports. */
export function exportFolder(bucket: string, prefix: string, cluster: string, store: StorePlace): DumpFolder {
  return new DumpFolder(bucket, `${prefix}/${cluster}`, store);
}

/** Decides the exports of a cluster: an account for all of them, and a Job or a CronJob for each. */
export function decideExports(
  check: Check,
  basis: JobBasis,
  exports: Readonly<Record<string, ExportArgs>> | undefined,
): DumpsPlan {
  const names = Object.keys(exports ?? {}).sort();
  const { workload, context } = basis;
  const none: DumpsPlan = { tenants: [], exports: {}, secrets: [], objects: [] };
  if (names.length === 0) return none;
  if (context.bucket === undefined) {
    check.fail("exports", names, "remove it without a bucket: name one with exports.bucket");
    return none;
  }
  const to = context.stores.store;
  const ofGoogle = to.granted;
  const store = dumpStore(to.access(workload.cluster, JobPurpose.Export), to.place);
  const folder = exportFolder(context.bucket, context.prefix, workload.cluster, store.place);
  const decided = names.flatMap((name) => {
    const args = exports?.[name] ?? {};
    const one = decideExport(check.at("exports"), basis, { store, folder }, name, args);
    return one === undefined ? [] : [[name, one] as const];
  });
  return {
    tenants: [
      {
        workload: workload.job(JobPurpose.Export),
        purpose: JobPurpose.Export,
        folder,
        sharedFolder: new DumpFolder(context.bucket, context.prefix, store.place),
        ofGoogle,
        grant: ofGoogle,
      },
    ],
    exports: Object.fromEntries(decided.map(([name, { url }]) => [name, url])),
    secrets: store.secret === undefined ? [] : [store.secret],
    objects: [
      jobAccount(workload, JobPurpose.Export, store, ofGoogle ? context.accounts.export : undefined),
      ...decided.map(([, { object }]) => object),
    ],
  };
}

function decideExport(
  check: Check,
  basis: JobBasis,
  { store, folder }: { readonly store: DumpStore; readonly folder: DumpFolder },
  name: string,
  args: ExportArgs,
): { url: string; object: PlannedObject } | undefined {
  check.parse(name, name, partName);
  const at = check.at(name);
  const { schedule, run } = checkExport(at, basis, args);
  const timeout = checkJob(at, args, defaults.ExportArgs);
  const database = decideDatabase(at, args.database, basis.databases);
  if (database === undefined || (schedule === undefined && run === undefined)) return undefined;

  const { workload } = basis;
  const target = folder.of(database.database);
  const owner = ownerOf(basis.databases, database.spec.owner);
  const spec = exportJob(basis, name, args, {
    database: database.database,
    secret: args.secret ?? owner.secret,
    store,
    folder: target,
    timeout,
  });
  const shared = {
    apiVersion: "batch/v1",
    labels: { "app.kubernetes.io/component": JobPurpose.Export },
    after: [
      JobPurpose.Export,
      `database/${database.database}`,
      ...(args.secret === undefined ? owner.after : []),
      ...(store.secret === undefined ? [] : [store.secret.suffix]),
    ],
    // Elsewhere there is no grant to wait for.
    ...(basis.context.stores.store.granted && { runsAs: workload.job(JobPurpose.Export) }),
  };
  if (schedule === undefined)
    return {
      url: target.url,
      object: {
        ...shared,
        // Another text is another resource, so that nothing else about it makes it run again.
        key: `export/${name}/${run}`,
        kind: "Job",
        name: derivedName([workload.cluster, "export", name, shortHash(run ?? "")], 63),
        body: { spec },
        once: true,
        waitSeconds: timeout + 60,
      },
    };
  const object: PlannedObject = {
    ...shared,
    key: `export/${name}`,
    kind: "CronJob",
    // Kubernetes adds eleven characters for each Job.
    name: derivedName([workload.cluster, "export", name], 52),
    body: { spec: cronJob(workload, schedule, args.suspend ?? false, spec) },
  };
  return { url: target.url, object };
}

/** Checks what is an export's own; returns when it is made. */
function checkExport(at: Check, { major }: JobBasis, args: ExportArgs) {
  if (args.schedule === undefined && args.run === undefined)
    at.fail("schedule", undefined, 'when it is dumped, such as "0 0 2 * * *"; or run, to dump it once');
  at.require(
    args.schedule === undefined || args.run === undefined,
    "run",
    args.run,
    "remove it with schedule: a dump at once is an export of its own",
  );
  at.require(
    args.suspend === undefined || args.schedule !== undefined,
    "suspend",
    args.suspend,
    "remove it without schedule",
  );
  at.parse("secret", args.secret, objectName);
  at.parse("compress", args.compress, (text) => compression(text, major));
  for (const key of ["excludeTables", "excludeTableData"] as const)
    args[key]?.forEach((pattern, i) => {
      at.at(key).require(tablePattern.test(pattern), i, pattern, 'a pattern of pg_dump, such as "audit.*"');
    });
  return {
    schedule: at.parse("schedule", args.schedule, cronJobSchedule),
    run: at.parse("run", args.run, runName),
  };
}

function cronJob(workload: Workload, schedule: string, suspend: boolean, spec: JobSpec) {
  return {
    schedule,
    timeZone: "Etc/UTC",
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: 3600,
    suspend,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
    // Its Jobs have no other labels, and are looked for by these.
    jobTemplate: { metadata: { labels: podLabels(workload) }, spec },
  };
}

function exportJob(
  basis: JobBasis,
  name: string,
  args: ExportArgs,
  of: { database: string; secret: string; store: DumpStore; folder: DumpFolder; timeout: number },
) {
  const { workload, context } = basis;
  const connection = { workload, database: of.database, secret: of.secret };
  const flags = [
    ...(args.compress === undefined ? [] : [`--compress=${args.compress === "none" ? "0" : args.compress}`]),
    ...(args.excludeTables ?? []).map((pattern) => `--exclude-table=${pattern}`),
    ...(args.excludeTableData ?? []).map((pattern) => `--exclude-table-data=${pattern}`),
  ];
  return jobSpec(
    {
      serviceAccountName: workload.job(JobPurpose.Export).cluster,
      labels: podLabels(workload),
      initContainers: [
        {
          name: "dump",
          image: basis.clientImage,
          command: ["/bin/sh", "-ceu"],
          args: [dumpScript, name, ...flags],
          env: [
            ...connectionEnv(connection),
            { name: "EXPORT", value: name },
            { name: "PARTIAL", value: leavesOut(args) ? partialMark : "" },
          ],
          resources: dumpResources(args, defaults.ExportArgs),
          volumeMounts: [dumpMount, caMount],
        },
      ],
      containers: [
        rcloneContainer({
          name: "upload",
          image: context.image,
          store: of.store,
          folder: of.folder,
          env: context.env,
          script: uploadScript,
          mounts: [dumpMount],
        }),
      ],
      volumes: jobVolumes(basis, args, of.store, defaults.ExportArgs),
    },
    { activeDeadlineSeconds: of.timeout, ttlSecondsAfterFinished: "never" },
  );
}

/** Whether tables or rows are left out: what is not asked for may be all that somebody needs. */
const leavesOut = ({ excludeTables = [], excludeTableData = [] }: ExportArgs) =>
  excludeTables.length + excludeTableData.length > 0;

const podLabels = (workload: Workload) => ({
  "app.kubernetes.io/name": workload.cluster,
  "app.kubernetes.io/component": JobPurpose.Export,
});

/** It becomes part of Pulumi's name of the Job. */
function runName(text: string): Parsed<string> {
  return matching(
    text,
    /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'at most 63 letters, digits, "-", "_" and ".", such as "2026-11-22"',
  );
}

/** Anything on one line: quotes, stars and question marks have a meaning for pg_dump (psql, "Patterns"). */
const tablePattern = /^[^\p{Cc}]{1,200}$/u;

function compression(text: string, major: number | undefined): Parsed<string> {
  const allowed =
    'none, a level of gzip from 1 to 9, or gzip, lz4 or zstd with or without a level, such as "zstd:3"';
  if (/^(none|[1-9])$/.test(text)) return good(text);
  if (!/^(gzip(:[1-9])?|lz4(:([1-9]|1[0-2]))?|zstd(:([1-9]|1[0-9]|2[0-2]))?)$/.test(text))
    return bad(allowed);
  if (major !== undefined && major < 16)
    return bad(`none or a level of gzip from 1 to 9: pg_dump of Postgres ${major} knows no other`);
  return good(text);
}
