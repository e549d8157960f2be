import { run } from "./cli";

async function stdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The program: judges what the command line names, and sets the exit code. */
export function main(): void {
  // `cnpg-lint ... | head` closes the pipe when it has seen enough.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  run(process.argv.slice(2), {
    workingDirectory: process.cwd(),
    stdin,
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    colours: process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb",
  }).then(
    (code) => {
      // Not process.exit: what is still on its way through a pipe would be lost.
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(error);
      process.exitCode = 2;
    },
  );
}
