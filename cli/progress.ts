import type { Host } from "./host";

/**
 * Says a line about every `progressMs`, to a terminal and to a log file alike: silence for minutes looks like a hang.
 *
 * @param line makes the line from the whole seconds since the start
 * @returns a function that ends it
 */
export function ticking(host: Host, line: (elapsed: number) => string): () => void {
  const start = Date.now();
  const timer = setInterval(() => {
    host.say(line(Math.round((Date.now() - start) / 1000)));
  }, host.limits.progressMs);
  return () => clearInterval(timer);
}
