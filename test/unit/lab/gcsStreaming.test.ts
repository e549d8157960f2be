import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { readAll } from "../../lab/gcs/content";
import { type GcsProxy, startGcsProxy } from "../../lab/gcs/proxy";
import { StandIn } from "../../lab/gcs/standIn";

describe("50 MB through the proxy that judges calls to Cloud Storage", () => {
  let upstream: StandIn;
  let proxy: GcsProxy;

  beforeEach(async () => {
    upstream = new StandIn();
    proxy = await startGcsProxy({ upstream: await upstream.start(), listen: "127.0.0.1" });
  });

  afterEach(async () => {
    await proxy.stop();
    upstream.stop();
  });

  const size = 50 << 20;
  /** What lies between the two ends, in the kernel and in both processes: far less than an object. */
  const between = 40 << 20;
  const megabyte = Buffer.alloc(1 << 20, "0123456789abcdef");
  const wanted = createHash("sha256");
  for (let at = 0; at < size; at += megabyte.length) wanted.update(megabyte);
  const sum = wanted.digest("hex");

  it("sends on what is uploaded as it comes, at the pace of the server", async () => {
    let release = () => {};
    upstream.hold = new Promise((resolve) => {
      release = resolve;
    });
    let sent = 0;
    function* content() {
      for (; sent < size; sent += megabyte.length) yield megabyte;
    }
    const call = request(`${proxy.url}/upload/storage/v1/b/b/o?uploadType=media&name=big`, {
      method: "POST",
      headers: { "content-length": size },
    });
    Readable.from(content(), { objectMode: false }).pipe(call);
    await settles(() => sent);
    assert(sent < between, `${sent} bytes were taken before the server read one`);
    release();
    const [answer] = (await once(call, "response")) as [IncomingMessage];
    const { sha256 } = JSON.parse((await readAll(answer)).toString()) as { sha256: string };
    assert.deepEqual([upstream.received, sha256], [size, sum]);
  });

  it("passes on what is downloaded as it comes, at the pace of the client", async () => {
    upstream.objects.set("big", Buffer.concat(Array(size / megabyte.length).fill(megabyte)));
    const call = request(`${proxy.url}/storage/v1/b/b/o/big?alt=media`).end();
    const [answer] = (await once(call, "response")) as [IncomingMessage];
    await settles(() => upstream.received);
    assert(upstream.received < between, `${upstream.received} bytes were taken before the client read one`);
    const hash = createHash("sha256");
    for await (const chunk of answer) hash.update(chunk as Buffer);
    assert.equal(hash.digest("hex"), sum);
  });
});

/** Waits until a number does not grow any more. */
async function settles(number: () => number): Promise<void> {
  for (let before = -1; before !== number(); await pause(300)) before = number();
}
