import fc from "fast-check";

/** Settings that have a value. */
export const given = (settings: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(settings).filter(([, v]) => v !== undefined));
export const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
export const some = (settings: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(Object.fromEntries(Object.entries(settings).map(([k, a]) => [k, maybe(a)]))).map(given);

/** A name of a role or a database. */
export const identifier = fc
  .stringMatching(/^[a-z][a-z0-9_]{0,12}$/)
  .filter((name) => !/^(postgres|template[01]|public|none|streaming_replica|cnpg_.*|pg_.*)$/.test(name));
