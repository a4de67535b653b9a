import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const ROOT = join(import.meta.dirname, "../../..");

/** Some steps, and the summary of .ci/run. */
function run(
  steps: string,
  env: Readonly<Record<string, string>>,
): { readonly out: string; readonly code: number | null } {
  const scratch = mkdtempSync(join(tmpdir(), "gk-ci-steps-"));
  const script = `set -u; scratch=${scratch}; . .ci/steps; ${steps}; summary`;
  const { stdout, status } = spawnSync("bash", ["-c", script], {
    cwd: ROOT,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...env },
  });
  rmSync(scratch, { recursive: true });
  return { out: stdout, code: status };
}

const STEPS = 'step first 1 true; not_run "it needs root" pipelines image';

test("a step that the machine cannot run is printed with its reason, and fails a pipeline", () => {
  const { out, code } = run(STEPS, { CI: "true" });

  expect(out).toContain("=== pipelines NOT RUN: it needs root\n=== image NOT RUN: it needs root\n");
  expect(out).toMatch(
    /failed: pipelines \(not run: it needs root\)\nfailed: image \(not run: it needs root\)\n1 passed, 2 failed\n$/,
  );
  expect(code).toBe(1);
});

test("elsewhere such a step is printed with its reason, and fails nothing", () => {
  const { out, code } = run(STEPS, {});

  expect(out).toContain("=== image NOT RUN: it needs root\n");
  expect(out).toMatch(/\n1 passed, 0 failed\n$/);
  expect(code).toBe(0);
});

test("a failed step is named at the end, with its exit code", () => {
  const { out, code } = run("step broken 1 bash -c 'exit 7'; step first 1 true", {});

  expect(out).toMatch(/\nfailed: broken \(exit 7\)\n1 passed, 1 failed\n$/);
  expect(code).toBe(1);
});
