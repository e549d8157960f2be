import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  type ClusterArgs,
  InvalidSettings,
  PostgresCluster,
  type PostgresClusterArgs,
} from "../../../components/index";
import { judgeOf, type KubernetesObject, parseWaitFor, refOf } from "../../../lab/cluster";
import { releaseManifest } from "../../../lab/install";
import { labPaths } from "../../../lab/paths";
import { loadStack } from "../../../stacks/load";
import { record } from "../../helpers/mocks";
import { clusterArgs } from "../../helpers/samples";
import { validStacks } from "../../helpers/validStacks";
import { asEngine, badStacks, settingsOf, sourcesOf } from "../../unit/stacks/badStacks";
import { type Used, useLab } from "../use";
import { before as beforeChange, changes, guarded } from "./admissionChanges";
import { drawnObjects, draws, inTree } from "./admissionDraws";
import { matrix, settingsOfRow } from "./admissionMatrix";
import { mistaken, mistakes } from "./admissionRefusals";
import { ask, expectedWarnings, within } from "./admissionServer";
import { installCrds } from "./installCrds";
import { configOf, inFlight, objectsOf, type Rendered, rendered, sourcesFor } from "./manifests";

const namespace = "b-admission";
const namespaceRef = { apiVersion: "v1", kind: "Namespace", name: namespace };
const stacks = join(__dirname, "../../../stacks");

describe("A Kubernetes cluster with CNPG and the Barman Cloud plugin", () => {
  let used: Used;

  before(async function () {
    used = await useLab(this, "control-plane");
    await used.cluster.remove(namespaceRef);
    await used.cluster.gone(namespaceRef);
    await used.cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    for (const crd of await releaseManifest(labPaths(), "certificate")) {
      await used.cluster.apply(crd);
      await used.cluster.waitFor(refOf(crd), judgeOf(parseWaitFor("condition=Established")));
    }
    for (const name of ["external-secrets", "prometheus-operator", "prometheus-engine"] as const)
      await installCrds(used.cluster, name);
  });
  after(async () => {
    if (used === undefined) return;
    for (const crd of await releaseManifest(labPaths(), "certificate")) await used.cluster.remove(refOf(crd));
    await used.cluster.remove(namespaceRef);
    used.cluster.close();
  });

  /** Fails unless the server takes all objects, with the warnings that are known of each and no other. */
  async function takes(objects: readonly KubernetesObject[]): Promise<void> {
    assert(objects.length > 0);
    // Of VictoriaMetrics' operator there are no definitions that can be pinned; what Cilium takes, its own engine says (test/network).
    const known = objects.filter(
      ({ apiVersion }) => !/^(operator\.victoriametrics\.com|cilium\.io)\//.test(apiVersion),
    );
    await inFlight(4, known, async (object) => {
      const answer = await ask(used.cluster, within(namespace, object));
      const expected = { refusal: undefined, warnings: expectedWarnings(object) };
      assert.deepEqual(answer, expected, `${object.kind}:\n${JSON.stringify(object, undefined, 2)}`);
    });
  }

  describe("takes all objects of a reference stack", () => {
    // The platform's has no clusters, and a suite of its own.
    const withClusters = readdirSync(stacks).filter((name) => /(?<!platform)\.yaml$/.test(name));
    for (const file of withClusters) {
      it(file, async () => {
        const config = configOf(join(stacks, file));
        const { objects } = await rendered(file.split(".")[1] as string, config, await sourcesFor(config));
        const kinds = new Set(objects.map(({ kind }) => kind));
        assert.deepEqual(
          [...kinds],
          ["Namespace", "Secret", "ObjectStore", "Cluster", "ScheduledBackup", "Database"],
        );
        await takes(objects);
      });
    }

    it("and of the stack file that has every setting", async () => {
      const file = join(__dirname, "../../unit/stacks/everySetting.yaml");
      const config = configOf(file);
      await takes((await rendered("every", config, await sourcesFor(config))).objects);
    });
  });

  describe("takes all objects of a stack with", () => {
    for (const row of matrix()) {
      it(row.it, async () => {
        await takes((await rendered("dev", asEngine(settingsOfRow(row)), sourcesOf(row))).objects);
      });
    }
  });

  describe("takes all objects of a PostgresCluster that stands alone", () => {
    /** Every argument beyond those of a cluster in an environment: one that is new does not compile without a value. */
    const values: {
      [K in Exclude<keyof PostgresClusterArgs, keyof ClusterArgs>]-?: PostgresClusterArgs[K][];
    } = {
      profile: ["dev", "prod"],
      bucket: ["acme-other-backups"],
      prefix: ["postgres/of.staging_1"],
      s3: [{ endpoint: "http://minio.storage.svc:9000", credentials: { secret: "backup-s3" } }],
      s3Keys: [{ accessKeyId: "id", secretAccessKey: "key" }],
      s3SourceKeys: [{ accessKeyId: "id", secretAccessKey: "key" }],
      s3ExportKeys: [{ accessKeyId: "id", secretAccessKey: "key" }],
      s3ImportKeys: [{ accessKeyId: "id", secretAccessKey: "key" }],
      gcpServiceAccount: ["pg-backups@acme-dev.iam.gserviceaccount.com"],
      exportSettings: [{ bucket: "acme-dumps", prefix: "dumps", env: { A: "a" } }],
      monitoringSettings: [
        { backend: "prometheusOperator" },
        { backend: "gmp" },
        { backend: "scrapeConfig" },
      ],
      networkSettings: [{ policies: "enforce", apiServer: { cidrs: ["172.16.0.2/32"] } }],
      exportServiceAccount: ["pg-exports@acme-dev.iam.gserviceaccount.com"],
      importServiceAccount: ["pg-imports@acme-dev.iam.gserviceaccount.com"],
      backupMethod: ["plugin", "inTree"],
      operatorVersion: ["1.30.0"],
      kubeconfig: ["~/.kube/config"],
      iamPropagationWait: ["0s", "30m"],
    };
    /** What an argument needs beside it. */
    const dumps = { bucket: "acme-dumps", s3: { region: "eu-west-1" } };
    const needs: { readonly [K in keyof typeof values]?: Partial<PostgresClusterArgs> } = {
      s3Keys: { s3: { region: "eu-west-1" } },
      s3ExportKeys: { exportSettings: dumps, exports: { once: { run: "a" } } },
      s3ImportKeys: {
        importDump: { from: { bucket: "acme-dumps", objectPrefix: "dumps", s3: { region: "eu-west-1" } } },
      },
      s3SourceKeys: {
        recoverFrom: {
          bucket: "acme-source",
          serverName: "g1",
          postgresMajor: 17,
          s3: { region: "eu-west-1" },
        },
      },
    };
    for (const [key, each] of Object.entries(values)) {
      for (const value of each) {
        it(`with ${key} ${typeof value === "object" ? Object.keys(value).join() : value}`, async () => {
          const image = "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie";
          const args = clusterArgs({
            image,
            ...needs[key as keyof typeof needs],
            [key]: value,
          } as Partial<PostgresClusterArgs>);
          const { resources } = await record(() => new PostgresCluster("orders-db", args));
          await takes(objectsOf(resources));
        });
      }
    }
  });

  it("takes any stack file that nothing is wrong with, and warns of nothing new", async () => {
    const { seed, count, configs } = draws(validStacks);
    const started = Date.now();
    const refused: string[] = [];
    const warned = new Map<string, number>();
    const { objects, total } = drawnObjects([...configs, ...configs.slice(0, count / 20).map(inTree)]);
    await inFlight(8, objects, async ({ object, config }) => {
      const { refusal, warnings } = await ask(used.cluster, within(namespace, object));
      for (const warning of warnings) warned.set(warning, (warned.get(warning) ?? 0) + 1);
      const expected = expectedWarnings(object);
      const unexpected = warnings.join() === expected.join() ? [] : [`warnings ${JSON.stringify(warnings)}`];
      for (const problem of refusal === undefined ? unexpected : [refusal])
        refused.push(`${object.kind} ${object.metadata.name}: ${problem}\nof ${JSON.stringify(config)}`);
    });
    const seconds = ((Date.now() - started) / 1000).toFixed();
    console.log(
      `      seed ${seed}: ${count} configurations, ${total} objects, ${objects.length} unlike each other, ${seconds} s`,
    );
    assert.equal(refused.length, 0, `${refused.length} refused:\n${refused.slice(0, 5).join("\n\n")}`);
    assert(count < 100 || warned.size >= 3, "draws of all kinds that are warned of");
  });

  describe("where the components refuse", () => {
    const bad = new Map(badStacks().flatMap(([, cases]) => cases.map((one) => [one.it, one] as const)));
    let right: Rendered;

    before(async () => {
      right = await rendered(
        "dev",
        asEngine(settingsOfRow({ it: "right", cluster: { poolers: { rw: {} } } })),
      );
    });

    for (const mistake of mistakes()) {
      const { says, warns = [] } = mistake;
      const outcome = says !== undefined ? "refuses too" : warns.length > 0 ? "only warns" : "says nothing";
      it(`${outcome}: ${mistake.bad ?? mistake.never}`, async () => {
        const fixture = bad.get(mistake.bad ?? "");
        if (mistake.bad !== undefined) {
          assert(fixture !== undefined, "no such case in test/fixtures/bad-stacks");
          assert.throws(
            () => loadStack("dev", asEngine(settingsOf(fixture)), sourcesOf(fixture)),
            InvalidSettings,
          );
        }
        const object = right.objects.find(({ kind }) => kind === mistake.kind);
        assert(object !== undefined);
        const wrong = mistaken(object, mistake);
        assert.notDeepEqual(wrong, object);
        const { refusal, warnings } = await ask(used.cluster, within(namespace, wrong));
        assert.deepEqual(warnings, warns);
        if (says === undefined) assert.equal(refusal, undefined);
        else assert(refusal?.includes(says), refusal ?? "it was taken");
      });
    }
  });

  describe("with a Cluster that is there", () => {
    let was: Rendered;

    before(async () => {
      was = await rendered("dev", asEngine(settingsOfRow(beforeChange)));
      for (const object of was.objects) {
        const { annotations } = object.metadata;
        // The operator leaves it alone: what is looked at here is admission.
        const inert = { ...annotations, "cnpg.io/reconciliationLoop": "disabled" };
        const metadata =
          object.kind === "Cluster" ? { ...object.metadata, annotations: inert } : object.metadata;
        if (object.kind !== "Namespace") await used.cluster.apply(within(namespace, { ...object, metadata }));
      }
    });

    for (const change of changes()) {
      const { guard, says } = change;
      const server = says === undefined ? "takes" : "refuses";
      it(`${server} ${change.it}, which our guard ${guard.length > 0 ? "refuses" : "lets pass"}`, async () => {
        const { objects } = await rendered("dev", asEngine(settingsOfRow(change)));
        assert.deepEqual(guarded(was.objects, objects), guard);
        const refusals: string[] = [];
        for (const object of objects) {
          const { refusal, warnings } = await ask(used.cluster, within(namespace, object));
          assert.deepEqual(warnings, []);
          if (refusal !== undefined) refusals.push(refusal);
        }
        if (says === undefined) assert.deepEqual(refusals, []);
        else
          assert(refusals.length === 1 && refusals[0]?.includes(says), refusals.join("\n") || "it was taken");
      });
    }
  });
});
