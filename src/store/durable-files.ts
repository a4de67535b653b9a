import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

/** A new file that only its owner can read; it is on disk when this returns. */
export function writePrivate(path: string, text: string | Uint8Array): void {
  const file = openSync(path, "wx", 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes the content of a file, or the names in a folder, durable. */
export function sync(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
