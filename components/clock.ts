/** What time it is, in milliseconds since 1970; tests put another `now` in its place. */
export const clock = { now: (): number => Date.now() };
