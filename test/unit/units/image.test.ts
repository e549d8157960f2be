import { strict as assert } from "node:assert";
import fc from "fast-check";
import { image, SUPPORTED_MAJORS } from "../../../components/units/image";
import { allowed, rejects, value } from "./helpers";

const REPOSITORY = "ghcr.io/cloudnative-pg/postgresql";
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("a Postgres image", () => {
  it("is taken apart into repository, tag, version and flavour", () => {
    assert.deepEqual(value(image(`${REPOSITORY}:17.6-standard-trixie`)), {
      text: `${REPOSITORY}:17.6-standard-trixie`,
      repository: REPOSITORY,
      tag: "17.6-standard-trixie",
      major: 17,
      minor: 6,
      flavour: "standard",
      bare: false,
    });
  });

  it("keeps its digest, which is absent and not undefined where there is none", () => {
    const pinned = value(image(`${REPOSITORY}:18.0-minimal-trixie@${DIGEST}`));
    assert.equal(pinned.digest, DIGEST);
    assert.equal(pinned.tag, "18.0-minimal-trixie");
    assert.equal(pinned.minor, 0);
    assert.equal("digest" in value(image(`${REPOSITORY}:17.6`)), false);
  });

  it("has a flavour where the tag names one, wherever it does", () => {
    const table = [
      ["17.6-minimal-bookworm", "minimal"],
      ["17.6-system-trixie", "system"],
      ["17.6-202509151215-standard-trixie", "standard"],
      ["17.6-bookworm", undefined],
      ["17.6-nonstandard", undefined],
      ["17.6-postgis", undefined],
      ["17.6", undefined],
    ] as const;
    for (const [tag, flavour] of table)
      assert.equal(value(image(`${REPOSITORY}:${tag}`)).flavour, flavour, tag);
  });

  it("is bare where the tag is a version alone", () => {
    assert.equal(value(image(`${REPOSITORY}:17.6`)).bare, true);
    assert.equal(value(image(`${REPOSITORY}:17.6-1`)).bare, false);
  });

  it("can live in any registry", () => {
    for (const repository of [
      "postgres",
      "library/postgres",
      "localhost:5000/pg",
      "Registry.example.com:443/a/b_c/d--e",
      "a.b/c__d",
    ]) {
      assert.equal(value(image(`${repository}:16.10`)).repository, repository);
    }
  });

  it("is refused without a tag that begins with a minor version", () => {
    const tags = [
      "",
      ":",
      ":latest",
      ":17",
      ":17-standard-trixie",
      ":17beta1",
      ":18rc1-standard",
      ":v17.6",
      ":standard-17.6",
    ];
    const more = [
      ":17.",
      ":17.6.1",
      ":17.06",
      ":017.6",
      ":17.6-",
      ":17.6standard",
      ":17.6 ",
      ":17.6-a/b",
      ":17.6:1",
    ];
    rejects(
      image,
      [...tags, ...more, `@${DIGEST}`].map((tag) => REPOSITORY + tag),
    );
    assert.match(allowed(image(`${REPOSITORY}:17`)), /major version alone/);
    assert.match(allowed(image(`${REPOSITORY}@${DIGEST}`)), /tag is missing/);
    assert.match(allowed(image("localhost:5000/postgres")), /tag is missing/);
  });

  it("may have the major alone in its tag where a digest pins it", () => {
    for (const tag of ["17", "17-standard-trixie", "17-3.5-system-trixie"]) {
      const read = value(image(`${REPOSITORY}:${tag}@${DIGEST}`));
      assert.deepEqual([read.major, read.minor, read.digest], [17, undefined, DIGEST]);
    }
    rejects(
      image,
      ["latest", "v17", "17beta1", "13"].map((tag) => `${REPOSITORY}:${tag}@${DIGEST}`),
    );
  });

  it("is refused with a repository or a digest that no registry has", () => {
    rejects(image, [
      "",
      ":17.6",
      "/pg:17.6",
      "a//b:17.6",
      "a/B:17.6",
      "https://a.b/c:17.6",
      "a/b/:17.6",
      "a b:17.6",
      "-a/b c:17.6",
    ]);
    const digests = [
      "sha256:",
      "sha256:0123",
      `${DIGEST}0`,
      DIGEST.toUpperCase(),
      DIGEST.replace("256", "512"),
      `${DIGEST}@${DIGEST}`,
    ];
    rejects(
      image,
      digests.map((digest) => `${REPOSITORY}:17.6@${digest}`),
    );
  });

  it("is refused outside the majors that the operator supports", () => {
    rejects(
      image,
      ["9.6", "13.22", "19.0", "170.1"].map((tag) => `${REPOSITORY}:${tag}`),
    );
    for (const major of SUPPORTED_MAJORS) assert.equal(value(image(`${REPOSITORY}:${major}.1`)).major, major);
    assert.deepEqual(SUPPORTED_MAJORS, [14, 15, 16, 17, 18]);
  });

  it("never makes the parser throw or hang", () => {
    const unit = fc.constantFrom(..."ab1.-_/:@7");
    fc.assert(fc.property(fc.string({ unit, maxLength: 200 }), (text) => void image(text)));
    image(`${"a-".repeat(20_000)}!:17.6`);
  });
});
