import assert from "node:assert/strict";
import { OfflineKubernetes } from "../../../offline/kubernetes";
import { providerCases } from "../../../offline/providerCases";
import { plays } from "../../providerCases/plays";
import { Served } from "../../providerCases/served";
import { type Stage, withEnv } from "../../providerCases/stage";

const rows = providerCases.flatMap(({ cases }) => cases);

/** Nothing but providers: what needs a cluster has no place on it. */
class OfflineStage implements Stage {
  readonly kind = "offline";
  readonly namespace = "cases";
  private readonly served: Served[] = [];

  get cluster(): never {
    throw new Error("offline there is no cluster");
  }

  async serve(settings = {}, env: { readonly [key: string]: string } = {}): Promise<Served> {
    this.provider ??= new OfflineKubernetes();
    const { provider } = this;
    const served = await withEnv(env, () => Served.standIn(provider, settings));
    this.served.push(served);
    return served;
  }

  end(): void {
    for (const served of this.served.splice(0)) served.stop();
    this.provider = undefined;
  }

  /** One for a row, as for a run. */
  private provider: OfflineKubernetes | undefined;
}

describe("what the Kubernetes provider does, by the offline stand-in", () => {
  const stage = new OfflineStage();
  afterEach(() => stage.end());

  for (const { id, when, not } of rows)
    if (not?.offline === undefined)
      it(`${id}: ${when}`, async () => {
        const play = plays[id];
        assert.ok(play !== undefined, "the row is not played");
        await play(stage, id.toLowerCase());
      });
});

describe("the table of what the Kubernetes provider does", () => {
  it("has each row once, and each way to play one has its row", () => {
    const ids = rows.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
    assert.deepEqual(
      Object.keys(plays).filter((id) => !ids.includes(id)),
      [],
    );
  });

  it("has a reason for each row that nothing plays, and none of those as seen", () => {
    for (const { id, not, seen } of rows) {
      if (plays[id] !== undefined) continue;
      assert.ok(not?.offline !== undefined && not.lab !== undefined, id);
      assert.equal(seen, false, id);
    }
  });
});
