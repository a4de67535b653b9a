import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { join, relative } from "node:path";

const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
/** The loader of each architecture. */
const LOADERS = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];

/** Every program and library of the image finds the libraries that it loads: packages were removed around them. */
export function checkLibraries(rootfs: string): void {
  const files = readdirSync(rootfs, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter(isElf);
  const missing = files.flatMap((file) => missingOf(rootfs, `/${relative(rootfs, file)}`));
  assert.ok(files.length > 100, `${files.length} programs and libraries`);
  assert.deepEqual(missing, [], "libraries that are missing");
}

function missingOf(rootfs: string, file: string): readonly string[] {
  for (const loader of LOADERS) {
    const { status, stdout, stderr } = spawnSync("chroot", [rootfs, loader, "--list", file], {
      encoding: "utf8",
    });
    if (status === 127 && /No such file or directory/.test(stderr) && stderr.startsWith("chroot:")) continue;
    return /not found|cannot open shared object/.test(stdout + stderr) ? [`${file}: ${stdout}${stderr}`] : [];
  }
  throw new Error("the image has no loader");
}

function isElf(file: string): boolean {
  const start = Buffer.alloc(ELF.length);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, start, 0, start.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return start.equals(ELF);
}
