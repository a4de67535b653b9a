import { DIRECT } from "../../../src/model/network/proxy.ts";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AT_MOST_MS } from "../../../demo/wait.ts";
import { untraced, type Telemetry } from "../../../src/controller/ports/telemetry.ts";
import { GitSource } from "../../../src/source/git.ts";
import type { GitSourceOptions } from "../../../src/source/git.ts";
import { startGitServer } from "../../../demo/git-server.ts";
import type { GitServer, GitServerOptions } from "../../../demo/git-server.ts";
import { makeRepository } from "./git-repository.ts";
import type { TestRepository } from "./git-repository.ts";
import { ThrowingSource } from "./throwing-source.ts";

export const SILENT: Telemetry = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
  count: () => undefined,
  gauge: () => undefined,
  observe: () => undefined,
  forget: () => undefined,
  trace: untraced,
};

export const LIMITS = {
  fileBytes: 1_048_576,
  files: 1_000,
  snapshotBytes: 10_000_000,
  mirrorBytes: 100_000_000,
  teamFiles: 1_000,
  teamBytes: 10_000_000,
};

export const PATHS = { platformPath: "platform", tenantPath: "teams" };

/** One temporary folder with a repository, a server and mirrors; `end` removes it all and fails when a git still runs. */
export class Bench {
  readonly root: string;
  readonly #servers: GitServer[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  static async open(): Promise<Bench> {
    const root = await mkdtemp(join(tmpdir(), "source-"));
    await mkdir(join(root, "mirrors"));
    return new Bench(root);
  }

  get mirrorDir(): string {
    return join(this.root, "mirrors");
  }

  repository(format: "sha1" | "sha256" = "sha1"): Promise<TestRepository> {
    return makeRepository(join(this.root, "served"), "permissions.git", format);
  }

  /** The URL of `permissions.git` on a server of its own. */
  async serve(login: GitServerOptions["login"] = null): Promise<string> {
    const server = await startGitServer({ root: join(this.root, "served"), login });
    this.#servers.push(server);
    return `${server.url}/permissions.git`;
  }

  source(options: Partial<GitSourceOptions> & { readonly url: string }): ThrowingSource {
    return new ThrowingSource(
      new GitSource({
        name: "main",
        ref: { kind: "branch", name: "main" },
        auth: { kind: "none" },
        caFile: null,
        routes: DIRECT,
        signatures: null,
        mirrorDir: this.mirrorDir,
        paths: PATHS,
        limits: LIMITS,
        timeoutMs: AT_MOST_MS,
        allowHttpLoopback: true,
        allowedFilePath: null,
        telemetry: SILENT,
        ...options,
      }),
    );
  }

  /** The command lines of the processes that sources have started; empty without /proc. */
  running(): readonly string[] {
    return processesOf(this.mirrorDir).map((id) => readProcess(id, "cmdline").replaceAll("\0", " "));
  }

  /** What these processes hold in memory together; 0 without /proc. */
  residentMib(): number {
    const kilobytes = processesOf(this.mirrorDir).map((id) =>
      Number(/VmRSS:\s+(\d+)/.exec(readProcess(id, "status"))?.[1] ?? 0),
    );
    return kilobytes.reduce((sum, each) => sum + each, 0) / 1_024;
  }

  async remove(path: string): Promise<void> {
    await rm(path);
  }

  async end(): Promise<void> {
    const left = this.running();
    await Promise.all(this.#servers.map((server) => server.close()));
    await rm(this.root, { recursive: true, force: true, maxRetries: 3 });
    if (left.length > 0) throw new Error(`still running: ${left.join(", ")}`);
  }
}

/** Processes whose environment names the mirrors: every git of a source and all that it started. */
function processesOf(mirrorDir: string): readonly string[] {
  const ids = process.platform === "linux" ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return ids.filter((id) => id !== String(process.pid) && readProcess(id, "environ").includes(mirrorDir));
}

function readProcess(id: string, file: string): string {
  try {
    return readFileSync(`/proc/${id}/${file}`, "latin1");
  } catch {
    return "";
  }
}
