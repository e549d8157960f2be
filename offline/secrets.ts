import "./quickly";
import { randomInt } from "node:crypto";
import { constants, fstatSync } from "node:fs";
import { dump } from "js-yaml";
import { InvalidSettings, secretManifests } from "../components/index";
import { exitWith, readArgs, UsageError } from "./exit";
import { clustersIn, openStackFile } from "./sources";
import { StackFileError, stackNamed, stackOptions } from "./stackFile";

const help = `Writes the Secrets of a role with credentials.sops, with a new password, to be encrypted at once:

  npm run --silent secrets -- --stack prod --cluster orders-db --role reporting |
    sops encrypt --input-type yaml --output-type yaml --encrypted-regex '^(data|stringData)$' /dev/stdin > reporting.sops.yaml

  --stack NAME       stack, as in stacks/Pulumi.NAME.yaml (default: dev)
  --stack-file FILE  a stack file anywhere else; its stack is --stack, or NAME if it is called Pulumi.NAME.yaml
  --cluster KEY      cluster, as the stack file names it
  --role NAME        role, or owner of a database
  --help             this text

They go to a pipe only, never to a terminal or a file: what is written there in plain text is known to others.`;

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

async function main(): Promise<number> {
  const options = readOptions();
  if (options.help) {
    console.log(help);
    return 0;
  }
  const { cluster, role } = options;
  if (cluster === undefined || role === undefined)
    throw new UsageError(`--cluster and --role are needed\n\n${help}`);
  if (!isPipe())
    throw new UsageError(`the password would stand there in plain text: pipe it into sops\n\n${help}`);
  const stack = stackNamed(options.stack, options["stack-file"]);
  const { args } = await openStackFile(stack, options["stack-file"], (line) => console.error(line));
  const password = Array.from({ length: 32 }, () => letters[randomInt(letters.length)]).join("");
  const environment = clustersIn(stack, args());
  const manifests = secretManifests(environment.environment ?? stack, environment, {
    cluster,
    role,
    password,
  });
  process.stdout.write(manifests.map((manifest) => dump(manifest)).join("---\n"));
  return 0;
}

/** Whether what is printed goes to another program: neither to a terminal nor to a file. */
function isPipe(): boolean {
  const { mode } = fstatSync(1);
  return (mode & constants.S_IFMT) === constants.S_IFIFO || (mode & constants.S_IFMT) === constants.S_IFSOCK;
}

function readOptions() {
  return readArgs(
    {
      options: {
        ...stackOptions,
        cluster: { type: "string" },
        role: { type: "string" },
      },
    },
    help,
  );
}

exitWith(main(), [InvalidSettings, StackFileError, Error]);
