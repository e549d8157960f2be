import assert from "node:assert/strict";
import { clusterIn, Offline } from "./offline";

describe("a replica cluster, through the real engine", () => {
  const offline = new Offline();
  const start = (replica: object | undefined, ...more: string[]) => {
    const change = (settings: { [key: string]: unknown }) => {
      const cluster = clusterIn(settings, "orders-db");
      delete (cluster.recoverFrom as { target?: unknown }).target;
      if (replica !== undefined) cluster.replica = replica;
    };
    const file = offline.stackFile("dev-clone", change);
    return offline.start(["--stack", "dev-clone", "--stack-file", file, ...more]);
  };
  const kinds = () => offline.state("dev-clone").map(({ type }) => type.split(":").at(-1));

  before(async () => {
    const { code, output } = await start({ enabled: true });
    assert.equal(code, 0, output);
  });
  after(() => offline.remove());

  it("has no database and no password of its own, and a backup", () => {
    for (const kind of ["Database", "Secret", "RandomPassword"]) assert(!kinds().includes(kind), kind);
    assert(kinds().includes("ScheduledBackup"));
  });

  it("is not promoted by taking its section out", async () => {
    const { code, output } = await start(undefined, "--preview");
    assert.notEqual(code, 0, output);
    assert.match(output, /spec\.replica: is missing, expected \{"enabled":false\} to promote it/);
  });

  it("is promoted by enabled: false, after its Secret is made and before its Database", async () => {
    const { code, output } = await start({ enabled: false });
    assert.equal(code, 0, output);
    const when = (what: string) => {
      const place = output.indexOf(what);
      assert(place >= 0, `${what}\n${output}`);
      return place;
    };
    assert(when("Secret dev-clone/orders-db/orders created") < when("Cluster dev-clone/orders-db updated"));
    assert(when("Cluster dev-clone/orders-db updated") < when("Database dev-clone/orders-db/orders created"));
  });

  it("does not follow again", async () => {
    const { code, output } = await start({ enabled: true }, "--preview");
    assert.notEqual(code, 0, output);
    assert.match(output, /spec\.replica\.enabled: got true, expected false: what this cluster wrote itself/);
  });

  it("keeps its section, without which it would count as a clone and shut its roles out", async () => {
    const { code, output } = await start(undefined, "--preview");
    assert.notEqual(code, 0, output);
    assert.match(
      output,
      /spec\.replica: is missing, expected what it was, \{"enabled":false,"source":"source"\}: /,
    );
  });
});
