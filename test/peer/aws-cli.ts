import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("aws-cli.py", import.meta.url));

export interface CliAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The AWS CLI as a process that stays: one command after the other. */
export interface AwsCli {
  run(args: readonly string[]): Promise<CliAnswer>;
  close(): Promise<void>;
}

/** @throws Error when `npm run peer` did not name a Python that has the CLI */
export function startAwsCli(env: Readonly<Record<string, string>>): AwsCli {
  const python = process.env["PEER_PYTHON"];
  if (python === undefined) throw new Error("PEER_PYTHON is not set: run npm run peer");
  const child = spawn(python, [PROGRAM], {
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", AWS_PAGER: "", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    run: async (args) => {
      child.stdin.write(`${JSON.stringify(args)}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error(`the AWS CLI ended at ${args.join(" ")}`);
      return JSON.parse(value) as CliAnswer;
    },
    close: async () => {
      const ended = once(child, "exit");
      child.stdin.end();
      await ended;
    },
  };
}
