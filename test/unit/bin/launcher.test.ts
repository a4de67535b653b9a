import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
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

/** Prints its arguments and exits with code 7, or with the argument to wait, with code 9 at the first SIGTERM. */
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
  await mkdir(join(root, "dist"), { recursive: true });
  await writeFile(join(root, "dist/main.js"), PROGRAM);
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

  test("arguments before the program are options of Node", async () => {
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

  test.each([
    { engine: ">=20.0", options: ["--no-warnings"], because: "in a child" },
    { engine: ">=999.0", options: [], because: "on the bundled Node" },
  ])("a killed launcher ends the program $because as well", async ({ engine, options }) => {
    await install({ engine, bundled: true });
    const program = `
      process.on("SIGTERM", () => { console.log("asked to stop"); process.exit(0); });
      setInterval(() => undefined, 1000);
      console.log(process.pid, process.env.GRANTKEEPER_LAUNCHER_PIPE);
    `;
    await writeFile(join(root, "program.js"), program);
    const child = spawn(process.execPath, [...launch, ...options, "program.js"], { cwd: root });
    let output = "";
    const closed = new Promise<void>((resolve) => child.on("close", () => resolve()));
    child.stdout.on("data", (bytes) => {
      output += String(bytes);
      if (/^\d+ undefined\n$/.test(output)) child.kill("SIGKILL");
    });

    // The program inherits the launcher's standard output, which closes when both have ended.
    await closed;

    expect(child.signalCode).toBe("SIGKILL");
    expect(output).toMatch(/^\d+ undefined\nasked to stop\n$/);
  });

  test("does not keep a finished program running", async () => {
    await install({ engine: ">=999.0", bundled: true });
    await writeFile(join(root, "program.js"), "console.log('done');");

    expect(await run([...launch, "program.js"])).toEqual({ code: 0, output: "done\n", errors: "" });
  });

  test("an old Node without the bundled one reports what is missing, and runs nothing", async () => {
    await install({ engine: ">=999.0", bundled: false });

    const ended = await run([...launch, "program.js"]);

    expect(ended).toMatchObject({ code: 1, output: "" });
    expect(ended.errors).toContain("needs Node >=999.0");
  });

  test("a package without sources runs the built program", async () => {
    await install({ engine: ">=20.0", bundled: false });

    const ended = await run(["bin/grantkeeper.mjs", "version"]);

    expect(ended).toMatchObject({ code: 7, output: '["version"] false\n' });
  });

  test("a long-running command uses settings that save memory, in the started process", async () => {
    await install({ engine: ">=20.0", bundled: false });
    const program =
      "console.log(process.argv.slice(2), process.execArgv.join(), process.env.MALLOC_ARENA_MAX, process.pid);";
    await writeFile(join(root, "dist/main.js"), program);

    const child = spawn(process.execPath, ["bin/grantkeeper.mjs", "run", "--observe"], { cwd: root });
    const output = await text(child.stdout);

    expect(output).toContain("[ 'run', '--observe' ]");
    expect(output).toContain("--max-semi-space-size");
    expect(output).toMatch(new RegExp(` 1 ${child.pid}\n$`));
  });

  test.each([
    { command: "run", because: "a long-running command starts from the compile cache" },
    { command: "version", because: "a short command starts from the compile cache" },
  ])("$because", async ({ command }) => {
    await install({ engine: ">=20.0", bundled: false });
    const program =
      'import module from "node:module"; console.log(module.getCompileCacheDir() !== undefined);';
    await writeFile(join(root, "dist/main.js"), program);

    const { output } = await run(["bin/grantkeeper.mjs", command]);

    expect(output).toBe("true\n");
  });

  test("on an old Node a long-running command has these settings too", async () => {
    await install({ engine: ">=999.0", bundled: true });
    await writeFile(
      join(root, "dist/main.js"),
      "console.log(process.execArgv.join(), process.env.MALLOC_ARENA_MAX);",
    );

    const { output } = await run(["bin/grantkeeper.mjs", "run"]);

    expect(output).toMatch(/--max-semi-space-size=.* 1\n$/);
  });

  test("a review sets in its own process when functions are optimized", async () => {
    await install({ engine: ">=20.0", bundled: false });
    const spy =
      'import v8 from "node:v8"; import module from "node:module"; v8.setFlagsFromString = (flag) => console.log(flag); module.syncBuiltinESMExports();';
    await writeFile(join(root, "spy.mjs"), spy);

    const { output } = await run([
      "--import",
      "./spy.mjs",
      "bin/grantkeeper.mjs",
      "review",
      "--base",
      "main",
    ]);

    expect(output).toMatch(/^--invocation-.*\n--invocation-.*\n\["review","--base","main"\] false\n$/);
  });

  test("on an old Node a review has these settings too", async () => {
    await install({ engine: ">=999.0", bundled: true });
    await writeFile(join(root, "dist/main.js"), "console.log(process.execArgv.join());");

    const { output } = await run(["bin/grantkeeper.mjs", "review"]);

    expect(output).toMatch(/--invocation-count-for-maglev=.*,--invocation-count-for-turbofan=/);
  });

  test("a Node whose V8 does not know one of these settings runs the command without them", async () => {
    await install({ engine: ">=20.0", bundled: false });
    const launcher = join(root, "bin/launch.mjs");
    const source = readFileSync(launcher, "utf8");
    const [major = ""] = process.versions.node.split(".");
    const other = source.replace(`"${major}."`, '"0."').replace("--memory-saver-mode", "--no-such-setting");
    expect(other).toContain("--no-such-setting");
    await writeFile(launcher, other);

    expect(await run(["bin/grantkeeper.mjs", "run"])).toEqual({
      code: 7,
      output: '["run"] false\n',
      errors: "",
    });
  });

  // Only Linux has the process namespaces that this needs.
  (process.platform === "linux" ? describe : describe.skip)("as process 1 of a container", () => {
    const IN_CONTAINER = ["--user", "--map-root-user", "--pid", "--fork", "--mount-proc", process.execPath];

    test("a killed process group leaves no zombie", async () => {
      await install({ engine: ">=20.0", bundled: false });
      const program = `
        import { spawn } from "node:child_process";
        import { readdirSync, readFileSync } from "node:fs";
        const stats = () => readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).map((name) => {
          try { return readFileSync("/proc/" + name + "/stat", "latin1"); } catch { return ""; }
        });
        const group = spawn("sh", ["-c", "sleep 1000 & echo started; sleep 1000"], { detached: true });
        group.stdout.once("data", () => process.kill(-group.pid, "SIGKILL"));
        const deadline = Date.now() + 5000;
        const look = () => {
          const left = stats().filter((stat) => stat.split(" ")[4] === String(group.pid)).length;
          if (left > 0 && Date.now() < deadline) return setTimeout(look, 10);
          console.log(process.argv[2], process.argv[3], left, "left");
          process.exit(7);
        };
        group.once("exit", look);
      `;
      await writeFile(join(root, "dist/main.js"), program);
      const child = spawn("unshare", [...IN_CONTAINER, "bin/grantkeeper.mjs", "run", "a b"], { cwd: root });
      const exit = new Promise((resolve) => child.on("exit", resolve));

      expect(await text(child.stdout)).toBe("run a b 0 left\n");
      expect(await exit).toBe(7);
    });

    test("a signal reaches the program, which decides the exit code", async () => {
      await install({ engine: ">=20.0", bundled: false });
      const program = `
        process.on("SIGTERM", () => process.exit(9));
        setTimeout(() => process.exit(1), 20000);
        console.log("ready");
      `;
      await writeFile(join(root, "dist/main.js"), program);
      const child = spawn("unshare", [...IN_CONTAINER, "bin/grantkeeper.mjs", "run"], { cwd: root });
      child.stdout.once("data", () => {
        // Process 1 by its id outside the namespace: the child of unshare.
        const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "latin1");
        process.kill(Number(children.trim().split(" ")[0]), "SIGTERM");
      });

      expect(await new Promise((resolve) => child.on("close", resolve))).toBe(9);
    });
  });

  test("a minor version below the minimum is too old", async () => {
    const [major = "0", minor = "0"] = process.versions.node.split(".");
    await install({ engine: `>=${major}.${Number(minor) + 1}`, bundled: false });

    const ended = await run([...launch, "program.js"]);

    expect(ended.code).toBe(1);
  });
});
