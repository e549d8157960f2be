import assert from "node:assert/strict";
import fc from "fast-check";
import { BinaryReader } from "google-protobuf";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { readStruct } from "../../policies/pack/patches/structs";

const read = (bytes: Uint8Array) => readStruct(new Struct(), new BinaryReader(bytes)).toJavaScript();

describe("What the engine sends of a resource", () => {
  /** All but the one that neither the library nor the policy SDK hands on. */
  const key = fc.string().filter((name) => name !== "__proto__");

  it("is read as the library reads it, whatever it is", () => {
    const { value } = fc.letrec<{ value: JavaScriptValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null),
        fc.boolean(),
        fc.double(),
        fc.string({ unit: "binary" }),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (fields) => {
        const bytes = Struct.fromJavaScript(fields).serializeBinary();
        assert.deepEqual(read(bytes), Struct.deserializeBinary(bytes).toJavaScript());
        assert.deepEqual(read(bytes), fields);
      }),
    );
  });

  it("is read whatever fields a later protocol adds to a value", () => {
    // A field `a` whose value has the number 1 and, besides, a field 9 of bytes.
    const value = [0x11, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x4a, 1, 7];
    const entry = [0x0a, 1, 0x61, 0x12, value.length, ...value];
    assert.deepEqual(read(Uint8Array.from([0x0a, entry.length, ...entry])), { a: 1 });
  });
});
