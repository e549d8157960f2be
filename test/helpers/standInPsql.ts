import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a call of psql ends: 0 with what it prints, or another code with what it says of it. */
export interface Answer {
  readonly code?: number;
  readonly says?: string;
}

/** What a script did with psql. */
export interface Played {
  readonly code: number | null;
  readonly output: string;
  /** One line a call: its SQL files without their ending, joined by `+`, and the user. */
  readonly calls: readonly string[];
  /** Passwords by the user that came with them, the last one each. */
  readonly passwords: ReadonlyMap<string, string>;
}

/** Notes each call, and answers as it was told: the first time, the second time, and the last answer from then on. */
const psql = `#!/bin/sh
what=
while [ $# -gt 0 ]; do
  if [ "$1" = -f ]; then what=$what\${what:++}$(basename "$2" .sql); shift; fi
  shift
done
printf '%s %s\\n' "$what" "$PGUSER" >>"$PLAYED/calls"
printf %s "$PGPASSWORD" >"$PLAYED/password.$PGUSER"
key="$PLAYED/$what.$PGUSER"
n=$(($(cat "$key.n" 2>/dev/null || echo 0) + 1))
if [ ! -e "$key.$n" ]; then n=$((n - 1)); fi
if [ $n -eq 0 ] || [ ! -e "$key.$n" ]; then exit 0; fi
echo $n >"$key.n"
code=$(head -n 1 "$key.$n")
if [ "$code" -eq 0 ]; then tail -n +2 "$key.$n"; else tail -n +2 "$key.$n" >&2; fi
exit "$code"
`;

/**
 * Runs a Job's shell script with a psql that answers from a table, and no waits.
 *
 * @param answers what a call answers, by its SQL files and its user as in `calls`; others end with 0 and print nothing
 */
export function play(
  script: string,
  env: Readonly<Record<string, string>>,
  answers: Readonly<Record<string, readonly Answer[]>>,
): Played {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-psql-"));
  try {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    for (const [name, text] of Object.entries({ psql, sleep: "#!/bin/sh\n" })) {
      writeFileSync(join(bin, name), text);
      chmodSync(join(bin, name), 0o755);
    }
    for (const [call, list] of Object.entries(answers))
      list.forEach(({ code = 0, says = "" }, i) => {
        writeFileSync(
          join(folder, `${call.replace(" ", ".")}.${i + 1}`),
          says === "" ? `${code}\n` : `${code}\n${says}\n`,
        );
      });
    const { status, stdout, stderr } = spawnSync(
      "/bin/sh",
      ["-ceu", `exec 2>&1\n${script.replaceAll("/tmp/", `${folder}/`)}`],
      {
        env: { ...env, PATH: `${bin}:${process.env.PATH}`, PLAYED: folder },
        encoding: "utf8",
        timeout: 30_000,
      },
    );
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    const calls = read("calls").trim().split("\n");
    const users = new Set(calls.map((call) => call.slice(call.indexOf(" ") + 1)));
    return {
      code: status,
      output: `${stdout}${stderr}`,
      calls,
      passwords: new Map([...users].map((user) => [user, read(`password.${user}`)])),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
