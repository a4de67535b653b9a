import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { ImageSettings } from "./dockerfile.ts";

export interface ImageDescription {
  readonly settings: ImageSettings;
  readonly architecture: string;
  /** Uncompressed, the lowest first. */
  readonly layers: readonly { readonly tar: string; readonly createdBy: string }[];
  readonly labels: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly created: string;
  readonly tag: string;
}

export interface WrittenImage {
  /** Of the manifest: what a registry calls the digest of the image. */
  readonly digest: string;
  readonly compressedBytes: number;
  readonly unpackedBytes: number;
}

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface Layer extends Blob {
  readonly unpackedDigest: string;
  readonly unpackedBytes: number;
}

const TYPE = "application/vnd.oci.image";

/**
 * Writes an OCI image layout, which skopeo, buildah, podman and umoci read. Equal layers give equal bytes.
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export async function writeLayout(folder: string, image: ImageDescription): Promise<WrittenImage> {
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  const layers = await Promise.all(image.layers.map(({ tar }) => writeLayer(folder, tar)));
  const config = writeJson(folder, `${TYPE}.config.v1+json`, {
    created: image.created,
    architecture: image.architecture,
    os: "linux",
    config: { ...image.settings, Labels: image.labels },
    rootfs: { type: "layers", diff_ids: layers.map(({ unpackedDigest }) => unpackedDigest) },
    history: image.layers.map(({ createdBy }) => ({ created: image.created, created_by: createdBy })),
  });
  const manifest = writeJson(folder, `${TYPE}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${TYPE}.manifest.v1+json`,
    config,
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
    annotations: image.labels,
  });
  writeFileSync(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const named = { ...manifest, annotations: { "org.opencontainers.image.ref.name": image.tag } };
  const index = { schemaVersion: 2, mediaType: `${TYPE}.index.v1+json`, manifests: [named] };
  writeFileSync(join(folder, "index.json"), JSON.stringify(index));
  return {
    digest: manifest.digest,
    compressedBytes: layers.reduce((sum, { size }) => sum + size, 0),
    unpackedBytes: layers.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0),
  };
}

function writeJson(folder: string, mediaType: string, value: object): Blob {
  const bytes = Buffer.from(JSON.stringify(value));
  const hash = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(join(folder, "blobs/sha256", hash), bytes);
  return { mediaType, digest: `sha256:${hash}`, size: bytes.length };
}

async function writeLayer(folder: string, tar: string): Promise<Layer> {
  const part = join(folder, `${createHash("sha256").update(tar).digest("hex")}.part`);
  const [unpacked, packed] = [createHash("sha256"), createHash("sha256")];
  await pipeline(
    createReadStream(tar),
    observed((chunk) => unpacked.update(chunk)),
    // The header of Node's gzip has neither a name nor a time.
    createGzip({ level: 6 }),
    observed((chunk) => packed.update(chunk)),
    createWriteStream(part),
  );
  const hash = packed.digest("hex");
  const size = statSync(part).size;
  renameSync(part, join(folder, "blobs/sha256", hash));
  return {
    mediaType: `${TYPE}.layer.v1.tar+gzip`,
    digest: `sha256:${hash}`,
    size,
    unpackedDigest: `sha256:${unpacked.digest("hex")}`,
    unpackedBytes: statSync(tar).size,
  };
}

function observed(see: (chunk: Buffer) => void): PassThrough {
  return new PassThrough().on("data", see);
}
