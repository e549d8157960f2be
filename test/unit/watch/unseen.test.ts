import assert from "node:assert/strict";
import { cluster, healthy, justChanged, pod, said, type World, watched } from "./world";

describe("The watch of a cluster, for changes that don't show at its pods", () => {
  for (const [when, world] of [
    ["with a hash of the files that is another one already", justChanged(healthy())],
    ["at a later update, which changes nothing", healthy()],
  ] as const)
    it(`is red where Postgres refused its configuration and goes on with the former one, ${when}`, async () => {
      const { metadata } = world.cluster as NonNullable<World["cluster"]>;
      const lately = { manager: "pulumi-kubernetes", time: "2026-11-29T01:30:00Z" };
      world.cluster = cluster({
        metadata: { ...metadata, managedFields: metadata.managedFields ?? [lately] },
      });
      const record = (message: string) =>
        JSON.stringify({ logger: "postgres", msg: "record", record: { message } });
      world.logs["db-1/postgres"] = [
        record("received SIGHUP, reloading configuration files"),
        record('unrecognized configuration parameter "no_such_setting" in file "custom.conf" line 27'),
        record('configuration file "custom.conf" contains errors; unaffected changes were applied'),
      ].join("\n");
      const { error } = await watched(world);
      assert.match(error?.message ?? "", /goes on with its former configuration: .*no_such_setting/);
    });

  it("asks for WAL where only grants or keys were changed, and fails with Barman's words where they don't count", async () => {
    const archiveChanged = () => Promise.resolve(true);
    const good = await watched(healthy(), { watch: { archiveChanged } });
    assert.equal(good.error, undefined);
    assert.equal(good.switches, 1);
    const world = healthy();
    world.pods = [
      pod({
        status: {
          ...pod().status,
          initContainerStatuses: [{ name: "plugin-barman-cloud", ready: true }],
        },
      }),
    ];
    const refused = await watched(world, {
      watch: { archiveChanged },
      switchWal: (now) => {
        now.status = said({
          currentWAL: "000000010000000000000005",
          lastFailedWAL: "000000010000000000000004",
          lastFailedWALTime: new Date().toISOString(),
        });
        now.logs["db-1/plugin-barman-cloud"] =
          '{"level":"error","msg":"ERROR: An error occurred (InvalidAccessKeyId) when calling the PutObject operation"}';
      },
    });
    assert.match(
      refused.error?.message ?? "",
      /container plugin-barman-cloud: WAL is not archived: .*InvalidAccessKeyId/,
    );
    assert(refused.seconds < 240, String(refused.seconds));
  });
});
