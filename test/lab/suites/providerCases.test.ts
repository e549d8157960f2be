import { readLab } from "../../../lab/description";
import { providerCases } from "../../../offline/providerCases";
import { plays } from "../../providerCases/plays";
import { LabStage, realProvider } from "./providerCases";

// LAB_REAL_PROVIDER=/path/to/pulumi-resource-kubernetes plays the same rows against the provider itself.
describe(`what the Kubernetes provider does, ${realProvider === undefined ? "by the lab's stand-in" : "by itself"}`, function () {
  this.timeout(150_000);
  let stage: LabStage;
  before(async function () {
    const lab = readLab();
    if (lab?.stores === undefined) return this.skip();
    stage = await LabStage.open(lab, process.env.LAB_CASES_NAMESPACE ?? "a-provider-cases");
  });
  after(() => stage?.close());
  afterEach(() => stage?.endServed());

  for (const { title, cases } of providerCases)
    describe(title, () => {
      for (const { id, when } of cases) {
        const play = plays[id];
        if (play !== undefined) it(`${id}: ${when}`, () => play(stage, id.toLowerCase()));
      }
    });
});
