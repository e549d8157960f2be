import assert from "node:assert/strict";
import { validateManifest } from "../../../offline/validate";
import type { Fields } from "./sample";

export const metadata = { name: "orders-db", namespace: "orders" };
export const cnpg = (kind: string, spec: unknown, more: Fields = {}): Fields => ({
  ...{ apiVersion: "postgresql.cnpg.io/v1", kind, metadata, spec },
  ...more,
});
export const cluster = (spec: Fields = {}): Fields => cnpg("Cluster", { instances: 3, ...spec });
export const objectStore = (configuration: Fields, spec: Fields = {}): Fields => ({
  ...{ apiVersion: "barmancloud.cnpg.io/v1", kind: "ObjectStore", metadata },
  spec: { configuration: { destinationPath: "gs://acme/cnpg/orders-db", ...configuration }, ...spec },
});
export const secret = (fields: Fields): Fields => ({ apiVersion: "v1", kind: "Secret", metadata, ...fields });

export const accepts = (manifest: unknown): void => assert.deepEqual(validateManifest(manifest), []);
export const refuses = (manifest: unknown, ...problems: string[]): void =>
  assert.deepEqual(validateManifest(manifest), problems);
