import { execFile, spawnSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { shortSubject } from "../../../src/wording/words.ts";
import { PAYMENTS_SUBJECT } from "../../support/screens/world-keys.ts";
import { cli } from "../../support/screens/cli.ts";
import { LOCAL_TOKEN, startTestServer, type TestServer } from "../../support/screens/http-server.ts";

/** The argument of `approve` for the plan that waits in the fake controller. */
const DIGITS = shortSubject(PAYMENTS_SUBJECT);
const run = promisify(execFile);
const TARGET = "payments/refunds@prod/eu-west-1";
const LAUNCHER = resolve(import.meta.dirname, "../../../bin/grantkeeper.mjs");

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

async function completed(...words: readonly string[]): Promise<readonly string[]> {
  const env = { GRANTKEEPER_SERVER: server.url, GRANTKEEPER_TOKEN: LOCAL_TOKEN };
  const { out, err } = await cli(["__complete", ...words], { env });
  expect(err).toBe("");
  return out.split("\n").filter((line) => line !== "");
}

describe("completion", () => {
  test.each([
    { words: ["sus"], found: ["suspend"], because: "a command" },
    { words: ["audit", "ve"], found: ["verify"], because: "the second word of a command" },
    { words: ["get", "dr"], found: ["drift"], because: "what get lists" },
    { words: ["completion", ""], found: ["bash", "fish", "zsh"], because: "a shell" },
    { words: ["get", "bindings", "-o", "w"], found: ["wide"], because: "a choice of an option" },
    { words: ["status", "--exit"], found: ["--exit-code"], because: "an option" },
    { words: ["schema", "--output", "audit"], found: ["audit-verify"], because: "the name of an output" },
    {
      words: ["describe", "payments/refunds@p"],
      found: ["payments/refunds@prod/eu-west-1"],
      because: "a target",
    },
    {
      words: ["get", "-o", "json", "drift", "payments/refunds@p"],
      found: ["payments/refunds@prod/eu-west-1"],
      because: "a target after options",
    },
    { words: ["history", "-n", "pay"], found: ["payments"], because: "a namespace" },
    { words: ["approve", DIGITS.slice(0, 4)], found: [DIGITS], because: "a digest" },
    { words: ["describe", "hold", ""], found: [DIGITS], because: "a digest after hold" },
    { words: ["describe", "approval", ""], found: [DIGITS], because: "a digest after approval" },
    { words: ["resume", "s-or"], found: ["s-orders"], because: "a suspension" },
    { words: ["status", ""], found: [], because: "nothing, where the command takes no operand" },
    { words: ["nothing", ""], found: [], because: "nothing of a command that does not exist" },
  ])("of $words offers $because", async ({ words, found }) => {
    expect(await completed(...words)).toEqual(expect.arrayContaining([...found]));
    expect(found.length > 0 || (await completed(...words)).length === 0).toBe(true);
  });

  test("is silent where no controller can be asked", async () => {
    const env = { GRANTKEEPER_SERVER: "http://127.0.0.1:1" };

    expect(await cli(["__complete", "describe", ""], { env })).toEqual({ code: 0, out: "", err: "" });
    expect(await cli(["__complete", "describe", ""], { env: {} })).toEqual({ code: 0, out: "", err: "" });
  });

  test("prints one script for each shell, and refuses another shell", async () => {
    const scripts = await Promise.all(
      ["bash", "zsh", "fish"].map(async (shell) => (await cli(["completion", shell])).out),
    );

    expect(new Set(scripts).size).toBe(3);
    expect((await cli(["completion", "csh"])).code).toBe(1);
  });
});

describe("in a real shell", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gk-completion-"));
    // The command asks a controller for targets, and not for long: what the shell makes of one is tried without.
    const asked = '"$*" = "__complete describe payments/refunds@p"';
    await writeFile(
      join(folder, "grantkeeper"),
      `#!/bin/sh\nif [ ${asked} ]; then echo ${TARGET}; else exec "${process.execPath}" "${LAUNCHER}" "$@"; fi\n`,
    );
    await chmod(join(folder, "grantkeeper"), 0o755);
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Runs a program of the shell on the script that `completion` prints for it and the line that is typed. */
  async function runShell(
    command: readonly [string, ...string[]],
    shell: string,
    line: string,
  ): Promise<readonly string[]> {
    const script = join(folder, `completion.${shell}`);
    await writeFile(script, (await cli(["completion", shell])).out);
    const [program, ...before] = command;
    const { stdout } = await run(program, [...before, script, line], {
      cwd: folder,
      // A shell that waits for what never comes must not outlive its test.
      timeout: 30_000,
      env: {
        HOME: folder,
        PATH: [folder, process.env["PATH"] ?? ""].join(delimiter),
        GRANTKEEPER_SERVER: server.url,
        GRANTKEEPER_TOKEN: LOCAL_TOKEN,
      },
    });
    return stdout.split(/\r?\n/).filter((word) => word !== "");
  }

  describe("bash", () => {
    /** What bash would offer for the line, with its cursor at the end. */
    const PROGRAM = `source "$1"; COMP_LINE="$2"; COMP_POINT=\${#2}; _grantkeeper; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const offered = (line: string, before = ""): Promise<readonly string[]> =>
      runShell(["bash", "-c", `${before}${PROGRAM}`, "bash"], "bash", line);

    test("of macOS, which is 3.2 and has no mapfile", async () => {
      expect(await offered("grantkeeper recon", "enable -n mapfile readarray; ")).toEqual(["reconcile"]);
    });

    test("completes a command, and a target from where bash breaks the word", async () => {
      expect(await offered("grantkeeper recon")).toEqual(["reconcile"]);
      expect(await offered("grantkeeper describe payments/refunds@p")).toContain("prod/eu-west-1");
    });
  });

  inShell("zsh", () => {
    /** Types the line and Tab in an interactive zsh, and prints what is in its line then. */
    const PROGRAM = `
      zmodload zsh/zpty
      zpty typing zsh -f -i
      zpty -w -n typing $'PS1= ; autoload -Uz compinit; compinit -u -D; source '"\${(q)1}"$'; shown() { print -r -- "<<$BUFFER>>" }; zle -N shown; bindkey "^X" shown; print re""ady\n'
      zpty -r typing answer "*ready*"
      zpty -w -n typing "$2"$'\t\x18'
      zpty -r typing answer "*>>*"
      print -r -- "\${\${answer##*<<}%%>>*}"
      zpty -d typing
    `;
    const completedLine = (line: string): Promise<readonly string[]> =>
      runShell(["zsh", "-f", "-c", PROGRAM, "zsh"], "zsh", line);

    test.each([
      { what: "a command", line: "grantkeeper recon", completed: "grantkeeper reconcile " },
      {
        what: "a target",
        line: "grantkeeper describe payments/refunds@p",
        completed: "grantkeeper describe payments/refunds@prod/eu-west-1 ",
      },
      {
        what: "a file, where there is nothing else",
        line: "grantkeeper audit verify compl",
        completed: "grantkeeper audit verify completion.zsh ",
      },
    ])("completes $what", async ({ line, completed }) => {
      expect(await completedLine(line)).toEqual([completed]);
    });
  });

  inShell("fish", () => {
    const offered = (line: string): Promise<readonly string[]> =>
      runShell(
        ["fish", "--no-config", "-c", 'source $argv[1]; complete --do-complete "$argv[2]"'],
        "fish",
        line,
      );

    test("completes a command, a target and the choice of an option, and offers no files with them", async () => {
      expect(await offered("grantkeeper recon")).toEqual(["reconcile"]);
      expect(await offered("grantkeeper describe payments/refunds@p")).toEqual([
        "payments/refunds@prod/eu-west-1",
      ]);
      expect(await offered("grantkeeper get bindings -o ")).toEqual([
        "json",
        "name",
        "table",
        "wide",
        "yaml",
      ]);
    });

    test("completes a file where there is nothing else", async () => {
      expect(await offered("grantkeeper audit verify compl")).toEqual(["completion.fish"]);
    });
  });
});

/** The shell's tests. Without the shell they are skipped by name; in CI, which installs it, they run and fail. */
function inShell(shell: string, tests: () => void): void {
  const isRun = process.env["CI"] === "true" || spawnSync(shell, ["--version"]).status === 0;
  const group = isRun ? describe : describe.skip;
  group(isRun ? shell : `${shell} (skipped: not installed here)`, tests);
}
