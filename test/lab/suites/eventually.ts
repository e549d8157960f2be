/** Looks again and again until something holds; `look` says what is missing, or nothing. */
export async function eventually(
  what: string,
  seconds: number,
  look: () => Promise<string | undefined>,
): Promise<void> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const missing = await look().catch((error: unknown) => (error as Error).message);
    if (missing === undefined) return;
    if (Date.now() > until) throw new Error(`${what}: not within ${seconds} s; ${missing}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
