/**
 * Placeholders in the texts of manifests, such as `${BUCKET}` in `s3://${BUCKET}/db`. Each character of one stands in
 * Unicode's private use area, so that no rule takes it for a part of the text, two placeholders of one spelling are equal,
 * and it can be written back as it was.
 */
const FIRST = 0xe000;
const MOST = 0xf8ff - FIRST;
const sealedPart = /[\ue000-\uf8ff]+/g;

/** A placeholder, as it stands within a text for rules. */
export const sealed = (placeholder: string): string =>
  placeholder.replace(/[\s\S]/g, (one) => {
    const code = one.charCodeAt(0);
    return String.fromCharCode(FIRST + (code <= MOST ? code : 0x3f));
  });

/** A text as it was written. */
export const unsealed = (text: string): string =>
  text.replace(/[\ue000-\uf8ff]/g, (one) => String.fromCharCode(one.charCodeAt(0) - FIRST));

/** Whether a part of a text is a placeholder. */
export const hasPlaceholder = (text: string): boolean => /[\ue000-\uf8ff]/.test(text);

/** Whether two texts are the same once their placeholders are filled in with something that fits. */
export function mayBeSame(a: string, b: string): boolean {
  if (a === b) return true;
  const [partial, other] = hasPlaceholder(a) ? [a, b] : [b, a];
  if (!hasPlaceholder(partial)) return false;
  if (!hasPlaceholder(other)) return patternOf(partial).test(other);
  // Two with placeholders: what stands before the first of them, and behind the last, must not contradict.
  const [one, two] = [ends(partial), ends(other)];
  const [start, end] = [
    Math.min(one.start.length, two.start.length),
    Math.min(one.end.length, two.end.length),
  ];
  return (
    one.start.slice(0, start) === two.start.slice(0, start) &&
    one.end.slice(one.end.length - end) === two.end.slice(two.end.length - end)
  );
}

/** What a text may be once its placeholders are filled in. */
export const patternOf = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split(sealedPart)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
    "s",
  );

const ends = (text: string) => {
  const parts = text.split(sealedPart);
  return { start: parts[0] ?? "", end: parts.at(-1) ?? "" };
};
