import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { seedBase } from "../../src/simulator/seed.ts";
import { startSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import {
  addAccessKey,
  addAccount,
  addFunction,
  emptyWorld,
  type AccessKey,
} from "../../src/simulator/world.ts";

const ROOT = join(import.meta.dirname, "../..");
const ACCOUNTS = { dev: "111122223333", staging: "444455556666", prod: "777788889999" };
const WITHIN_MS = 240_000;

let folder = "";
let simulator: Simulator;
let base: AccessKey;
let administrators: ReadonlyMap<string, AccessKey>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ten-steps-"));
  const world = emptyWorld();
  base = seedBase(world);
  administrators = new Map(
    Object.entries(ACCOUNTS).map(([name, accountId]) => {
      addAccount(world, { id: accountId, regions: ["eu-west-1", "us-east-1"] });
      const roleArn = `arn:aws:iam::${accountId}:role/grantkeeper/orders-api-eu-west-1`;
      addFunction(world, { accountId, region: "eu-west-1", name: "orders-api", roleArn });
      return [name, addAccessKey(world, { accountId, principalArn: `arn:aws:iam::${accountId}:root` })];
    }),
  );
  simulator = await startSimulator({ world });
});

afterEach(async () => {
  await simulator.close();
  await rm(folder, { recursive: true, maxRetries: 3 });
});

/** The commands of the README's ten steps, in their order. */
function commands(): readonly string[] {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const section = /^## Production in ten steps$(.*?)^## /ms.exec(readme)?.[1] ?? "";
  return [...section.matchAll(/^( *)```sh\n(.*?)^ *```$/gms)].map(([, indent = "", text = ""]) =>
    text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
}

/**
 * What a machine has besides: npm with the package, the AWS CLI with the accounts' administrators, and AWS itself, which
 * the operator's file names here.
 */
function machine(): string {
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
    `  echo 'aws: {endpoint: "${simulator.endpoint}", simulator: true, propagationWait: 1s}' >> grantkeeper.yaml`,
    "fi",
    `exec '${process.execPath}' '${join(ROOT, "bin/grantkeeper.mjs")}' "$@"`,
  ]);
  const keys = [...administrators].map(
    ([name, { id, secret }]) => `  ${name}) key='${id}' secret='${secret}' ;;`,
  );
  program("aws", [
    'profile="" file=""',
    "while [ $# -gt 0 ]; do",
    '  case "$1" in --profile) profile=$2 ;; --template-file) file=$2 ;; esac',
    "  shift",
    "done",
    'case "$profile" in',
    ...keys,
    "esac",
    `exec '${process.execPath}' '${join(ROOT, "bin/launch.mjs")}' '${join(ROOT, "test/support/installation/deploy-stack.ts")}' "$key" "$secret" '${simulator.endpoint}' "$file"`,
  ]);
  return bin;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Runs the script in one shell, and ends what it left running. */
async function run(script: string): Promise<{ readonly code: number | null; readonly out: string }> {
  const bin = machine();
  const child = spawn("bash", ["-c", script], {
    cwd: folder,
    env: {
      PATH: `${bin}:${process.env["PATH"] ?? ""}`,
      HOME: folder,
      AWS_ACCESS_KEY_ID: base.id,
      AWS_SECRET_ACCESS_KEY: base.secret,
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

test(
  "the README's ten steps end with three accounts observed and one of them enforced",
  async () => {
    const steps = commands();
    const script = [
      "set -eu",
      "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT",
      ...steps.map((text, index) => `echo "=== step ${index + 1}"\n${text}`),
      'echo "=== end"',
      "grantkeeper get accounts --output json > accounts.json",
    ].join("\n");
    const { code, out } = await run(script);

    expect(steps).toHaveLength(10);
    expect([code, code === 0 ? "" : out]).toEqual([0, ""]);
    const { items } = JSON.parse(readFileSync(join(folder, "accounts.json"), "utf8")) as {
      readonly items: readonly { readonly status: Record<string, unknown> }[];
    };
    expect(items.map(({ status }) => [status["name"], status["mode"], status["failing"]])).toEqual([
      ["dev", "enforce", null],
      ["prod", "observe", null],
      ["staging", "observe", null],
    ]);
    const role = "orders-api-eu-west-1";
    const made = Object.values(ACCOUNTS).filter(
      (id) => simulator.world.accounts[id]?.iam.roles[role] !== undefined,
    );
    expect(made).toEqual([ACCOUNTS.dev]);
  },
  WITHIN_MS,
);
