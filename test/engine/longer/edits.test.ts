import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { dump } from "js-yaml";
import { anyEdit, edited, firstSettings, type Settings } from "../../helpers/edits";
import { Offline, type StateResource } from "../offline";

/** How many edits; `ENGINE_EDITS=60` takes some minutes. */
const count = Number(process.env.ENGINE_EDITS ?? 20);
const seed = Number(process.env.ENGINE_SEED ?? Date.now() % 1_000_000);

/** An object that holds data, as the state has it. */
interface Holder {
  readonly urn: string;
  readonly physical: string;
  readonly created: string;
  readonly generation: number;
  readonly archive: string;
}

interface Spec {
  readonly configuration?: { readonly destinationPath?: string };
  readonly plugins?: readonly { readonly parameters?: { readonly serverName?: string } }[];
}

function holders(state: readonly StateResource[]): Holder[] {
  const places = new Map(
    state
      .filter(({ type }) => type.endsWith("v1:ObjectStore"))
      .map((store) => [
        store.urn.split("::").at(-1),
        (store.inputs?.spec as Spec | undefined)?.configuration?.destinationPath,
      ]),
  );
  return state.flatMap((resource) => {
    const { urn, type, inputs } = resource;
    const { created = "", replacementTrigger } = resource as StateResource & {
      readonly created?: string;
      readonly replacementTrigger?: unknown;
    };
    if (type.endsWith("bucket:Bucket"))
      return [{ urn, physical: `Bucket ${inputs?.name}`, created, generation: 0, archive: "" }];
    if (!type.endsWith("v1:Cluster")) return [];
    const { namespace, name } = (inputs?.metadata ?? {}) as {
      readonly namespace?: string;
      readonly name?: string;
    };
    const server = (inputs?.spec as Spec | undefined)?.plugins?.[0]?.parameters?.serverName;
    const place = places.get(urn.split("::").at(-1));
    return [
      {
        urn,
        physical: `Cluster ${namespace}/${name}`,
        created,
        generation: Number(replacementTrigger),
        archive: server === undefined ? "" : `${place}/${server}`,
      },
    ];
  });
}

describe(`${count} edits of a stack file, one after another through the real engine (seed ${seed})`, function () {
  this.timeout(900_000);
  const offline = new Offline();
  after(() => offline.remove());

  const file = join(offline.folder, "Pulumi.dev.yaml");
  const start = (settings: Settings) => {
    writeFileSync(file, dump({ config: settings }));
    return offline.start(["--stack-file", file, "--no-policies"]);
  };

  it("neither make anew what is there, nor move an archive, nor leave two clusters in one", async () => {
    let settings = firstSettings();
    const first = await start(settings);
    assert.equal(first.code, 0, first.output);
    assert.deepEqual(
      holders(offline.state("dev")).map(({ physical, generation, archive }) => [
        physical,
        generation,
        archive,
      ]),
      [
        ["Cluster one/orders", 1, "gs://acme-pg/cnpg/orders/orders-g1"],
        ["Bucket acme-pg", 0, ""],
      ],
    );
    let taken = 0;
    for (const edit of fc.sample(anyEdit, { numRuns: count, seed })) {
      const before = holders(offline.state("dev"));
      const next = edited(settings, edit);
      const { code, output } = await start(next);
      const now = holders(offline.state("dev"));
      const about = `${edit.what}\n${output}`;
      for (const was of before) {
        const same = now.find(({ physical }) => physical === was.physical);
        // A refusal deletes nothing; else a bucket stays, and a Cluster goes only from the file.
        if (code !== 0 || was.physical.startsWith("Bucket"))
          assert.ok(same, `${was.physical} is gone: ${about}`);
        if (same === undefined) continue;
        assert.equal(same.urn, was.urn, about);
        if (same.generation === was.generation)
          assert.deepEqual(
            [same.created, same.archive || was.archive],
            [was.created, was.archive || same.archive],
            about,
          );
      }
      const archives = now.flatMap(({ archive }) => archive || []);
      assert.equal(new Set(archives).size, archives.length, about);
      if (code !== 0) continue;
      taken++;
      settings = next;
    }
    assert.ok(taken > 0, "none of the edits was taken");
  });
});
