import { createHash } from "node:crypto";
import {
  copyFileSync,
  createReadStream,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "../shell";

const REF = "org.opencontainers.image.ref.name";
const OCI = "application/vnd.oci.image";

/** Media type of the manifests that the store holds. */
export const MANIFEST = `${OCI}.manifest.v1+json`;

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What an image is made of. */
export interface ImageRecipe {
  /** Its name, with the registry and the tag that it is asked for by. */
  readonly ref: string;
  /** Lowest first: an uncompressed tar, or a folder whose files become root's. */
  readonly layers: readonly { readonly tar?: string; readonly tree?: string }[];
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  /** Number, name, or `<uid>:<gid>`. */
  readonly user?: string;
  /** `NAME=value`. Default: a usual PATH. */
  readonly env?: readonly string[];
}

/** Images in a folder of the OCI image layout, packed without a container engine. */
export class ImageStore {
  constructor(readonly folder: string) {
    mkdirSync(join(folder, "blobs", "sha256"), { recursive: true });
  }

  /** File of a blob; `digest` is `sha256:<64 hex digits>`. */
  blob(digest: string): string {
    return join(this.folder, "blobs", ...digest.split(":"));
  }

  /** Digest of an image's manifest. */
  find(ref: string): string | undefined {
    return this.index().find((manifest) => manifest.annotations?.[REF] === ref)?.digest;
  }

  /** Packs an image; one of the same name goes. */
  async add(recipe: ImageRecipe): Promise<void> {
    const layers: Descriptor[] = [];
    for (const { tar, tree } of recipe.layers)
      layers.push({
        mediaType: `${OCI}.layer.v1.tar`,
        ...(tar !== undefined ? await this.keep(tar) : await this.pack(tree ?? "")),
      });
    const config = this.put({
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      config: {
        Entrypoint: recipe.entrypoint ?? [],
        Cmd: recipe.cmd ?? [],
        User: recipe.user ?? "",
        WorkingDir: "/",
        Env: recipe.env ?? ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      },
      rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    });
    const manifest = this.put({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: `${OCI}.config.v1+json`, ...config },
      layers,
    });
    const others = this.index().filter((other) => other.annotations?.[REF] !== recipe.ref);
    const own = { mediaType: MANIFEST, ...manifest, annotations: { [REF]: recipe.ref } };
    writeFileSync(join(this.folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    this.replace(
      join(this.folder, "index.json"),
      JSON.stringify({ schemaVersion: 2, manifests: [...others, own] }, undefined, 1),
    );
  }

  private index(): Descriptor[] {
    const file = join(this.folder, "index.json");
    return existsSync(file)
      ? (JSON.parse(readFileSync(file, "utf8")) as { manifests: Descriptor[] }).manifests
      : [];
  }

  /** A file as a blob; on the same disk no second copy. */
  private async keep(file: string): Promise<{ digest: string; size: number }> {
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    const digest = `sha256:${hash.digest("hex")}`;
    const blob = this.blob(digest);
    if (!existsSync(blob)) {
      const part = `${blob}.part-${process.pid}`;
      try {
        linkSync(file, part);
      } catch {
        copyFileSync(file, part);
      }
      renameSync(part, blob);
    }
    return { digest, size: statSync(blob).size };
  }

  /** A folder as a tar that is the same for the same files. */
  private async pack(tree: string): Promise<{ digest: string; size: number }> {
    const tar = join(this.folder, `tree-${process.pid}.tar`);
    await run("tar", [
      "--create",
      "--file",
      tar,
      "--directory",
      tree,
      "--sort=name",
      "--owner=root:0",
      "--group=root:0",
      "--mtime=@0",
      "--numeric-owner",
      ".",
    ]);
    const kept = await this.keep(tar);
    rmSync(tar);
    return kept;
  }

  private put(value: unknown): { digest: string; size: number } {
    const text = JSON.stringify(value);
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    if (!existsSync(this.blob(digest))) this.replace(this.blob(digest), text);
    return { digest, size: Buffer.byteLength(text) };
  }

  private replace(file: string, text: string): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.part-${process.pid}`, text);
    renameSync(`${file}.part-${process.pid}`, file);
  }
}
