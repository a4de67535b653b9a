import assert from "node:assert/strict";
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { createGunzip } from "node:zlib";

interface Index {
  readonly manifests: readonly {
    readonly digest: string;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

const MAX_PULLED_BYTES = 80_000_000;
const MAX_UNPACKED_BYTES = 200_000_000;

export function indexOf(layout: string): Index {
  return JSON.parse(readFileSync(join(layout, "index.json"), "utf8")) as Index;
}

/** docs/deploying.md promises both. */
export async function checkSize(layout: string): Promise<void> {
  const blob = (digest: string): string => join(layout, "blobs", digest.replace(":", "/"));
  const { layers } = JSON.parse(readFileSync(blob(indexOf(layout).manifests[0]?.digest ?? ""), "utf8")) as {
    readonly layers: readonly { readonly digest: string; readonly size: number }[];
  };
  let [pulled, unpacked] = [0, 0];
  for (const { digest, size } of layers) {
    pulled += size;
    for await (const chunk of createReadStream(blob(digest)).pipe(createGunzip()))
      unpacked += (chunk as Buffer).length;
  }
  console.log(`${megabytes(pulled)} to pull, ${megabytes(unpacked)} unpacked`);
  assert.ok(pulled < MAX_PULLED_BYTES, `the image has more than ${megabytes(MAX_PULLED_BYTES)} to pull`);
  assert.ok(
    unpacked < MAX_UNPACKED_BYTES,
    `the image has more than ${megabytes(MAX_UNPACKED_BYTES)} unpacked`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
