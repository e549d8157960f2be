import { providerCases } from "../../offline/providerCases";
import type { ProviderCase } from "../../offline/providerCases/row";
import type { Generated } from "./crds";

const head = `# What the Kubernetes provider does, and its stand-ins

\`pulumi up\` works with Pulumi's own Kubernetes provider; [\`npm start\`](offline.md) and [\`npm start -- --lab\`](lab.md) with
stand-ins of this project. This is the table by which all three are tested: \`npm test\` plays it against the offline
stand-in, \`npm run test:lab providerCases\` against the lab's on a real API server, and with
\`LAB_REAL_PROVIDER=/path/to/pulumi-resource-kubernetes\` the same command plays it against the provider itself.

Sources are files and functions of Pulumi's repositories: of \`pulumi-kubernetes\` under \`provider/pkg/\`, as they were a month after
4.32.0, and of \`pulumi\` 3.250.0 behind \`engine:\`. **Seen** means that the row was played against that provider, built from its
source, on Kubernetes 1.36. A stand-in without a ✓ has its reason under the table.

<!-- Written by \`npm run generate\` from offline/providerCases. -->
`;

const tail = `
## Google's provider

Its half is not played: there is no Google here. The stand-ins know what a bucket, an account and a grant take, and the lab makes and
removes buckets in its emulator. It remembers nothing either: a bucket that is there already is a conflict (409), also for the stack that
made it and was killed before the engine had saved that. With Google the way on is
\`pulumi import gcp:storage/bucket:Bucket <name of the resource> <bucket>\`; in the lab the message has the command that removes it.
`;

/** docs/providers.md from the table of cases. */
export function generateProviders(): Generated {
  const sections = providerCases.map(({ title, cases }) => {
    const reasons: string[] = [];
    const lines = cases.map((each) => line(each, reasons));
    return [
      `## ${title}`,
      "",
      "| case | the provider | seen | offline | lab | source |",
      "|---|---|---|---|---|---|",
      ...lines,
      ...(reasons.length > 0 ? ["", ...reasons.map((reason, i) => `${i + 1}. ${reason}`)] : []),
      "",
    ].join("\n");
  });
  const content = `${head}\n${sections.join("\n")}${tail}`;
  return { files: new Map([["docs/providers.md", content]]), stale: [], notes: [] };
}

function line({ when, then, source, seen, not }: ProviderCase, reasons: string[]): string {
  const does = (reason: string | undefined) => {
    if (reason === undefined) return "✓";
    if (!reasons.includes(reason)) reasons.push(reason);
    return `(${reasons.indexOf(reason) + 1})`;
  };
  const cells = [when, then, seen ? "✓" : "no", does(not?.offline), does(not?.lab), source];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
