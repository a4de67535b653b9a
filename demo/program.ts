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

/** The environment of this process and `more`, without variables that would redirect Grantkeeper. */
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
  /** Resolves with the exit code when the program has ended; null after a signal. */
  readonly ended: Promise<number | null>;
  /** Requests a clean end and waits for it. */
  stop(): Promise<number | null>;
}

/** `grantkeeper run` as a separate process, which logs to a file. */
export function startController(
  config: string,
  logFile: string,
  credentials: Environment,
): ControllerProcess {
  return startProgram([GRANTKEEPER, "run", "--config", config], logFile, credentials);
}

/** A Node program that runs a controller and writes its output to a file. */
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
