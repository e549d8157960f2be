import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getPulumiCli } from "../../cli";
import type { MonitoringSettings } from "../../components/args/monitoring";
import { type ClusterArgs, PostgresEnvironment } from "../../components/index";
import { runOffline } from "../../offline/engine";
import type { Providers } from "../../offline/providers";
import type { StateResource } from "./offline";

/**
 * A kubectl whose proxy is an API server with a live Cluster, and a pod that ends with the code in a file.
 *
 * @param server name with which the live Cluster archives
 */
export const withLiveCluster = (folder: string, server: string) => `#!${process.execPath}
const { createServer } = require("node:http");
const { appendFileSync, readFileSync } = require("node:fs");
const socket = process.argv.find((word) => word.startsWith("--unix-socket=")).slice(14);
let pod = false;
createServer((request, response) => {
  const path = request.url.split("?")[0];
  appendFileSync("${folder}/asked", request.method + " " + path + "\\n");
  const answer = (status, body) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  const missing = () => answer(404, { kind: "Status", status: "Failure", reason: "NotFound", message: path + " not found", code: 404 });
  request.resume().on("end", () => {
    if (path === "/version") return answer(200, {});
    const kind = { "/apis/postgresql.cnpg.io/v1": "Cluster", "/apis/barmancloud.cnpg.io/v1": "ObjectStore" }[path];
    if (kind !== undefined) return answer(200, { resources: [{ kind }] });
    if (path.endsWith("/clusters/orders-db"))
      return answer(200, { metadata: { name: "orders-db" }, spec: { plugins: [{ parameters: { serverName: "${server}" } }] } });
    if (path.endsWith("/serviceaccounts"))
      return answer(409, { kind: "Status", status: "Failure", reason: "AlreadyExists", message: "exists", code: 409 });
    if (request.method === "POST") { pod = true; return answer(201, {}); }
    if (!pod) return missing();
    if (request.method === "DELETE") { pod = false; return answer(200, {}); }
    const exitCode = Number(readFileSync("${folder}/code", "utf8"));
    answer(200, { metadata: {}, status: { containerStatuses: [{ state: { terminated: { exitCode, message: "there is no WAL" } } }] } });
  });
}).listen(socket, () => console.log("Starting to serve on " + socket));
`;

/** A kubectl whose proxy is an API server with the answers of a file, by path without its query; of what is not in it there is none. */
export const withAnswers = (folder: string) => `#!${process.execPath}
const { createServer } = require("node:http");
const { readFileSync } = require("node:fs");
const socket = process.argv.find((word) => word.startsWith("--unix-socket=")).slice(14);
createServer((request, response) => {
  const found = JSON.parse(readFileSync("${folder}/answers.json", "utf8"))[request.url.split("?")[0]];
  const missing = { kind: "Status", reason: "NotFound", message: "not found", code: 404 };
  response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(found ?? missing));
}).listen(socket, () => console.log("Starting to serve on " + socket));
`;

/** Answers of an API server with these kinds, each `<group>/<version> <Kind>`. */
export function kindsServed(...kinds: readonly string[]): Record<string, { resources: { kind: string }[] }> {
  const answers: Record<string, { resources: { kind: string }[] }> = {};
  for (const [version = "", kind = ""] of kinds.map((each) => each.split(" ")))
    answers[`/apis/${version}`] = {
      resources: [...(answers[`/apis/${version}`]?.resources ?? []), { kind }],
    };
  return answers;
}

/** The kinds of the operator and of the plugin. */
export const ownKinds = ["postgresql.cnpg.io/v1 Cluster", "barmancloud.cnpg.io/v1 ObjectStore"] as const;

/** What a run of {@link Looking} may have beside its cluster. */
interface More {
  readonly providers?: Providers;
  readonly operation?: "up" | "preview";
  readonly monitoring?: MonitoringSettings;
  /** What the program declares besides, when its environment has been looked at. */
  readonly later?: () => void;
}

/** A program with one cluster, `orders-db`, that looks at what runs through a kubectl of the test's own. */
export class Looking {
  readonly folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-looking-"));
  private readonly kubectl = join(this.folder, "kubectl");
  /** What the last update printed. */
  output = "";

  /** @param script the kubectl, of which it is told the folder */
  constructor(script: (folder: string) => string) {
    writeFileSync(this.kubectl, script(this.folder));
    chmodSync(this.kubectl, 0o755);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Updates, and returns the exit code. */
  async up(
    wait: "on" | "off",
    cluster: Omit<ClusterArgs, "namespace">,
    { providers, operation = "up", monitoring, later }: More = {},
  ): Promise<number> {
    this.output = "";
    const former = { ...process.env };
    process.env.PULUMI_CNPG_KUBECTL = this.kubectl;
    process.env.PULUMI_CNPG_WAIT = wait;
    try {
      const { exitCode } = await runOffline({
        cli: await getPulumiCli({ say: () => {} }),
        operation,
        stack: "dev",
        project: "shop",
        stackFile: { config: {} },
        folder: this.folder,
        ...(providers !== undefined && { providers }),
        live: true,
        stdio: "pipe",
        onOutput: (text) => {
          this.output += text;
        },
        program: async () => {
          const environment = new PostgresEnvironment("dev", {
            project: "acme-dev",
            region: "europe-west1",
            profile: "dev",
            ...(monitoring !== undefined && { monitoring }),
            clusters: { "orders-db": { namespace: "orders", ...cluster } },
          });
          if (later !== undefined) {
            await new Promise((resolve) => setTimeout(resolve, 2000));
            later();
          }
          return { bucket: environment.bucket };
        },
      });
      return exitCode;
    } finally {
      process.env = former;
    }
  }

  /** What the state has. */
  resources(): readonly StateResource[] {
    const file = join(this.folder, "state", ".pulumi", "stacks", "shop", "dev.json");
    const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as {
      checkpoint: { latest?: { resources?: StateResource[] } };
    };
    return checkpoint.latest?.resources ?? [];
  }
}
