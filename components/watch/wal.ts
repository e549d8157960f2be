/**
 * Whether a WAL file is at least as new as another: names count up, the timeline first. A `.history` or `.partial` file
 * is none of the two.
 */
export function reaches(archived: string | undefined, needed: string): boolean {
  const name = segmentOf(archived);
  return name !== undefined && name >= needed;
}

/** The segment's name, 24 hexadecimal digits; undefined for anything else, such as a timeline's history. */
export function segmentOf(name: string | undefined): string | undefined {
  const [, segment] = /^([0-9A-F]{24})(\.[0-9A-F]{8}\.backup)?$/.exec(name ?? "") ?? [];
  return segment;
}
