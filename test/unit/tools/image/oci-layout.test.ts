import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { imageSettings } from "../../../../tools/image/dockerfile.ts";
import { writeLayout, type WrittenImage } from "../../../../tools/image/oci-layout.ts";

interface Blob {
  readonly digest: string;
  readonly size: number;
}

const sha256 = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const SETTINGS = imageSettings(readFileSync(join(import.meta.dirname, "../../../../Dockerfile"), "utf8"));

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "layout-"));
  writeFileSync(join(root, "lower.tar"), Buffer.alloc(200_000, "lower"));
  writeFileSync(join(root, "upper.tar"), Buffer.alloc(1_024, "upper"));
});
afterEach(() => rm(root, { recursive: true }));

/** The layers are in another place each time. */
function write(name: string): Promise<WrittenImage> {
  mkdirSync(join(root, name));
  return writeLayout(join(root, name), {
    settings: SETTINGS,
    architecture: "amd64",
    layers: [
      { tar: join(root, "lower.tar"), createdBy: "lower" },
      { tar: join(root, "upper.tar"), createdBy: "upper" },
    ],
    labels: { "org.opencontainers.image.version": "0.1.0" },
    created: "2026-09-30T00:00:00.000Z",
    tag: "0.1.0",
  });
}

test("every blob has the digest and the size under which it is named", async () => {
  const written = await write("a");
  const blob = ({ digest, size }: Blob): Buffer => {
    const bytes = readFileSync(join(root, "a/blobs", digest.replace(":", "/")));
    expect([sha256(bytes), bytes.length]).toEqual([digest, size]);
    return bytes;
  };
  const index = JSON.parse(readFileSync(join(root, "a/index.json"), "utf8")) as {
    manifests: readonly [Blob];
  };
  const manifest = JSON.parse(blob(index.manifests[0]).toString()) as {
    config: Blob;
    layers: readonly Blob[];
  };
  const config = JSON.parse(blob(manifest.config).toString()) as {
    readonly config: object;
    readonly rootfs: { readonly diff_ids: readonly string[] };
  };
  const layers = manifest.layers.map((layer) => gunzipSync(blob(layer)));

  expect(written.digest).toBe(index.manifests[0].digest);
  expect(written.unpackedBytes).toBe(201_024);
  expect(layers.map((bytes) => bytes.subarray(0, 5).toString())).toEqual(["lower", "upper"]);
  expect(config.rootfs.diff_ids).toEqual(layers.map(sha256));
  expect(config.config).toMatchObject({ User: "10001:10001", Entrypoint: ["grantkeeper"] });
});

test("the same layers give the same image", async () => {
  expect(await write("a")).toEqual(await write("b"));
});
