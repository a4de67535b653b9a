import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.ts";

const GRANTKEEPER = join(ROOT, "bin/grantkeeper.mjs");

export type Environment = Readonly<Record<string, string>>;

export interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The environment of this process without what would lead Grantkeeper elsewhere, and `more`. */
function environment(more: Environment): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS_|GRANTKEEPER_|GIT_)/.test(name));
  return { ...Object.fromEntries(own), NO_COLOR: "1", ...more };
}

/** Runs one command of the real command line to its end. */
export async function grantkeeper(args: readonly string[], cwd: string): Promise<Answer> {
  const child = spawn(process.execPath, [GRANTKEEPER, ...args], {
    cwd,
    env: environment({}),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (texts.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (texts.err += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, ...texts };
}

export interface ControllerProcess {
  readonly child: ChildProcess;
  /** Resolves when it has ended, with its exit code; null after a signal. */
  readonly ended: Promise<number | null>;
  /** Asks it to end in order and waits until it has. */
  stop(): Promise<number | null>;
}

/** `grantkeeper run` as a process of its own; what it logs goes to a file. */
export function startController(
  config: string,
  logFile: string,
  credentials: Environment,
): ControllerProcess {
  return startProgram([GRANTKEEPER, "run", "--config", config], logFile, credentials);
}

/** A program of Node's that runs a controller; what it writes goes to a file. */
export function startProgram(args: readonly string[], logFile: string, more: Environment): ControllerProcess {
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, args, {
    env: environment({ AWS_REGION: "eu-west-1", ...more }),
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code));
  });
  const stop = (): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    return ended;
  };
  return { child, ended, stop };
}
