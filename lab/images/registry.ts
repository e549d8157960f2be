import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { images } from "../settings";
import { ImageStore, MANIFEST } from "./store";

/**
 * A read-only registry with the lab's images, whatever registry they are named for: containerd asks a mirror for a
 * name with `?ns=<registry>`. Arguments: folder of the store, address, port.
 */
function main(): void {
  const [folder = "", address = "", port = ""] = process.argv.slice(2);
  const store = new ImageStore(folder);
  createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://registry");
    if (/^\/v2\/?$/.test(url.pathname)) return void response.writeHead(200).end();
    const [, name = "", what, ref = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url.pathname) ?? [];
    const digest = ref.startsWith("sha256:")
      ? ref
      : (store.find(known(`${url.searchParams.get("ns") ?? ""}/${name}:${ref}`)) ?? "");
    if (!/^sha256:[0-9a-f]{64}$/.test(digest) || !existsSync(store.blob(digest)))
      return void response.writeHead(404).end();
    send(response, store.blob(digest), digest, what === "manifests", request.method === "HEAD");
  }).listen(Number(port), address);
}

/** Every tag of Postgres' major version is the one image that the lab has of it. */
function known(ref: string): string {
  return ref.startsWith(`${images.postgres}.`) || ref.startsWith(`${images.postgres}-`)
    ? images.postgres
    : ref;
}

function send(
  response: ServerResponse,
  file: string,
  digest: string,
  manifest: boolean,
  head: boolean,
): void {
  response.writeHead(200, {
    "Content-Type": manifest ? MANIFEST : "application/octet-stream",
    "Content-Length": statSync(file).size,
    "Docker-Content-Digest": digest,
    "Docker-Distribution-API-Version": "registry/2.0",
  });
  if (head) response.end();
  else createReadStream(file).pipe(response);
}

main();
