import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { Places } from "./places.ts";

const places = new Places();

const MODULE = new URL("../../src/compose/process/standard-output.ts", import.meta.url).href;

/** Writes 4 MiB, more than a pipe takes, and reports on standard error when timers run meanwhile, and the end. */
const PROGRAM = `
  const { openStandardOutput } = await import(${JSON.stringify(MODULE)});
  const output = openStandardOutput();
  setTimeout(() => process.stderr.write("free\\n"), 20);
  try {
    await output.write("x".repeat(4 * 1024 * 1024) + "\\n");
    process.stderr.write("done\\n");
  } catch (error) {
    process.stderr.write(error.code + "\\n");
  }
  output.close();
`;

function child(stdout: "pipe" | number) {
  const args = ["--input-type=module", "--eval", PROGRAM];
  return spawn(process.execPath, args, {
    stdio: ["ignore", stdout, "pipe"],
    cwd: fileURLToPath(new URL(".", MODULE)),
  });
}

async function lineOf(stream: NodeJS.ReadableStream): Promise<string> {
  const [chunk] = (await once(stream, "data")) as [Buffer];
  return chunk.toString();
}

describe("standard output", () => {
  test("without a reader that keeps up does not block the event loop, and loses nothing", async () => {
    const running = child("pipe");
    const { stdout, stderr } = running;
    if (stdout === null || stderr === null) throw new Error("the child has no pipes");

    expect(await lineOf(stderr)).toBe("free\n");
    let bytes = 0;
    stdout.on("data", (chunk: Buffer) => (bytes += chunk.length));
    expect(await lineOf(stderr)).toBe("done\n");
    await once(running, "close");

    expect(bytes).toBe(4 * 1024 * 1024 + 1);
  });

  test("whose reader is gone reports it, and the process continues", async () => {
    const running = child("pipe");
    running.stdout?.destroy();
    let text = "";
    running.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const [code] = (await once(running, "close")) as [number];

    expect({ code, isReported: text.includes("EPIPE") }).toEqual({ code: 0, isReported: true });
  });

  test("that is a file gets everything", async () => {
    const file = join(await places.folder(), "out");
    const running = child(openSync(file, "w"));
    await once(running, "close");

    expect((await readFile(file)).length).toBe(4 * 1024 * 1024 + 1);
  });
});
