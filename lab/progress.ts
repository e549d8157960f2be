/** Tells a person what is being done; one line each. */
export type Say = (line: string) => void;

/** How often a long step says that it is still at work. */
const HEARTBEAT_MS = 20_000;

/** Does one step and says how long it took, if it took any time; while it lasts, a line every twenty seconds. */
export async function step<T>(say: Say, name: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const seconds = () => ((Date.now() - start) / 1000).toFixed(1);
  const beat = setInterval(
    () => say(`  … ${name} (${Math.round((Date.now() - start) / 1000)} s)`),
    HEARTBEAT_MS,
  );
  try {
    const result = await work();
    if (Date.now() - start > 50) say(`  ✓ ${name.padEnd(40)} ${seconds().padStart(6)} s`);
    return result;
  } catch (error) {
    say(`  ✗ ${name.padEnd(40)} ${seconds().padStart(6)} s`);
    throw error;
  } finally {
    clearInterval(beat);
  }
}
