import assert from "node:assert/strict";
import type { Properties, Provider } from "../../offline/provider";
import { offlineProviders } from "../../offline/providers";
import { Looking } from "./looking";

/** The offline stand-in, whose objects have a UID as if an API server had made them: the program then looks at them. */
function withUids(base: Provider): Provider {
  const live = (outputs: Properties): Properties => ({
    ...outputs,
    metadata: { ...(outputs.metadata as Properties), uid: "11111111-2222-3333-4444-555555555555" },
  });
  const own: Pick<Provider, "create" | "update"> = {
    create: async (asked) => {
      const made = await base.create(asked);
      return asked.preview ? made : { ...made, outputs: live(made.outputs) };
    },
    update: async (asked) => live(await base.update(asked)),
  };
  return Object.assign(Object.create(base) as Provider, own);
}

describe("A program that looks whether its changes take effect, through the real engine", () => {
  const looking = new Looking(
    () => "#!/bin/sh\necho 'error: the server has asked for the client to provide credentials' >&2\nexit 1\n",
  );
  after(() => looking.remove());

  function up(image: string, wait: "on" | "off"): Promise<number> {
    const providers = offlineProviders();
    return looking.up(
      wait,
      { image },
      { providers: { ...providers, kubernetes: withUids(providers.kubernetes) } },
    );
  }

  const kinds = (): string[] =>
    looking
      .resources()
      .map(({ urn }) => urn)
      .sort();

  const first = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";
  const second = "ghcr.io/cloudnative-pg/postgresql:17.7-standard-trixie";

  it("is red where it can't look, says what it needs, and deletes nothing of what comes after", async () => {
    assert.equal(await up(first, "off"), 0, looking.output);
    const before = kinds();
    assert(
      before.some((urn) => urn.includes(":Database::")),
      before.join("\n"),
    );
    assert.notEqual(await up(second, "on"), 0, looking.output);
    assert.match(
      looking.output,
      /what was made can't be looked at: .*provide credentials.*kubernetes:kubeconfig/s,
    );
    assert.doesNotMatch(looking.output, /deleted/);
    assert.deepEqual(kinds(), before);
  });

  it("is red at the next update, which changes nothing, too", async () => {
    assert.notEqual(await up(second, "on"), 0, looking.output);
    assert.match(looking.output, /what was made can't be looked at/);
    assert.equal(await up(second, "off"), 0, looking.output);
  });
});
