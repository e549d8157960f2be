import assert from "node:assert/strict";
import { described } from "../../../components/watch/symptom";

describe("What a person is told of symptoms", () => {
  it("has one full stop before what to do, also where the scheduler's words end in two", () => {
    const text = "pod a/db-1: Unschedulable: preemption: 1 Preemption is not helpful for scheduling..";
    const symptom = { key: "unschedulable db-1", text, todo: "make room", certainAfter: 90 };
    assert.equal(
      described([symptom]),
      "pod a/db-1: Unschedulable: preemption: 1 Preemption is not helpful for scheduling. To do: make room",
    );
  });
});
