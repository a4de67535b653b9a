import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { generate } from "./generate.ts";
import { buildPackage, cleanEnvironment, writeFiles } from "./installation.ts";

export interface ValidateTimes {
  readonly bindings: number;
  /** From the start of the process to its end. */
  readonly wallMs: readonly number[];
  readonly middleMs: number;
}

/** `grantkeeper validate` in a folder; the first run fills Node's compile cache and does not count. */
export async function measureValidate(bindings: number, times: number): Promise<ValidateTimes> {
  const folder = mkdtempSync(join(tmpdir(), "grantkeeper-bench-"));
  const wallMs: number[] = [];
  try {
    const program = buildPackage(join(folder, "package"));
    const manifests = join(folder, "manifests");
    writeFiles(manifests, generate(bindings));
    for (let round = 0; round <= times; round += 1) {
      const startedMs = performance.now();
      await promisify(execFile)(process.execPath, [program, "validate", manifests], {
        env: cleanEnvironment(),
      });
      if (round > 0) wallMs.push(Math.round(performance.now() - startedMs));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  const sorted = wallMs.toSorted((a, b) => a - b);
  return { bindings, wallMs, middleMs: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0 };
}
