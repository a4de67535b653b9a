import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { expect, test } from "@jest/globals";

const MAIN = join(import.meta.dirname, "../../../src/main.ts");

const DOCUMENT = JSON.stringify({ Version: "2008-10-17", Statement: [] });
/** The number of pairs that are answered together. */
const PAIRS = `${JSON.stringify({ type: "identity", a: DOCUMENT, b: DOCUMENT })}\n`.repeat(500);

/** A command with open standard input that has answered the first pairs. */
async function comparing(): Promise<ChildProcessByStdio<Writable, Readable, Readable>> {
  const child = spawn(process.execPath, [MAIN, "policy", "diff", "--batch", "-"], { stdio: "pipe" });
  child.stdin.on("error", () => undefined);
  child.stdin.write(PAIRS);
  await once(child.stdout, "data");
  return child;
}

test("a command that waits for input ends at the first signal", async () => {
  const child = await comparing();
  child.kill("SIGTERM");

  expect(await once(child, "exit")).toEqual([null, "SIGTERM"]);
});

test("a closed pipe ends a command without a message", async () => {
  const child = await comparing();
  let errors = "";
  child.stderr.on("data", (bytes) => (errors += String(bytes)));
  const writeOn = (): void => void child.stdin.write(PAIRS, (cause) => cause || writeOn());
  child.stdout.destroy();
  writeOn();

  expect(await once(child, "close")).toEqual([0, null]);
  expect(errors).toBe("");
});
