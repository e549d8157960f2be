import assert from "node:assert/strict";
import { loadStack } from "../../../stacks/load";
import { asEngine, type Settings, settingsOf } from "./badStacks";

/** Passwords and keys as people write them in the wrong place: `hunter2` may not be printed anywhere. */
const planted: Readonly<Record<string, Settings>> = {
  "a variable that libpq reads": { backups: { env: { PGPASSWORD: "hunter2" } } },
  "a variable with a key of S3": { backups: { env: { AWS_SECRET_ACCESS_KEY: "hunter2" } } },
  "a password in place of a role's credentials": { cluster: { roles: { app: { credentials: "hunter2" } } } },
  "a password in place of an owner's credentials": {
    cluster: { databases: { orders: { ownerCredentials: "hunter2" } } },
  },
  "a password below the name of a Secret": {
    cluster: { databases: { orders: { ownerCredentials: { secret: { password: "hunter2" } } } } },
  },
  "a password beside the name of a Secret": {
    cluster: { databases: { orders: { ownerCredentials: { password: "hunter2" } } } },
  },
  "credentials where there are none": { backups: { credentials: "hunter2" } },
  "two keys in place of a Secret's name": {
    backups: { s3: { region: "eu-west-1", credentials: { secret: "AKIA:hunter2" } } },
  },
  "a connection string in place of a host": {
    cluster: { servers: { old: { host: "h password=hunter2", user: "u" } } },
  },
  "a URL with a key in place of a bucket": {
    cluster: { recoverFrom: { bucket: "https://k:hunter2@minio/b", serverName: "s", postgresMajor: 17 } },
  },
  "a URL with a password as endpoint": { backups: { s3: { endpoint: "https://k:hunter2@minio" } } },
  "an owner's password": { cluster: { databases: { orders: { owner: "o", ownerPassword: "hunter2" } } } },
  "a list of passwords": { cluster: { passwords: ["hunter2"] } },
};

describe("A stack file with a secret where none belongs", () => {
  for (const [it_, settings] of Object.entries(planted))
    it(`is refused without printing it: ${it_}`, () => {
      const config = asEngine(settingsOf({ it: it_, says: [], ...settings }));
      assert.throws(
        () => loadStack("dev", config),
        ({ message }: Error) => {
          assert.match(message, /expected|Remove it|no such|is missing/);
          assert.doesNotMatch(message, /hunter2/);
          return true;
        },
      );
    });
});
