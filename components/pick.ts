/** An object with only those of the keys that have a value: an absent setting has to stay absent in what is made of it. */
export function pick<T extends object, K extends keyof T>(
  values: T | undefined,
  keys: readonly K[],
): { [P in K]?: NonNullable<T[P]> } {
  const found: { [P in K]?: NonNullable<T[P]> } = {};
  for (const key of keys) {
    const value = values?.[key];
    if (value !== undefined && value !== null) found[key] = value;
  }
  return found;
}
