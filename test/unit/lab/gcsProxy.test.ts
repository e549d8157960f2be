import assert from "node:assert/strict";
import { type GcsProxy, startGcsProxy } from "../../lab/gcs/proxy";
import { StandIn } from "../../lab/gcs/standIn";

describe("the proxy that judges calls to Cloud Storage", () => {
  let upstream: StandIn;
  let proxy: GcsProxy;
  const object = (name: string) => `${proxy.url}/storage/v1/b/b/o/${encodeURIComponent(name)}`;
  const upload = (name: string, body: string) =>
    fetch(`${proxy.url}/upload/storage/v1/b/b/o?uploadType=media&name=${name}`, { method: "POST", body });

  beforeEach(async () => {
    upstream = new StandIn();
    proxy = await startGcsProxy({
      upstream: await upstream.start(),
      listen: "127.0.0.1",
      member: "serviceAccount:me",
    });
  });

  afterEach(async () => {
    await proxy.stop();
    upstream.stop();
  });

  it("passes calls on and records what each needed permission for", async () => {
    await upload("a%2F1", "one");
    assert.equal(await (await fetch(`${object("a/1")}?alt=media`)).text(), "one");
    await fetch(`${proxy.url}/storage/v1/b/b/o?prefix=a%2F`);
    assert.deepEqual(
      proxy.calls.map(({ operation, permissions, bucket, object, prefix, status, denied }) =>
        [operation, ...permissions, bucket, object, prefix, status, denied].join(" "),
      ),
      [
        "objects.insert storage.objects.create b a/1  200 ",
        "objects.get storage.objects.get b a/1  200 ",
        "objects.list storage.objects.list b  a/ 200 ",
      ],
    );
    assert.equal(proxy.forget().length, 3);
    assert.equal(proxy.calls.length, 0);
  });

  it("denies as Cloud Storage does, and asks the server nothing", async () => {
    proxy.deny("storage.objects.delete");
    const answer = await fetch(object("a"), { method: "DELETE" });
    const message =
      "serviceAccount:me does not have storage.objects.delete access to the Google Cloud Storage object. Permission 'storage.objects.delete' denied on resource (or it may not exist).";
    assert.equal(answer.status, 403);
    assert.deepEqual(await answer.json(), {
      error: { code: 403, message, errors: [{ message, domain: "global", reason: "forbidden" }] },
    });
    assert.equal(proxy.calls[0]?.denied, "storage.objects.delete");
    assert.deepEqual(upstream.seen, []);
    proxy.allowAll();
    assert.equal((await fetch(object("a"), { method: "DELETE" })).status, 404);
  });

  it("asks a judge of each access, and keeps him when denials are taken back", async () => {
    proxy.judgeBy(({ object: name }) => name !== "secret");
    proxy.deny("storage.objects.create");
    proxy.allowAll();
    assert.equal((await upload("open", "1")).status, 200);
    assert.equal((await upload("secret", "1")).status, 403);
  });

  it("asks to delete only where an upload finds something to overwrite", async () => {
    proxy.deny("storage.objects.delete");
    assert.equal((await upload("a", "1")).status, 200);
    assert.equal((await upload("a", "2")).status, 403);
    assert.deepEqual(
      proxy.calls.map(({ permissions }) => permissions),
      [["storage.objects.create"], ["storage.objects.create", "storage.objects.delete"]],
    );
    assert.equal(upstream.objects.get("a")?.toString(), "1");
  });

  it("finds the name of an object in the first part of an upload, and sends all parts on", async () => {
    const content =
      '--x\r\ncontent-type: application/json\r\n\r\n{"name":"a/1"}\r\n--x\r\n\r\nthe content\r\n--x--';
    const answer = await fetch(`${proxy.url}/upload/storage/v1/b/b/o?uploadType=multipart`, {
      method: "POST",
      headers: { "content-type": "multipart/related; boundary=x" },
      body: content,
    });
    assert.equal(answer.status, 200);
    assert.equal(proxy.calls[0]?.object, "a/1");
    assert.equal(upstream.objects.get("a/1")?.toString(), content);
  });

  it("leads an upload in pieces back through itself, and asks once for it", async () => {
    const begun = await fetch(`${proxy.url}/upload/storage/v1/b/b/o?uploadType=resumable`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "a/1" }),
    });
    const location = begun.headers.get("location") ?? "";
    assert(location.startsWith(`${proxy.url}/upload/`), location);
    proxy.deny("storage.objects.create");
    assert.equal((await fetch(location, { method: "PUT", body: "all" })).status, 200);
    assert.deepEqual(
      proxy.calls.map(({ method, permissions, object: name }) => [method, name, ...permissions]),
      [
        ["POST", "a/1", "storage.objects.create"],
        ["PUT", "a/1"],
      ],
    );
  });

  it("leads links in descriptions back through itself, and leaves the contents of objects alone", async () => {
    const content = '{"selfLink":"http://emulator.invalid:4443/x"}';
    await upload("a", content);
    const { items } = (await (await fetch(`${proxy.url}/storage/v1/b/b/o`)).json()) as {
      items: { selfLink: string; mediaLink: string }[];
    };
    assert.equal(items[0]?.selfLink, object("a"));
    assert.equal(await (await fetch(items[0]?.mediaLink ?? "")).text(), content);
  });

  it("names the server as Cloud Storage is named where paths are of the other API", async () => {
    await upload("a", "1");
    assert.equal(await (await fetch(`${proxy.url}/b/a`)).text(), "1");
    assert.equal(upstream.seen.at(-1)?.host, "storage.googleapis.com");
  });

  it("does not tell whom may not list that there is no such object", async () => {
    proxy.deny("storage.objects.list");
    const answer = await fetch(object("none"));
    assert.equal(answer.status, 403);
    assert.match(await answer.text(), /storage\.objects\.list access to the Google Cloud Storage bucket/);
    await upload("a", "1");
    assert.equal((await fetch(object("a"))).status, 200);
  });

  it("judges every call of a batch by itself, and answers all in their order", async () => {
    for (const name of ["a", "keep", "c"]) await upload(name, name);
    proxy.judgeBy(({ object: name }) => name !== "keep");
    proxy.forget();
    // As Google's client for Python writes it: whole addresses, no Content-ID, lines that end in LF alone.
    const parts = ["a", "keep", "c", "none"].map(
      (name) =>
        `--===1==\nContent-Type: application/http\nMIME-Version: 1.0\n\nDELETE ${object(name)}?prettyPrint=false HTTP/1.1\r\nAccept: */*\r\n\r\n`,
    );
    const answer = await fetch(`${proxy.url}/batch/storage/v1`, {
      method: "POST",
      headers: { "content-type": 'multipart/mixed; boundary="===1=="' },
      body: `${parts.join("\n")}\n--===1==--\n`,
    });
    const text = await answer.text();
    assert.equal(answer.status, 200);
    assert.deepEqual(
      [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status),
      ["204", "403", "204", "404"],
    );
    assert.deepEqual(
      proxy.calls.map(({ object: name, status, batch, denied }) => [name, status, batch, denied]),
      [
        ["a", 204, true, undefined],
        ["keep", 403, true, "storage.objects.delete"],
        ["c", 204, true, undefined],
        ["none", 404, true, undefined],
      ],
    );
    assert.deepEqual([...upstream.objects.keys()], ["keep"]);
  });

  it("answers the parts of a batch under the numbers that they have", async () => {
    const body =
      "--x\r\nContent-Type: application/http\r\nContent-ID: <b29c+1>\r\n\r\nDELETE /storage/v1/b/b/o/a HTTP/1.1\r\n\r\n\r\n--x--";
    const headers = { "content-type": "multipart/mixed; boundary=x" };
    const answer = await fetch(`${proxy.url}/batch/storage/v1`, { method: "POST", headers, body });
    assert.match(await answer.text(), /\r\nContent-ID: <response-b29c\+1>\r\n/);
  });

  it("says that it does not know a call, instead of letting it through or denying it", async () => {
    const answer = await fetch(`${proxy.url}/storage/v1/b/b/lockRetentionPolicy`, { method: "POST" });
    assert.equal(answer.status, 501);
    assert.deepEqual([proxy.calls[0]?.operation, proxy.calls[0]?.denied], ["unknown", undefined]);
    assert.deepEqual(upstream.seen, []);
  });

  it("says that it does not reach the server, which is no denial", async () => {
    upstream.stop();
    const answer = await fetch(object("a"));
    assert.equal(answer.status, 502);
    assert.equal(proxy.calls[0]?.denied, undefined);
  });
});
