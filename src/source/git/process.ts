import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Readable, type Writable } from "node:stream";
import { setTimeout as timer } from "node:timers/promises";
import { errorCode } from "../../model/values/error-code.ts";

export interface GitCommand {
  /** Default: git. */
  readonly program?: "git" | "gpg" | "openssl";
  /** Everything after the program. Arguments from outside come after `--end-of-options`. */
  readonly args: readonly string[];
  /** The working directory, which exists. */
  readonly cwd: string;
  /** The entire environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** A text, or a stream that is written while the command runs. */
  readonly input?: string | Readable;
  /** Receives the output in chunks; false ends the command. */
  readonly sink: (chunk: Buffer) => boolean;
  /** Called repeatedly while the command runs; a returned reason ends the command. */
  readonly watch?: () => Promise<string | undefined>;
}

export type GitOutcome =
  /** `errors` has the text of stderr, then each line of the server's stderr after `remote: `, as git marks its messages. */
  | { readonly kind: "exited"; readonly code: number; readonly errors: string }
  /** The sink or the watch had enough, or the command was too loud on stderr. */
  | { readonly kind: "stopped"; readonly reason: string }
  | { readonly kind: "aborted" }
  | { readonly kind: "not-started"; readonly cause: Error };

/** The descriptor on which a program that connects writes what the server prints on stderr. */
export const SERVER_TEXT_FD = 3;
const STDIO = ["pipe", "pipe", "pipe", "pipe"] as const;

type Child = ChildProcess & {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly stdio: readonly [Writable, Readable, Readable, Readable, ...unknown[]];
};

const MAX_ERROR_BYTES = 1_048_576;
const WATCH_EVERY_MS = 200;
/** The process groups that run now. They have sessions of their own and would survive a crash of this process. */
const running = new Set<number>();
process.on("exit", () => running.forEach(killGroup));

/**
 * Runs git, gpg or openssl in a process group of its own, without a shell, and returns when no process of the group is left, however
 * git ended. Never throws. SIGKILL is intentional: a helper may ignore a milder signal. The caller cleans up.
 */
export async function runGit(command: GitCommand, signal: AbortSignal): Promise<GitOutcome> {
  if (signal.aborted) return { kind: "aborted" };
  const [program = "git", ...args] = [...memoryLimits(), command.program ?? "git", ...command.args];
  const { cwd, env } = command;
  const child = spawn(program, args, { cwd, env, detached: true, shell: false, stdio: [...STDIO] }) as Child;
  const group = child.pid;
  if (group === undefined) return notStarted(child);
  running.add(group);
  let ended: GitOutcome | undefined;
  const end = (outcome: GitOutcome): void => {
    ended ??= outcome;
    killGroup(group);
  };
  const abort = (): void => end({ kind: "aborted" });
  signal.addEventListener("abort", abort, { once: true });
  const errors = listen(child, command, end);
  const watching = command.watch === undefined ? undefined : startWatch(command.watch, end);
  try {
    const code = await waitForExit(child, group);
    await waitForGroupEnd(group);
    return ended ?? { kind: "exited", code, errors: errors() };
  } finally {
    clearInterval(watching);
    signal.removeEventListener("abort", abort);
    running.delete(group);
  }
}

/**
 * A pack of a few kilobytes, or an endless list of refs, can take gigabytes of memory. If util-linux is installed,
 * Linux enforces a limit for each process: on the heap, which a server can fill, and a larger one on the address space,
 * because git maps packs into memory. Watching the resident memory would be too slow: a nearby server sends a gigabyte
 * between two checks.
 */
const HEAP_BYTES = 402_653_184;
const ADDRESS_BYTES = 2_147_483_648;

function memoryLimits(): readonly string[] {
  const limits = [`--data=${HEAP_BYTES}`, `--as=${ADDRESS_BYTES}`, "--core=0"];
  return existsSync("/usr/bin/prlimit") ? ["/usr/bin/prlimit", ...limits, "--"] : [];
}

async function notStarted(child: Child): Promise<GitOutcome> {
  const cause = await new Promise<Error>((resolve) => child.once("error", resolve));
  return { kind: "not-started", cause };
}

function listen(child: Child, command: GitCommand, end: (outcome: GitOutcome) => void): () => string {
  const own: Buffer[] = [];
  const ofServer: Buffer[] = [];
  let errorBytes = 0;
  let isWanted = true;
  child.stdout.on("data", (chunk: Buffer) => {
    isWanted &&= command.sink(chunk);
    if (!isWanted) end({ kind: "stopped", reason: "the output is too large" });
  });
  const keepIn = (chunks: Buffer[]) => (chunk: Buffer) => {
    errorBytes += chunk.length;
    if (errorBytes <= MAX_ERROR_BYTES) chunks.push(chunk);
    else end({ kind: "stopped", reason: "the error output is too large" });
  };
  child.stderr.on("data", keepIn(own));
  child.stdio[SERVER_TEXT_FD].on("data", keepIn(ofServer));
  // EPIPE: git exited before it read everything. Its exit code shows why.
  child.stdin.on("error", () => undefined);
  child.on("error", () => undefined);
  if (command.input instanceof Readable) command.input.pipe(child.stdin);
  else child.stdin.end(command.input ?? "");
  return () => textOf(own) + textOf(ofServer).replace(/^(?=[^])/gm, "remote: ");
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString("utf8");
}

function startWatch(
  watch: () => Promise<string | undefined>,
  end: (outcome: GitOutcome) => void,
): NodeJS.Timeout {
  return setInterval(() => {
    watch().then(
      (reason) => reason !== undefined && end({ kind: "stopped", reason }),
      (cause: unknown) => end({ kind: "stopped", reason: `cannot watch the mirror: ${String(cause)}` }),
    );
  }, WATCH_EVERY_MS);
}

/** The exit code, after every process that holds the pipes has ended; -1 if a signal ended git. */
function waitForExit(child: Child, group: number): Promise<number> {
  return new Promise((resolve) => {
    // Helper processes that git left behind keep the pipes open.
    child.once("exit", () => killGroup(group));
    child.once("close", (code) => resolve(code ?? -1));
  });
}

/**
 * Killed processes end within milliseconds. A process that waits for an unresponsive disk must not block the
 * controller.
 */
const GROUP_END_TIMEOUT_MS = 1_000;
const POLL_EVERY_MS = 5;

/**
 * Waits until no helper process runs, so that nothing writes to the mirror any more. Helpers that were killed with git
 * become children of init, which reaps them; if this is process 1, bin/launch.mjs provides an init.
 */
async function waitForGroupEnd(group: number): Promise<void> {
  const deadlineMs = performance.now() + GROUP_END_TIMEOUT_MS;
  while (signalGroup(group, 0) && isRunning(group) && performance.now() < deadlineMs)
    await timer(POLL_EVERY_MS);
}

/** Whether a process of the group is more than a zombie; true on systems without /proc. */
function isRunning(group: number): boolean {
  if (process.platform !== "linux") return true;
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.some((id) => {
    // `1 (name) S 0 17 …`: state, parent, group; a name may have spaces and brackets.
    const [state = "", , found] = statOf(id)
      .replace(/^.*\) /s, "")
      .split(" ");
    return found === String(group) && state !== "Z" && state !== "X";
  });
}

function statOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/stat`, "latin1");
  } catch {
    // The process ended after it was listed.
    return "";
  }
}

function killGroup(group: number): void {
  signalGroup(group, "SIGKILL");
}

/** False if no process of the group is left. */
function signalGroup(group: number, signal: "SIGKILL" | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    // ESRCH: no process is left. EPERM: macOS reports it for a group of zombies.
    const code = errorCode(error);
    if (code !== "ESRCH" && code !== "EPERM") throw error;
    return false;
  }
}

/** A sink that keeps the output up to a limit. */
export function collect(
  maxBytes: number,
  encoding: "utf8" | "latin1" = "utf8",
): {
  readonly sink: (chunk: Buffer) => boolean;
  readonly text: () => string;
} {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    sink: (chunk) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      return bytes <= maxBytes;
    },
    text: () => Buffer.concat(chunks).toString(encoding),
  };
}
