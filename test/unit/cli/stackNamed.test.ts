import assert from "node:assert/strict";
import { readArgs, UsageError } from "../../../offline/exit";
import { StackFileError, stackNamed } from "../../../offline/stackFile";

describe("The stack that a call is about", () => {
  it("is the one that it names, whatever its file is called", () => {
    assert.equal(stackNamed("prod", undefined), "prod");
    assert.equal(stackNamed("prod", "/tmp/Pulumi.dev.yaml"), "prod");
  });

  it("is the one that the file is for, by its name", () => {
    assert.equal(stackNamed(undefined, "/tmp/Pulumi.prod.yaml"), "prod");
    assert.equal(stackNamed(undefined, "Pulumi.eu.prod-2.yml"), "eu.prod-2");
  });

  it("is dev only where nothing is named: another file would be done to dev's things", () => {
    assert.equal(stackNamed(undefined, undefined), "dev");
    for (const file of ["my-stack.yaml", "/tmp/prod.yaml", "/Pulumi.prod.yaml/x.yaml", "Pulumi.yaml"])
      assert.throws(
        () => stackNamed(undefined, file),
        (error: Error) => error instanceof StackFileError && /which stack is it for\?/.test(error.message),
        file,
      );
  });
});

describe("An option that npm took for itself, for want of --", () => {
  const variables = ["npm_config_preview", "npm_config_stack_file", "npm_lifecycle_event"];
  const before = variables.map((name) => [name, process.env[name]] as const);
  beforeEach(() => {
    for (const name of variables) delete process.env[name];
  });
  afterEach(() => {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });
  const options = { preview: { type: "boolean" }, "stack-file": { type: "string" } } as const;
  const read = () => readArgs({ args: [], options }, "help");

  it("is refused: a preview would be an update", () => {
    process.env.npm_lifecycle_event = "start";
    process.env.npm_config_preview = "true";
    process.env.npm_config_stack_file = "true";
    assert.throws(read, (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /npm took --preview, --stack-file for itself/);
      assert.match(error.message, /To do: npm start -- --preview --stack-file …/);
      return true;
    });
  });

  it("is none where npm was told nothing", () => {
    process.env.npm_lifecycle_event = "check";
    assert.doesNotThrow(read);
  });
});
