import assert from "node:assert/strict";
import { type CallContent, callOf, neededOf, UnknownCall } from "../../lab/gcs/permissions";

/** `permission bucket/object`, with `?` before a listing's prefix and behind what only an overwrite needs. */
function asked(method: string, target: string, content?: CallContent, headers = {}): string[] {
  return callOf({ method, target, headers }, content).accesses.map(
    ({ permission, bucket, object, prefix, ifExists }) =>
      `${permission.replace("storage.", "")} ${bucket}${object === undefined ? "" : `/${object}`}${prefix === undefined ? "" : `?${prefix}`}${ifExists ? " if there" : ""}`,
  );
}

const insert = ["objects.create b/o/1", "objects.delete b/o/1 if there"];

describe("the permissions of a call to Cloud Storage", () => {
  for (const [what, method, target, expected, content] of [
    ["reading a bucket", "GET", "/storage/v1/b/b?fields=name", ["buckets.get b"]],
    [
      "reading a bucket with its policy",
      "GET",
      "/storage/v1/b/b?projection=full",
      ["buckets.get b", "buckets.getIamPolicy b"],
    ],
    ["listing buckets", "GET", "/storage/v1/b?project=p", ["buckets.list "]],
    ["creating a bucket", "POST", "/storage/v1/b?project=p", ["buckets.create b"], { name: "b" }],
    ["deleting a bucket", "DELETE", "/storage/v1/b/b", ["buckets.delete b"]],
    ["changing a bucket", "PATCH", "/storage/v1/b/b", ["buckets.update b"]],
    ["reading who has access", "GET", "/storage/v1/b/b/iam", ["buckets.getIamPolicy b"]],
    ["giving access", "PUT", "/storage/v1/b/b/iam", ["buckets.setIamPolicy b"]],
    ["listing all objects", "GET", "/storage/v1/b/b/o", ["objects.list b?"]],
    ["listing a folder", "GET", "/storage/v1/b/b/o?prefix=o%2F&delimiter=%2F", ["objects.list b?o/"]],
    [
      "listing with policies",
      "GET",
      "/storage/v1/b/b/o?projection=full",
      ["objects.list b?", "objects.getIamPolicy b"],
    ],
    ["describing an object", "GET", "/storage/v1/b/b/o/o%2F1?fields=name", ["objects.get b/o/1"]],
    ["asking whether an object is there", "HEAD", "/storage/v1/b/b/o/o%2F1", ["objects.get b/o/1"]],
    ["reading an object", "GET", "/storage/v1/b/b/o/o%2F1?alt=media", ["objects.get b/o/1"]],
    ["downloading an object", "GET", "/download/storage/v1/b/b/o/o%2F1?alt=media", ["objects.get b/o/1"]],
    ["reading an object by its path", "GET", "/b/o/1", ["objects.get b/o/1"]],
    ["deleting an object", "DELETE", "/storage/v1/b/b/o/o%2F1", ["objects.delete b/o/1"]],
    ["changing an object", "PATCH", "/storage/v1/b/b/o/o%2F1", ["objects.update b/o/1"]],
    ["replacing what is said of an object", "PUT", "/storage/v1/b/b/o/o%2F1", ["objects.update b/o/1"]],
    ["uploading", "POST", "/upload/storage/v1/b/b/o?uploadType=media&name=o%2F1", insert],
    ["uploading in one go", "POST", "/upload/storage/v1/b/b/o?uploadType=multipart", insert, { name: "o/1" }],
    ["beginning to upload", "POST", "/upload/storage/v1/b/b/o?uploadType=resumable", insert, { name: "o/1" }],
    ["uploading by path", "PUT", "/b/o/1", insert],
    ["deleting by path", "DELETE", "/b/o/1", ["objects.delete b/o/1"]],
    ["listing by path", "GET", "/b?prefix=o/", ["objects.list b?o/"]],
    ["asking for a bucket by path", "HEAD", "/b", ["buckets.get b"]],
    ["copying", "POST", "/storage/v1/b/a/o/x%2Fy/rewriteTo/b/b/o/o%2F1", ["objects.get a/x/y", ...insert]],
    ["copying at once", "POST", "/storage/v1/b/a/o/x/copyTo/b/b/o/o%2F1", ["objects.get a/x", ...insert]],
    [
      "composing",
      "POST",
      "/storage/v1/b/b/o/o%2F1/compose",
      ["objects.get b/o/2", "objects.get b/o/3", ...insert],
      { sourceObjects: [{ name: "o/2" }, { name: "o/3" }] },
    ],
  ] as [string, string, string, string[], CallContent?][]) {
    it(`${what} needs ${expected.join(", ")}`, () => {
      assert.deepEqual(asked(method, target, content), expected);
    });
  }

  it("takes a name in the query before one in the content", () => {
    const target = "/upload/storage/v1/b/b/o?uploadType=multipart&name=o%2F1";
    assert.deepEqual(asked("POST", target, { name: "other" }), insert);
  });

  it("asks for nothing more while an upload goes on, and says which it is", () => {
    for (const target of [
      "/upload/storage/v1/b/b/o?uploadType=resumable&upload_id=7",
      "/upload/resumable/7",
    ]) {
      const call = callOf({ method: "PUT", target });
      assert.deepEqual([call.accesses, call.session], [[], "7"]);
    }
  });

  it("begins an upload by path with the header for it", () => {
    assert.deepEqual(asked("POST", "/b/o/1", {}, { "x-goog-resumable": "start" }), insert);
  });

  it("understands whole addresses, as they stand in a batch", () => {
    const target = "http://host:1/storage/v1/b/b/o/o%2F1?prettyPrint=false";
    assert.deepEqual(asked("DELETE", target), ["objects.delete b/o/1"]);
  });

  it("tells contents of objects from descriptions of them", () => {
    const media = (target: string) => callOf({ method: "GET", target }).media;
    assert.deepEqual(["/storage/v1/b/b/o/1?alt=media", "/download/storage/v1/b/b/o/1", "/b/1"].map(media), [
      true,
      true,
      true,
    ]);
    assert.deepEqual(["/storage/v1/b/b/o/1", "/storage/v1/b/b/o"].map(media), [false, false]);
  });

  it("says which part of the content the permissions depend on", () => {
    const needed = (method: string, target: string) => neededOf({ method, target });
    assert.equal(needed("POST", "/upload/storage/v1/b/b/o?uploadType=multipart"), "multipart");
    assert.equal(needed("POST", "/upload/storage/v1/b/b/o?uploadType=resumable"), "json");
    assert.equal(needed("POST", "/upload/storage/v1/b/b/o?uploadType=resumable&name=1"), "nothing");
    assert.equal(needed("PUT", "/upload/storage/v1/b/b/o?uploadType=resumable&upload_id=7"), "nothing");
    assert.equal(needed("POST", "/storage/v1/b/b/o/1/compose"), "json");
    assert.equal(needed("POST", "/storage/v1/b?project=p"), "json");
    assert.equal(needed("POST", "/storage/v1/b/b/o/1/rewriteTo/b/b/o/2"), "nothing");
    assert.equal(needed("GET", "/storage/v1/b/b/o/1"), "nothing");
  });

  it("refuses calls whose permissions nobody wrote down", () => {
    for (const [method, target] of [
      ["GET", "/storage/v1/b/b/o/1/acl"],
      ["POST", "/storage/v1/b/b/lockRetentionPolicy"],
      ["GET", "/storage/v1/b/b/storageLayout"],
      ["POST", "/storage/v1/b/b/o/1"],
      ["POST", "/upload/storage/v1/b/b/o?uploadType=media"],
      ["POST", "/storage/v1/b/b/o/1/compose"],
      ["POST", "/b/1?uploads"],
      ["PUT", "/_internal/config"],
      ["GET", "/"],
    ] as const)
      assert.throws(() => callOf({ method, target }), UnknownCall, `${method} ${target}`);
  });
});
