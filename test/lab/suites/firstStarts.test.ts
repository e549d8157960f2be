import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { labImage } from "../../../lab/settings";
import { Store } from "../../../lab/stack/store";
import type { Ended } from "../../engine/offline";
import { iamJudge } from "../gcs/iam";
import { type GcsProxy, startGcsProxy } from "../gcs/proxy";
import { type Used, useLab } from "../use";
import { Bucket } from "./bucket";
import { LabStack } from "./labStack";

type Settings = { [key: string]: unknown };

interface Cause {
  readonly title: string;
  /** Settings of the cluster. */
  readonly own?: Settings;
  readonly backups?: () => Settings;
  /** What somebody did before. */
  readonly first?: (stack: LabStack, cluster: Cluster) => Promise<unknown>;
  /** What the update says. */
  readonly says: RegExp;
}

/** How many start at a time: the lab's node is small. */
const atOnce = 3;

describe("A first start that can't succeed, on a real Kubernetes", function () {
  this.timeout(900_000);
  let used: Used;
  let refusing: GcsProxy | undefined;
  const ended = new Map<Cause, Promise<Ended & { readonly seconds: number }>>();

  const image = process.env.LAB_IMAGE ?? labImage;
  const causes: readonly Cause[] = [
    {
      title: "an image that does not exist",
      own: { image: image.replace("postgresql:", "postgres-typo:") },
      says: /pod \S+\/db-1-initdb-\w+, container \S+: (ErrImagePull|ImagePullBackOff): .*postgres-typo/,
    },
    {
      title: "an identity without rights on the bucket",
      backups: () => ({ env: { STORAGE_EMULATOR_HOST: refusing?.url } }),
      // Rights that were just given may take minutes to count: it is tried for five.
      says: /nobody could look whether gs:\/\/\S+ is empty: pod \S+\/db-archive-check: .*403/,
    },
    {
      title: "an archive in its place already",
      first: async (stack, cluster) => {
        const bucket = new Bucket(cluster, stack.bucket);
        await bucket.create();
        await bucket.write(
          "cnpg/dev/db/db-g1/wals/0000000100000000/000000010000000000000001.gz",
          "another's",
        );
      },
      backups: () => ({ existingBucket: true, deleteAge: "45d", forceDestroy: undefined }),
      says: /gs:\/\/a-first-3\/cnpg\/dev\/db\/db-g1 is not empty .*To do: raise the cluster's generation/,
    },
    {
      title: "a locale that the image does not have",
      own: { initdb: { localeCollate: "xx_YY.UTF-8", localeCType: "xx_YY.UTF-8" } },
      says: /job \S+\/db-1-initdb.*: .*initdb: error: invalid locale name "xx_YY\.UTF-8"/,
    },
    {
      title: "SQL of the first database that fails",
      own: { initdb: { postInitApplicationSQL: ["CREATE TABLE t (a no_such_type)"] } },
      says: /job \S+\/db-1-initdb.*: .*type "no_such_type" does not exist/,
    },
    {
      title: "a value that Postgres refuses",
      own: { parameters: { timezone: "Mars/Phobos" } },
      says: /invalid value for parameter "TimeZone": "Mars\/Phobos"/,
    },
    {
      title: "more CPU than any node has",
      own: { resources: { cpu: "600", memory: "512Mi" } },
      says: /pod \S+\/db-1-initdb-\w+: Unschedulable: .*Insufficient cpu/,
    },
    {
      title: "a label that no node has",
      own: { placement: { nodeSelector: { "acme.example/disk": "fast" } } },
      says: /pod \S+\/db-1-initdb-\w+: Unschedulable: .*didn't match Pod's node affinity\/selector/,
    },
    {
      title: "a storage class that does not exist",
      own: { storage: { size: "1Gi", storageClass: "no-such-class" } },
      says: /volume claim \S+\/db-1: Pending: ProvisioningFailed: .*"no-such-class" not found/,
    },
    {
      title: "a quota that is used up",
      own: { createNamespace: false },
      first: async (_, cluster) => {
        const namespace = "a-first-quota";
        const metadata = { name: "no-pods", namespace };
        await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
        await cluster.apply({
          apiVersion: "v1",
          kind: "ResourceQuota",
          metadata,
          spec: { hard: { pods: "0" } },
        });
      },
      says: /pods "db-archive-check" is forbidden: exceeded quota: no-pods/,
    },
    {
      title: "a recovery from an archive that is empty",
      own: { generation: 2, recoverFrom: { generation: 1 } },
      says: /job \S+\/db-1-full-recovery.*: .*no target backup found/,
    },
    {
      title: "an extension that the image does not have",
      own: {
        databases: {
          orders: {
            owner: "orders",
            extensions: ["vector"],
            extensionOptions: { vector: { version: "99" } },
          },
        },
      },
      says: /job \S+\/db-1-initdb.*: .*extension "vector" has no installation script .*version "99"/,
    },
  ];

  const namespaceOf = (cause: Cause) =>
    cause.own?.createNamespace === false ? "a-first-quota" : `a-first-${causes.indexOf(cause) + 1}`;

  before(async function () {
    used = await useLab(this, "node");
    const [upstream, listen] = [used.stores.fromHere?.gcs, used.stores.thisMachine];
    if (upstream === undefined || listen === undefined) return this.skip();
    refusing = await startGcsProxy({ upstream, listen });
    refusing.judgeBy(iamJudge([], "serviceAccount:cnpg-dev@acme-lab.iam.gserviceaccount.com"));
    const waiting = [...causes];
    const starts = new Map(
      causes.map((cause) => {
        let start: (result: Promise<Ended & { readonly seconds: number }>) => void = () => {};
        ended.set(cause, new Promise((resolve) => (start = resolve)));
        return [cause, start] as const;
      }),
    );
    const work = async () => {
      for (let cause = waiting.shift(); cause !== undefined; cause = waiting.shift()) {
        const result = startOf(cause);
        starts.get(cause)?.(result);
        await result.catch(() => {});
      }
    };
    for (let i = 0; i < atOnce; i++) void work();
  });
  after(async () => {
    await Promise.allSettled(ended.values());
    await refusing?.stop();
    used?.cluster.close();
  });

  /** Starts it, and takes everything away again. */
  async function startOf(cause: Cause): Promise<Ended & { readonly seconds: number }> {
    const stack = await LabStack.fresh(
      used.cluster,
      new Store(used.cluster, used.stores),
      namespaceOf(cause),
    );
    try {
      await cause.first?.(stack, used.cluster);
      stack.write(cause.own, cause.backups?.());
      const began = Date.now();
      const result = await stack.start("--no-policies");
      return { ...result, seconds: (Date.now() - began) / 1000 };
    } finally {
      await stack.remove();
    }
  }

  for (const cause of causes)
    it(`names ${cause.title}`, async () => {
      const result = await ended.get(cause);
      assert(result !== undefined);
      assert.notEqual(result.code, 0, result.output);
      assert.match(result.output, cause.says);
      assert.doesNotMatch(result.output, /timed out|wait\.timeout/);
      console.log(`      ${Math.round(result.seconds)} s`);
      assert(result.seconds < 400, `${result.seconds} s`);
    });
});
