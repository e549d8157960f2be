/** Where the document that begins at `start` ends: at the next line that is a document marker. */
export function nextDocument(bytes: Buffer, start: number): number {
  for (let from = start; ; ) {
    const found = bytes.indexOf("\n---", from);
    if (found < 0) return bytes.length;
    const next = bytes[found + 4];
    if (next === undefined || next === 0x0a || next === 0x0d || next === 0x20 || next === 0x09)
      return found + 1;
    from = found + 4;
  }
}

/** How many line ends there are between two places. */
export function linesBetween(bytes: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a, from); at >= 0 && at < to; at = bytes.indexOf(0x0a, at + 1)) lines++;
  return lines;
}

/** The bytes without a byte order mark; those of UTF-16 as UTF-8. */
export function toUtf8(bytes: Buffer): Buffer {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3);
  const encoding = encodingOf(bytes);
  return encoding === undefined ? bytes : Buffer.from(new TextDecoder(encoding).decode(bytes));
}

/** UTF-16, told by its mark or, as YAML has it, by the zero beside the first character. */
function encodingOf([first, second, third, fourth]: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === 0 && second !== 0 && third === 0 && fourth !== 0) return "utf-16be";
  return second === 0 && first !== 0 && fourth === 0 && third !== 0 ? "utf-16le" : undefined;
}
