import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

const BIN = join(import.meta.dirname, "../../../bin");
const BUNDLED = `node_modules/node-${process.platform}-${process.arch}/bin`;

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "launcher-"));
  await cp(BIN, join(root, "bin"), { recursive: true });
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

/** Says which words it was given and ends with code 7, or when told to wait, with code 9 at the first SIGTERM. */
const PROGRAM = `
  const waits = process.argv[2] === "wait";
  const timer = setTimeout(() => process.exit(1), 20000);
  process.on("SIGTERM", () => { clearTimeout(timer); process.exitCode = 9; });
  console.log(JSON.stringify(process.argv.slice(2)), process.execArgv.includes("--no-warnings"));
  if (!waits) process.exit(7);
`;

async function install(options: { readonly engine: string; readonly bundled: boolean }): Promise<void> {
  await writeFile(
    join(root, "package.json"),
    JSON.stringify({ type: "module", engines: { node: options.engine } }),
  );
  await writeFile(join(root, "program.js"), PROGRAM);
  await mkdir(join(root, "dist/src"), { recursive: true });
  await writeFile(join(root, "dist/src/main.js"), PROGRAM);
  if (!options.bundled) return;
  await mkdir(join(root, BUNDLED), { recursive: true });
  await symlink(process.execPath, join(root, BUNDLED, "node"));
}

function run(words: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, words, { cwd: root });
  let output = "";
  let errors = "";
  child.stdout.on("data", (bytes) => {
    output += String(bytes);
    if (output.includes('"wait"')) child.kill("SIGTERM");
  });
  child.stderr.on("data", (bytes) => (errors += String(bytes)));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output, errors })));
}

describe("the launcher", () => {
  const launch = ["bin/launch.mjs"];

  test.each([
    { engine: ">=20.0", bundled: false, because: "a Node that is new enough runs the program itself" },
    { engine: ">=999.0", bundled: true, because: "on an old Node the bundled one runs the program" },
  ])("$because, with its arguments and exit code", async ({ engine, bundled }) => {
    await install({ engine, bundled });

    const ended = await run([...launch, "program.js", "--flag", "a b"]);

    expect(ended).toEqual({ code: 7, output: '["--flag","a b"] false\n', errors: "" });
  });

  test("words before the program are options of Node", async () => {
    await install({ engine: ">=20.0", bundled: false });

    const ended = await run([...launch, "--no-warnings", "program.js"]);

    expect(ended).toMatchObject({ code: 7, output: "[] true\n" });
  });

  test.each([
    { engine: ">=20.0", options: [], because: "in the same process" },
    { engine: ">=20.0", options: ["--no-warnings"], because: "in a child" },
    { engine: ">=999.0", options: [], because: "on the bundled Node" },
  ])("a signal reaches the program $because, which decides the exit code", async ({ engine, options }) => {
    await install({ engine, bundled: true });

    const ended = await run([...launch, ...options, "program.js", "wait"]);

    expect(ended.code).toBe(9);
  });

  test("an old Node without the bundled one ends with what is missing, and runs nothing", async () => {
    await install({ engine: ">=999.0", bundled: false });

    const ended = await run([...launch, "program.js"]);

    expect(ended).toMatchObject({ code: 1, output: "" });
    expect(ended.errors).toContain("needs Node >=999.0");
  });

  test("a package without sources runs what was built", async () => {
    await install({ engine: ">=20.0", bundled: false });

    const ended = await run(["bin/grantkeeper.mjs", "version"]);

    expect(ended).toMatchObject({ code: 7, output: '["version"] false\n' });
  });

  test("what stays runs with settings that keep it small, in the process that was started", async () => {
    await install({ engine: ">=20.0", bundled: false });
    const program =
      "console.log(process.argv.slice(2), process.execArgv.join(), process.env.MALLOC_ARENA_MAX, process.pid);";
    await writeFile(join(root, "dist/src/main.js"), program);

    const child = spawn(process.execPath, ["bin/grantkeeper.mjs", "run", "--observe"], { cwd: root });
    const output = await text(child.stdout);

    expect(output).toContain("[ 'run', '--observe' ]");
    expect(output).toContain("--max-semi-space-size");
    expect(output).toMatch(new RegExp(` 1 ${child.pid}\n$`));
  });

  test("a minor version below the least one is too old", async () => {
    const [major = "0", minor = "0"] = process.versions.node.split(".");
    await install({ engine: `>=${major}.${Number(minor) + 1}`, bundled: false });

    const ended = await run([...launch, "program.js"]);

    expect(ended.code).toBe(1);
  });
});
