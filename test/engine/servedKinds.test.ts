import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Looking } from "./looking";

/** A kubectl whose proxy is an API server that has the kinds of a file, one `<group>/<version> <kind>` a line. */
const withKinds = (folder: string) => `#!${process.execPath}
const { createServer } = require("node:http");
const { readFileSync } = require("node:fs");
const socket = process.argv.find((word) => word.startsWith("--unix-socket=")).slice(14);
createServer((request, response) => {
  const [, version] = /^\\/apis\\/(.+)$/.exec(request.url) ?? [];
  const lines = readFileSync("${folder}/kinds", "utf8").split("\\n").map((line) => line.split(" "));
  const resources = lines.filter(([of]) => of === version).map(([, kind]) => ({ kind }));
  const found = request.url === "/version" || resources.length > 0;
  response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
  response.end(JSON.stringify(found ? { resources } : { kind: "Status", reason: "NotFound", message: "not found", code: 404 }));
}).listen(socket, () => console.log("Starting to serve on " + socket));
`;

const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";

describe("Monitors for a Kubernetes cluster that may lack their kinds", function () {
  this.timeout(120_000);

  let looking: Looking;
  beforeEach(() => {
    looking = new Looking(withKinds);
  });
  afterEach(() => looking.remove());

  /** @param kinds what the cluster has */
  async function preview(backend: "prometheusOperator" | "gmp", ...kinds: string[]): Promise<number> {
    writeFileSync(join(looking.folder, "kinds"), kinds.join("\n"));
    return looking.up("on", { image }, { operation: "preview", monitoring: { backend } });
  }

  it("are refused in a preview, with what to install or to write", async () => {
    assert.notEqual(await preview("prometheusOperator"), 0);
    assert.match(
      looking.output,
      /refused, the Kubernetes cluster has no kind PodMonitor of monitoring\.coreos\.com\/v1\. To do: install the Prometheus Operator, or set monitoring\.backend to what is there/,
    );
  });

  it("are refused where there is one of two kinds", async () => {
    assert.notEqual(await preview("gmp", "monitoring.googleapis.com/v1 PodMonitoring"), 0);
    assert.match(looking.output, /no kind ClusterRules of monitoring\.googleapis\.com\/v1/);
  });

  it("are previewed where both are there", async () => {
    const group = "monitoring.googleapis.com/v1";
    assert.equal(await preview("gmp", `${group} PodMonitoring`, `${group} ClusterRules`), 0, looking.output);
  });
});
