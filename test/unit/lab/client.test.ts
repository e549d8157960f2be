import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Http } from "../../../components/apiServer";
import { Cluster, ClusterError, type KubernetesObject } from "../../../lab/cluster";

interface Seen {
  readonly method: string | undefined;
  readonly url: string;
  readonly type: string | undefined;
  readonly body: string;
}

type Answer = { status?: number; body: unknown; warnings?: readonly string[] };

/** An API server that answers by a function and knows two kinds. */
class FakeServer {
  readonly seen: Seen[] = [];
  answer: (seen: Seen) => Answer = () => ({ body: {} });
  private readonly folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-fake-"));
  private readonly http = new Http(join(this.folder, "s"));
  private readonly server: Server;
  readonly cluster = new Cluster({ kubeconfig: "", kubectl: "false" }, this.http);

  constructor() {
    this.server = createServer(async (request: IncomingMessage, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method, url = "", headers } = request;
      const seen = { method, url, type: headers["content-type"], body: Buffer.concat(chunks).toString() };
      this.seen.push(seen);
      const kinds = FakeServer.kinds[url];
      const { status = 200, body, warnings = [] } = kinds === undefined ? this.answer(seen) : { body: kinds };
      // As pairs: Node's types know one warning only.
      const all = ["application/json", ...warnings].map((text, i) => [
        i === 0 ? "content-type" : "warning",
        text,
      ]);
      response.writeHead(status, all.flat());
      response.end(JSON.stringify(body));
    });
  }

  private static readonly kinds: Readonly<Record<string, object>> = {
    "/api/v1": { resources: [{ name: "namespaces", kind: "Namespace", namespaced: false }] },
    "/apis/acme.example/v1": {
      resources: [
        { name: "anvils", kind: "Anvil", namespaced: true },
        { name: "anvils/status", kind: "Anvil", namespaced: true },
      ],
    },
  };

  listen(): Promise<void> {
    return new Promise((done) => this.server.listen(join(this.folder, "s"), done));
  }

  close(): void {
    this.cluster.close();
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const anvil: KubernetesObject = {
  apiVersion: "acme.example/v1",
  kind: "Anvil",
  metadata: { name: "heavy", namespace: "acme" },
};
const ref = { apiVersion: "acme.example/v1", kind: "Anvil", name: "heavy", namespace: "acme" };
const refused = (reason: string, status: number) => (error: unknown) =>
  error instanceof ClusterError && error.reason === reason && error.status === status;

describe("the lab's Kubernetes client", () => {
  let server: FakeServer;
  beforeEach(async () => {
    server = new FakeServer();
    await server.listen();
  });
  afterEach(() => server.close());

  it("applies server-side under its name, strictly, and hands on the server's warnings", async () => {
    server.answer = () => ({
      body: anvil,
      warnings: ['299 - "too \\"heavy\\"", 299 kube "old"', '299 - "x"'],
    });
    const { warnings } = await server.cluster.apply(anvil);
    const { method, url, type } = server.seen.at(-1) as Seen;
    assert.equal(method, "PATCH");
    assert.equal(type, "application/apply-patch+yaml");
    assert.match(url, /^\/apis\/acme\.example\/v1\/namespaces\/acme\/anvils\/heavy\?/);
    assert.match(url, /fieldManager=pulumi-cnpg&fieldValidation=Strict$/);
    assert.deepEqual(warnings, ['too "heavy"', "old", "x"]);
    await server.cluster.apply(anvil, { dryRun: true, force: true, fieldManager: "me" });
    assert.match(server.seen.at(-1)?.url ?? "", /fieldManager=me.*force=true.*dryRun=All/);
  });

  it("asks for the kinds of a group once, and again for one that was missing", async () => {
    await server.cluster.get(ref);
    await server.cluster.get(ref);
    const asked = () => server.seen.filter(({ url }) => url === "/apis/acme.example/v1").length;
    assert.equal(asked(), 1);
    await assert.rejects(server.cluster.apply({ ...anvil, kind: "Hammer" }), refused("NoSuchKind", 404));
    await server.cluster.get(ref);
    assert.equal(asked(), 2);
  });

  it("gives the server's reason, message and causes", async () => {
    const causes = [{ reason: "FieldManagerConflict", message: 'conflict with "me"', field: ".spec.weight" }];
    server.answer = () => ({
      status: 409,
      body: { kind: "Status", reason: "Conflict", message: "Apply failed", details: { causes } },
    });
    await assert.rejects(server.cluster.apply(anvil), (error: unknown) => {
      assert.ok(error instanceof ClusterError);
      const { status, reason, message } = error;
      assert.deepEqual(
        { status, reason, message, causes: error.causes },
        {
          status: 409,
          reason: "Conflict",
          message: "Apply failed",
          causes,
        },
      );
      return true;
    });
  });

  it("has nothing for an object that is not there, and says that there was nothing to remove", async () => {
    server.answer = () => ({ status: 404, body: { reason: "NotFound", message: "no" } });
    assert.equal(await server.cluster.get(ref), undefined);
    assert.deepEqual(await server.cluster.list("acme.example/v1", "Hammer"), []);
    assert.equal(await server.cluster.remove(ref), false);
    await server.cluster.gone(ref, { timeout: 0 });
  });

  it("says what a finalizer of CNPG waits for, and what helps", async () => {
    const metadata = { name: "a", namespace: "n", finalizers: ["cnpg.io/deleteDatabase"] };
    server.answer = () => ({ body: { metadata, spec: { cluster: { name: "db" } } } });
    await assert.rejects(server.cluster.gone(ref, { timeout: 0 }), (error: Error) => {
      assert.match(error.message, /finalizers cnpg\.io\/deleteDatabase, which the Cluster's primary removes/);
      assert.match(error.message, /if none runs: kubectl delete cluster db -n n\)/);
      return true;
    });
    metadata.finalizers = ["acme.example/mine"];
    await assert.rejects(
      server.cluster.gone(ref, { timeout: 0 }),
      /its removal \(finalizers acme\.example\/mine\)/,
    );
  });

  it("says what a namespace still holds that does not go", async () => {
    const condition = (type: string, status: string, message: string) => ({ type, status, message });
    const conditions = [
      condition("NamespaceDeletionContentFailure", "False", "All content successfully deleted"),
      condition("NamespaceContentRemaining", "True", "databases has 1 resource instances"),
      condition("NamespaceFinalizersRemaining", "True", "cnpg.io/deleteDatabase in 1 resource instances"),
    ];
    server.answer = () => ({ body: { metadata: { name: "n" }, status: { conditions } } });
    const gone = () => server.cluster.gone(ref, { timeout: 0 });
    await assert.rejects(
      gone(),
      /its removal \(databases has 1 resource instances; cnpg\.io\/deleteDatabase in 1 resource instances\)/,
    );
    conditions[2] = condition(
      "NamespaceFinalizersRemaining",
      "False",
      "All content-preserving finalizers finished",
    );
    await assert.rejects(gone(), /its removal \(databases has 1 resource instances\)/);
  });

  it("waits through a server that is away, and tells each thing that is missing once", async () => {
    const weights = [1, 1, undefined, 2, 3];
    server.answer = () => {
      const weight = weights.shift();
      return weight === undefined
        ? { status: 503, body: { reason: "ServiceUnavailable", message: "starting" } }
        : { body: { ...anvil, spec: { weight } } };
    };
    const said: string[] = [];
    const judge = (object: KubernetesObject | undefined) => {
      const { weight } = (object?.spec ?? {}) as { weight?: number };
      return weight === 3 ? [] : [`weight 3, is ${weight}`];
    };
    const found = await server.cluster.waitFor(ref, judge, {
      interval: 1,
      onProgress: (text) => said.push(text),
    });
    assert.deepEqual(found?.spec, { weight: 3 });
    assert.deepEqual(said, [
      "Anvil acme/heavy: waiting for weight 3, is 1",
      "Anvil acme/heavy: waiting for an answer (starting)",
      "Anvil acme/heavy: waiting for weight 3, is 2",
    ]);
  });

  it("ends a wait at its limit and at once when it is cancelled, and says where it stood", async () => {
    server.answer = () => ({ body: anvil });
    const judge = () => ["more weight"];
    await assert.rejects(
      server.cluster.waitFor(ref, judge, { timeout: 0.01, interval: 5 }),
      (error: unknown) =>
        refused("Timeout", 0)(error) && /waiting for more weight/.test((error as Error).message),
    );
    const stop = new AbortController();
    const waiting = server.cluster.waitFor(ref, judge, {
      interval: 60_000,
      signal: stop.signal,
      onProgress: () => setTimeout(() => stop.abort(), 5),
    });
    await assert.rejects(
      waiting,
      (error: unknown) =>
        refused("Cancelled", 0)(error) && /waiting for more weight/.test((error as Error).message),
    );
  });

  it("says so when the server doesn't answer", async () => {
    server.close();
    await assert.rejects(server.cluster.raw("GET", "/version"), refused("NoAnswer", 0));
  });

  it("names a namespaced object's missing namespace", async () => {
    await assert.rejects(
      server.cluster.apply({ ...anvil, metadata: { name: "heavy" } }),
      /Anvil heavy: metadata\.namespace is missing/,
    );
  });
});
