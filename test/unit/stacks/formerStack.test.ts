import assert from "node:assert/strict";
import { examineEnvironment, InvalidSettings, summariesOf } from "../../../components/index";
import { loadStack, type Own } from "../../../stacks/load";
import { asEngine } from "./badStacks";

type Settings = { readonly [key: string]: unknown };

const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";
const orders = { namespace: "orders", image, databases: { orders: { owner: "orders" } } };
const base: Settings = {
  "gcp:project": "acme-dev",
  "gcp:region": "europe-west1",
  "pulumi-cnpg:profile": "dev",
  "pulumi-cnpg:backups": { bucket: "acme-dev-pg" },
  "pulumi-cnpg:clusters": { "orders-db": orders },
};
const clusters = (of: object): Settings => ({ "pulumi-cnpg:clusters": of });
const backups = (of: object): Settings => ({ "pulumi-cnpg:backups": of });

const load = (settings: Settings, own?: Omit<Own, "warn">) =>
  loadStack("dev", asEngine({ ...settings }), new Map(), { former: undefined, ...own, warn: () => {} });

/** What an update with these settings leaves as the stack's outputs. */
function outputsOf(settings: Settings, own?: Omit<Own, "warn">): Omit<Own, "warn"> {
  const args = load(settings, own);
  const name = args.environment ?? "dev";
  return { former: summariesOf(name, args), formerPlace: examineEnvironment(name, args).place };
}

/** Each: what is changed, the settings before and after, and what the refusal says. */
const refusals: readonly (readonly [string, Settings, Settings, RegExp])[] = [
  [
    "another key for the same Cluster",
    {},
    clusters({ orders: { ...orders, name: "orders-db" } }),
    /clusters\.orders: got "orders", expected orders-db, the key under which this stack has the Cluster orders\/orders-db/,
  ],
  [
    "keys that change places",
    clusters({ a: { ...orders, namespace: "one" }, b: { ...orders, namespace: "two" } }),
    clusters({
      a: { ...orders, namespace: "two", name: "b" },
      b: { ...orders, namespace: "one", name: "a" },
    }),
    /clusters\.a: got "a", expected b, the key under which .*two\/b(.|\n)*clusters\.b: got "b", expected a, the key/,
  ],
  [
    "another name",
    {},
    clusters({ "orders-db": { ...orders, name: "shop" } }),
    /clusters\.orders-db\.name: got "shop", expected orders-db, as the Cluster is called/,
  ],
  [
    "another name, also with a new generation",
    {},
    clusters({ "orders-db": { ...orders, name: "shop", generation: 2 } }),
    /clusters\.orders-db\.name: got "shop"/,
  ],
  [
    "another namespace",
    {},
    clusters({ "orders-db": { ...orders, namespace: "shop" } }),
    /clusters\.orders-db\.namespace: got "shop", expected orders, where the Cluster is.*generation: 2/,
  ],
  [
    "another environment",
    {},
    { "pulumi-cnpg:environment": "stage" },
    /environment: got "stage", expected dev, with which all objects.*To do: pulumi-cnpg:environment: dev/,
  ],
  [
    "another project",
    {},
    { "gcp:project": "acme-other" },
    /gcp:project: got "acme-other", expected acme-dev, where .* its bucket, which would be deleted/,
  ],
  [
    "another bucket",
    {},
    backups({ bucket: "acme-other-pg" }),
    /backups\.bucket: got "acme-other-pg", expected acme-dev-pg, which the stack made/,
  ],
  [
    "another bucket, also with a new generation of all that archives there",
    {},
    { ...backups({ bucket: "acme-other-pg" }), ...clusters({ "orders-db": { ...orders, generation: 2 } }) },
    /backups\.bucket: got "acme-other-pg"/,
  ],
  [
    "a bucket that is left to others",
    {},
    backups({ bucket: "acme-dev-pg", existingBucket: true, deleteAge: "60d" }),
    /backups\.bucket: is missing, expected acme-dev-pg, which the stack made/,
  ],
  [
    "no backups any more",
    {},
    clusters({ "orders-db": { ...orders, backup: { enabled: false } } }),
    /backups\.bucket: is missing, expected acme-dev-pg, which the stack made/,
  ],
  [
    "another region, where the bucket follows it",
    {},
    { "gcp:region": "europe-west4" },
    /backups\.location: got "EUROPE-WEST4", expected EUROPE-WEST1: a bucket can't move.*To do: backups\.location: EUROPE-WEST1/,
  ],
  [
    "another location",
    {},
    backups({ bucket: "acme-dev-pg", location: "EU" }),
    /backups\.location: got "EU", expected EUROPE-WEST1/,
  ],
  [
    "the archive of a cluster that goes, for another one",
    {},
    clusters({ shop: { ...orders, backup: { prefix: "cnpg/orders-db", serverName: "orders-db-g1" } } }),
    /clusters\.shop\.backup\.prefix: .* another folder: gs:\/\/acme-dev-pg\/cnpg\/orders-db\/orders-db-g1 is the archive of clusters\.orders-db/,
  ],
  [
    "a new generation whose archive is the one of now",
    clusters({ "orders-db": { ...orders, backup: { serverName: "orders-db-g2" } } }),
    clusters({ "orders-db": { ...orders, generation: 2 } }),
    /clusters\.orders-db\.generation: got 2, expected 3 or more/,
  ],
  [
    "a restore in place that would look elsewhere",
    {},
    clusters({
      "orders-db": {
        ...orders,
        generation: 2,
        backup: { prefix: "moved" },
        recoverFrom: { generation: 1 },
      },
    }),
    /clusters\.orders-db\.backup\.prefix: got .*, expected gs:\/\/acme-dev-pg\/cnpg\/orders-db, where the former generation is/,
  ],
];

describe("A stack that is there already", () => {
  for (const [what, before, after, says] of refusals)
    it(`refuses ${what}`, () => {
      const own = outputsOf({ ...base, ...before });
      assert.throws(
        () => load({ ...base, ...before, ...after }, own),
        (error) => {
          assert.ok(error instanceof InvalidSettings, String(error));
          assert.match(error.message, says);
          return true;
        },
      );
    });

  const allowed: readonly (readonly [string, Settings])[] = [
    ["the same settings", {}],
    [
      "another region, where the bucket stays",
      {
        "gcp:region": "europe-west4",
        ...backups({ bucket: "acme-dev-pg", location: "europe-west1" }),
      },
    ],
    [
      "another namespace with a new generation",
      clusters({
        "orders-db": { ...orders, namespace: "shop", generation: 2, recoverFrom: { generation: 1 } },
      }),
    ],
    ["another cluster beside it", clusters({ "orders-db": orders, shop: { ...orders, namespace: "shop" } })],
    ["another cluster in its place", clusters({ shop: { ...orders, namespace: "shop" } })],
  ];
  for (const [what, after] of allowed)
    it(`takes ${what}`, () => {
      load({ ...base, ...after }, outputsOf(base));
    });

  it("is not judged by what an older version of the program did not say, or by what is no output of it", () => {
    for (const formerPlace of [undefined, null, "?", {}, { name: "", bucket: "", location: "" }])
      load({ ...base, "pulumi-cnpg:environment": "stage" }, { former: {}, formerPlace });
  });
});

describe("A bucket that the stack does not own", () => {
  const shared = backups({ bucket: "shared", existingBucket: true, deleteAge: "60d", retention: "30d" });
  const inS3 = backups({
    bucket: "shared",
    s3: { endpoint: "https://minio.example.com", credentials: { secret: "k" } },
  });
  const places = (settings: Settings, own?: Omit<Own, "warn">) =>
    Object.values(outputsOf(settings, own).former as ReturnType<typeof summariesOf>).map(
      ({ destinationPath }) => destinationPath,
    );

  for (const [store, settings, scheme] of [
    ["Cloud Storage", shared, "gs"],
    ["an S3-compatible store", inS3, "s3"],
  ] as const) {
    const stack = { ...base, ...settings };
    it(`gives every environment a folder of its own in ${store}`, () => {
      for (const name of ["env-a", "env-b"])
        assert.deepEqual(places({ ...stack, "pulumi-cnpg:environment": name }), [
          `${scheme}://shared/cnpg/${name}/orders-db`,
        ]);
    });

    it(`leaves an archive in ${store} where an older default put it, also that of the next generations`, () => {
      const before = `${scheme}://shared/cnpg/orders-db`;
      const former = { "orders-db": { destinationPath: before, serverName: "orders-db-g1", generation: 1 } };
      assert.deepEqual(places(stack, { former }), [before]);
      const next = clusters({ "orders-db": { ...orders, generation: 2, recoverFrom: { generation: 1 } } });
      const own = outputsOf({ ...stack, ...next }, { former });
      assert.deepEqual(places({ ...stack, ...next }, own), [before]);
      const given = backups({ ...(settings["pulumi-cnpg:backups"] as object), prefix: "given" });
      assert.deepEqual(places({ ...stack, ...given }, { former }), [`${scheme}://shared/given/orders-db`]);
    });
  }

  it("is none of its own bucket's: there the folder is as it was", () => {
    assert.deepEqual(places(base), ["gs://acme-dev-pg/cnpg/orders-db"]);
  });
});

describe("A cluster that was restored in place", () => {
  const inPlace = (more: object = {}) => ({
    ...base,
    ...clusters({ "orders-db": { ...orders, generation: 2, ...more } }),
  });
  const restored = inPlace({ recoverFrom: { generation: 1 } });
  const workers = (settings: Settings, own?: Omit<Own, "warn">) =>
    load(settings, own).clusters["orders-db"]?.recoverFrom?.startWorkers;

  it("begins with its subscriptions and jobs held, and stays so at every further update", () => {
    const first = outputsOf(restored, outputsOf(base));
    assert.equal(workers(restored, outputsOf(base)), undefined);
    assert.equal(workers(restored, first), undefined);
  });

  it("goes on with them where an older version of this package restored it, or where they were started", () => {
    const { former, ...rest } = outputsOf(restored, outputsOf(base));
    const { workers: _, ...older } = (former as Record<string, Record<string, unknown>>)["orders-db"] ?? {};
    const own = { ...rest, former: { "orders-db": older } };
    assert.equal(workers(restored, own), true);
    assert.equal(workers(restored, outputsOf(restored, own)), true);
    const started = outputsOf(
      inPlace({ recoverFrom: { generation: 1, startWorkers: true } }),
      outputsOf(base),
    );
    assert.equal(workers(restored, started), true);
    assert.equal(workers(inPlace({ recoverFrom: { generation: 1, startWorkers: false } }), started), false);
  });

  it("holds them where it is a clone of another cluster, or begins another generation", () => {
    const source = { bucket: "acme-prod-pg", serverName: "g1", postgresMajor: 17 };
    const clone = inPlace({ recoverFrom: source });
    const older = {
      former: { "orders-db": { generation: 2, kubernetesServiceAccount: "orders/orders-db" } },
    };
    assert.equal(workers(clone, older), undefined);
    const again = { ...restored, ...inPlace({ generation: 3, recoverFrom: { generation: 2 } }) };
    assert.equal(workers(again, older), undefined);
  });
});

describe("A stack with many clusters that is there already", () => {
  it("reads what was said of each of them a few times, and not once for every other one", () => {
    let reads = 0;
    const names = Array.from({ length: 50 }, (_, i) => `db-${i}`);
    const former = Object.fromEntries(
      names.map((name) => [
        name,
        {
          get generation() {
            reads++;
            return 1;
          },
          kubernetesServiceAccount: `${name}/${name}`,
        },
      ]),
    );
    const settings = clusters(
      Object.fromEntries(names.map((name) => [name, { ...orders, namespace: name }])),
    );
    load({ ...base, ...settings }, { former });
    assert(reads >= names.length && reads <= 6 * names.length, `${reads} reads`);
  });
});
