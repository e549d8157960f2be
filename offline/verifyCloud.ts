import "./quickly";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getPulumiCli, PulumiCliError } from "../cli";
import { InvalidSettings } from "../components/index";
import { runOffline } from "./engine";
import { exitWith, readArgs } from "./exit";
import type { Declared } from "./providers";
import { openStackFile } from "./sources";
import { StackFileError, stackNamed, stackOptions } from "./stackFile";
import { type Answers, compareCloud, exitCodeOf, type Look } from "./verify/compare";
import { type Answer, answerOf, type Question, questionsOf } from "./verify/questions";

const help = `Compares what a stack declares of Google Cloud with what is there, by gcloud. It reads, and changes nothing.

  npm run verify:cloud -- --stack dev

  --stack NAME       stack, as in stacks/Pulumi.NAME.yaml (default: dev)
  --stack-file FILE  a stack file anywhere else; its stack is --stack, or NAME if it is called Pulumi.NAME.yaml
  --help             this text

✓ was looked at and is as declared, ✗ is not, – could not be looked at. Ends with 0 if all is ✓, with 1 if anything is ✗, and
with 2 if nothing is ✗ and something could not be looked at.`;

async function main(): Promise<number> {
  const options = readArgs({ options: stackOptions }, help);
  if (options.help) {
    console.log(help);
    return 0;
  }
  const stack = stackNamed(options.stack, options["stack-file"]);
  const declared = await declaredBy(stack, options["stack-file"]);
  const questions = questionsOf(declared);
  if (questions.length === 0) {
    console.log(`Stack ${stack} declares nothing of Google Cloud: there is nothing to look at.`);
    return 0;
  }
  const looks = compareCloud(declared, await ask(questions));
  console.log(format(looks));
  const code = exitCodeOf(looks);
  const count = (mark: Look["mark"]) => looks.filter((look) => look.mark === mark).length;
  console.log(
    `\n${stack}: ${count("✓")} as declared, ${count("✗")} not, ${count("–")} not looked at. Looked at: Google Cloud's answers to ` +
      `${questions.length} questions; not whether IAM lets the pods in, which only an archive shows.`,
  );
  return code;
}

/** What the program declares, by a preview of the real engine with stand-ins; its state is thrown away. */
async function declaredBy(stack: string, file: string | undefined): Promise<Declared[]> {
  const say = (line: string) => console.error(line);
  const { project, content, args, program } = await openStackFile(stack, file, say);
  args();
  const cli = await getPulumiCli();
  const folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-verify-"));
  try {
    let output = "";
    const { exitCode, recorder } = await runOffline({
      cli,
      operation: "preview",
      stack,
      project: project.name,
      stackFile: content,
      folder,
      stdio: "pipe",
      onOutput: (text) => {
        output += text;
      },
      program: () => program(),
    });
    if (exitCode !== 0) throw new StackFileError(`the stack can't be previewed:\n${output}`);
    return [...recorder.declared.values()].sort((a, b) => (a.urn < b.urn ? -1 : 1));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Asks gcloud, four questions at a time: it takes seconds to start. */
async function ask(questions: readonly Question[]): Promise<Answers> {
  const answers = new Map<string, Answer>();
  const waiting = [...questions];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      answers.set(next.join(" "), await gcloud(next));
  };
  await Promise.all(Array.from({ length: 4 }, work));
  return answers;
}

function gcloud(question: Question): Promise<Answer> {
  return new Promise((done) => {
    execFile("gcloud", [...question, "--quiet"], { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) return done(answerOf(0, stdout, stderr));
      if (error.code === "ENOENT")
        return done({ unseen: "gcloud is not on the PATH: https://cloud.google.com/sdk/docs/install" });
      if (error.killed === true) return done({ unseen: "gcloud did not answer within 60 s" });
      done(answerOf(typeof error.code === "number" ? error.code : 1, stdout, stderr));
    });
  });
}

function format(looks: readonly Look[]): string {
  const groups = [...new Set(looks.map(({ of }) => of))];
  return groups
    .flatMap((of) => [
      of,
      ...looks
        .filter((look) => look.of === of)
        .map(({ mark, what, detail }) => `  ${mark} ${what}: ${detail}`),
    ])
    .join("\n");
}

exitWith(main(), [InvalidSettings, PulumiCliError, StackFileError]);
