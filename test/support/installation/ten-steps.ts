import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");

/** The accounts of examples/first-repository/. */
export const ACCOUNTS = { dev: "111122223333", staging: "444455556666", prod: "777788889999" };
/** The role of its only function. */
export const ROLE = "orders-api-eu-west-1";

export interface Machine {
  /** An empty folder: the home, and the working directory of the steps. */
  readonly folder: string;
  /** Who plays AWS, which the operator's file names. */
  readonly endpoint: string;
  /** The process's own credentials. */
  readonly accessKey: { readonly id: string; readonly secret: string };
  /** The lines of a shell script that plays the AWS CLI, with a profile for the administrator of each account. */
  readonly aws: readonly string[];
  /** Other commands instead of those of a step. */
  readonly instead?: ReadonlyMap<string, string>;
}

export interface StepsOutcome {
  readonly steps: number;
  readonly code: number | null;
  readonly out: string;
  /** At the end: name, mode, and why an account cannot be read. */
  readonly accounts: readonly (readonly unknown[])[];
}

/** Carries out the commands of README's ten steps in one shell, and ends what they left running. */
export async function runTenSteps(machine: Machine): Promise<StepsOutcome> {
  const steps = commands().map((text) => machine.instead?.get(text) ?? text);
  const script = [
    "set -eu",
    "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT",
    ...steps.map((text, index) => `echo "=== step ${index + 1}"\n${text}`),
    'echo "=== end"',
    "grantkeeper get accounts --output json > accounts.json",
  ].join("\n");
  const { code, out } = await run(script, machine);
  return { steps: steps.length, code, out, accounts: code === 0 ? accountsIn(machine.folder) : [] };
}

/** In their order. */
function commands(): readonly string[] {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const section = /^## Production in ten steps$(.*?)^## /ms.exec(readme)?.[1] ?? "";
  return [...section.matchAll(/^( *)```sh\n(.*?)^ *```$/gms)].map(([, indent = "", text = ""]) =>
    text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
}

function accountsIn(folder: string): StepsOutcome["accounts"] {
  const { items } = JSON.parse(readFileSync(join(folder, "accounts.json"), "utf8")) as {
    readonly items: readonly { readonly status: Record<string, unknown> }[];
  };
  return items.map(({ status }) => [status["name"], status["mode"], status["failing"]]);
}

async function run(
  script: string,
  machine: Machine,
): Promise<{ readonly code: number | null; readonly out: string }> {
  const { folder, accessKey } = machine;
  const child = spawn("bash", ["-c", script], {
    cwd: folder,
    env: {
      PATH: `${programs(machine)}:${process.env["PATH"] ?? ""}`,
      HOME: folder,
      AWS_ACCESS_KEY_ID: accessKey.id,
      AWS_SECRET_ACCESS_KEY: accessKey.secret,
      GRANTKEEPER_LISTEN: `127.0.0.1:${await freePort()}`,
      GIT_AUTHOR_NAME: "Dana",
      GIT_AUTHOR_EMAIL: "dana@example.com",
      GIT_COMMITTER_NAME: "Dana",
      GIT_COMMITTER_EMAIL: "dana@example.com",
      NO_COLOR: "1",
    },
  });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (out += text));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out };
}

/** What a machine has besides: npm with the package, and the AWS CLI. */
function programs({ folder, endpoint, aws }: Machine): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(ROOT, join(folder, "grantkeeper"));
  const program = (name: string, lines: readonly string[]): void => {
    writeFileSync(join(bin, name), ["#!/usr/bin/env bash", "set -eu", ...lines, ""].join("\n"));
    chmodSync(join(bin, name), 0o755);
  };
  program("npm", [`[ "$1" != root ] || echo '${folder}'`]);
  program("grantkeeper", [
    "if [ -f grantkeeper.yaml ] && ! grep -q ^aws: grantkeeper.yaml; then",
    `  echo 'aws: {endpoint: "${endpoint}", simulator: true, propagationWait: 1s}' >> grantkeeper.yaml`,
    "fi",
    `exec '${process.execPath}' '${join(ROOT, "bin/grantkeeper.mjs")}' "$@"`,
  ]);
  program("aws", aws);
  return bin;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === "object" && address !== null ? address.port : 0;
}
