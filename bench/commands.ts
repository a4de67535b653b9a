import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Files, generate } from "./generate.ts";
import { buildPackage, cleanEnvironment, writeFiles } from "./installation.ts";

export interface CommandTimes {
  readonly bindings: number;
  /** From the start of the process to its end. */
  readonly wallMs: readonly number[];
  readonly middleMs: number;
}

/** `grantkeeper validate` in a folder. */
export function measureValidate(bindings: number, times: number): Promise<CommandTimes> {
  return measureCommand(["validate", "."], {
    bindings,
    times,
    prepare: (at) => writeFiles(at, generate(bindings)),
  });
}

export const REVIEW = ["review", "--base", "HEAD~1", "--head", "HEAD", "."];

/** `grantkeeper review` of a commit that adds a grant to some of the functions. */
export function measureReview(bindings: number, changed: number, times: number): Promise<CommandTimes> {
  const prepare = (at: string): void => commitReviewed(at, bindings, changed);
  return measureCommand(REVIEW, { bindings, times, prepare });
}

/** A repository with that commit as its newest one. */
export function commitReviewed(at: string, bindings: number, changed: number): void {
  const files = generate(bindings);
  writeFiles(at, files);
  git(at, "init", "--quiet", "--initial-branch=main");
  commit(at, "manifests");
  commitMoreGrants(at, files, changed);
}

/** To a repository that has these files. */
export function commitMoreGrants(at: string, files: Files, changed: number): void {
  writeFiles(at, withMoreGrants(files, changed));
  commit(at, "more grants");
}

interface Measured {
  readonly bindings: number;
  readonly times: number;
  /** Fills the folder in which the command runs. */
  readonly prepare: (folder: string) => void;
}

/** The first run fills Node's compile cache and does not count. */
async function measureCommand(
  command: readonly string[],
  { bindings, times, prepare }: Measured,
): Promise<CommandTimes> {
  const folder = mkdtempSync(join(tmpdir(), "grantkeeper-bench-"));
  const wallMs: number[] = [];
  try {
    const program = buildPackage(join(folder, "package"));
    const manifests = join(folder, "manifests");
    prepare(manifests);
    for (let round = 0; round <= times; round += 1) {
      const startedMs = performance.now();
      await promisify(execFile)(process.execPath, [program, ...command], {
        cwd: manifests,
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

/** The files of the first functions, each with a grant that it did not have. */
function withMoreGrants(files: Files, changed: number): Files {
  const functions = Object.entries(files).filter(
    ([path, text]) => path.startsWith("teams/") && text.includes("\n  grants:\n"),
  );
  return Object.fromEntries(
    functions
      .slice(0, changed)
      .map(([path, text]) => [
        path,
        text.replace("\n  grants:\n", "\n  grants:\n    - sqs: { queue: bench-more, allow: [send] }\n"),
      ]),
  );
}

function commit(folder: string, message: string): void {
  git(folder, "add", "--all");
  git(
    folder,
    "-c",
    "user.name=bench",
    "-c",
    "user.email=bench@example.com",
    "commit",
    "--quiet",
    "-m",
    message,
  );
}

function git(folder: string, ...args: readonly string[]): void {
  execFileSync("git", args, { cwd: folder, stdio: "ignore" });
}
