import assert from "node:assert/strict";
import type { Http2Server } from "node:http2";
import * as grpc from "@grpc/grpc-js";
import { type UnaryMethod, UnaryServer } from "../../policies/pack/unaryServer";

/** A method as generated code describes it, with texts for messages. */
function method(name: string, serialize = (text: string) => Buffer.from(text)) {
  const deserialize = (bytes: Buffer) => bytes.toString();
  return {
    path: `/test.Texts/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (text: string) => Buffer.from(text),
    requestDeserialize: deserialize,
    responseSerialize: serialize,
    responseDeserialize: deserialize,
  };
}

const service = {
  echo: method("Echo"),
  refuse: method("Refuse"),
  throws: method("Throws"),
  late: method("Late"),
  unserved: method("Unserved"),
  other: method("Other"),
};

describe("The server of the policy pack, asked by grpc-js", () => {
  let server: Http2Server;
  let client: grpc.Client;
  const call = (name: keyof typeof service, text: string) =>
    new Promise<string>((done, failed) => {
      const { path, requestSerialize, responseDeserialize } = service[name];
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, text, (error, response) =>
        error === null ? done(response ?? "") : failed(error),
      );
    });

  before(async () => {
    const own = new UnaryServer();
    const { other, ...served } = service;
    own.addService(served as Readonly<Record<string, UnaryMethod>>, {
      echo: ({ request }, reply) => reply(null, `${request}!`),
      refuse: ({ request }, reply) => reply({ code: grpc.status.NOT_FOUND, details: request }),
      throws: ({ request }) => {
        throw new Error(String(request));
      },
      late: ({ request }, reply) => void setTimeout(() => reply(null, request), Number(request)),
    });
    const port = await new Promise<number>((done, failed) => {
      const bound = (error: Error | null, at: number) => (error === null ? done(at) : failed(error));
      server = own.bindAsync("127.0.0.1:0", undefined, bound);
    });
    client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
    });
  });

  after(() => {
    client.close();
    server.close();
  });

  it("answers a message, an empty one too", async () => {
    assert.equal(await call("echo", "größer"), "größer!");
    assert.equal(await call("echo", ""), "!");
  });

  it("takes a message of 20 MB, and answers with one", async () => {
    const text = "0123456789abcdef".repeat(1_310_720);
    assert.equal(await call("echo", text), `${text}!`);
  });

  it("answers each of 300 calls at once, in whichever order they are done", async () => {
    const texts = Array.from({ length: 300 }, (_, i) => String((i * 7) % 50));
    assert.deepEqual(await Promise.all(texts.map((text) => call("late", text))), texts);
  });

  it("hands on an error with its code and its text, whatever stands in it", async () => {
    for (const text of ["not here", "50 % größer\nthan \u{1f418}", ""])
      await assert.rejects(call("refuse", text), { code: grpc.status.NOT_FOUND, details: text });
    await assert.rejects(call("refuse", "half \ud83d"), { details: "half \ufffd" });
  });

  it("says what went wrong in it, and goes on", async () => {
    await assert.rejects(call("throws", "broken"), { code: grpc.status.UNKNOWN, details: "broken" });
    assert.equal(await call("echo", "on"), "on!");
  });

  it("says that it does not have a call", async () => {
    for (const name of ["unserved", "other"] as const)
      await assert.rejects(call(name, ""), { code: grpc.status.UNIMPLEMENTED });
  });

  it("does without a client that gives up", async () => {
    const { path, requestSerialize, responseDeserialize } = service.late;
    const deadline = Date.now() + 20;
    await assert.rejects(
      new Promise((done, failed) => {
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, "200", { deadline }, (error) =>
          error === null ? done(undefined) : failed(error),
        );
      }),
      { code: grpc.status.DEADLINE_EXCEEDED },
    );
    assert.equal(await call("late", "300"), "300");
  });

  it("takes no service that streams", () => {
    const streaming = { ...service.echo, responseStream: true } as UnaryMethod;
    const add = () => new UnaryServer().addService({ echo: streaming }, { echo: () => {} });
    assert.throws(add, /has more than one message/);
  });
});
