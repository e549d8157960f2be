import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { kindsServed, Looking, ownKinds, withAnswers } from "./looking";

const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";

describe("Monitors for a Kubernetes cluster that may lack their kinds", function () {
  this.timeout(120_000);

  let looking: Looking;
  beforeEach(() => {
    looking = new Looking(withAnswers);
  });
  afterEach(() => looking.remove());

  /** @param kinds what the cluster has */
  async function preview(backend: "prometheusOperator" | "gmp", ...kinds: string[]): Promise<number> {
    const answers = { "/version": {}, ...kindsServed(...ownKinds, ...kinds) };
    writeFileSync(join(looking.folder, "answers.json"), JSON.stringify(answers));
    return looking.up("on", { image }, { operation: "preview", monitoring: { backend } });
  }

  it("are refused in a preview, with what to install or to write", async () => {
    assert.notEqual(await preview("prometheusOperator"), 0);
    assert.match(
      looking.output,
      /refused, the Kubernetes cluster has no kind (PodMonitor|PrometheusRule) of monitoring\.coreos\.com\/v1\. To do: install the Prometheus Operator, or set monitoring\.backend to what is there/,
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
