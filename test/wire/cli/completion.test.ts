import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { shortSubject } from "../../../src/cli/render/words.ts";
import { PAYMENTS_SUBJECT } from "../../support/api-world.ts";
import { cli } from "../../support/cli.ts";
import { LOCAL_TOKEN, startTestServer, type TestServer } from "../../support/http-server.ts";

/** What `approve` takes of the plan that waits in the fake controller. */
const DIGITS = shortSubject(PAYMENTS_SUBJECT);
const run = promisify(execFile);
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

describe("in a real bash", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gk-completion-"));
    await writeFile(
      join(folder, "grantkeeper"),
      `#!/bin/sh\nexec "${process.execPath}" "${LAUNCHER}" "$@"\n`,
    );
    await chmod(join(folder, "grantkeeper"), 0o755);
    await writeFile(join(folder, "completion.bash"), (await cli(["completion", "bash"])).out);
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** What bash would offer for the line, with its cursor at the end. */
  async function offered(line: string): Promise<readonly string[]> {
    const script = `source "$1"; COMP_LINE="$2"; COMP_POINT=\${#2}; _grantkeeper; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run("bash", ["-c", script, "bash", join(folder, "completion.bash"), line], {
      env: {
        PATH: [folder, process.env["PATH"] ?? ""].join(delimiter),
        GRANTKEEPER_SERVER: server.url,
        GRANTKEEPER_TOKEN: LOCAL_TOKEN,
      },
    });
    return stdout.split("\n").filter((word) => word !== "");
  }

  test("of macOS, which is 3.2 and has no mapfile", async () => {
    const { stdout } = await run(
      "bash",
      [
        "-c",
        `enable -n mapfile readarray; source "$1"; COMP_LINE="grantkeeper recon"; COMP_POINT=17; _grantkeeper; echo "\${COMPREPLY[@]}"`,
        "bash",
        join(folder, "completion.bash"),
      ],
      { env: { PATH: [folder, process.env["PATH"] ?? ""].join(delimiter) } },
    );

    expect(stdout).toBe("reconcile\n");
  });

  test("completes a command, and a target from where bash breaks the word", async () => {
    expect(await offered("grantkeeper recon")).toEqual(["reconcile"]);
    expect(await offered("grantkeeper describe payments/refunds@p")).toContain("prod/eu-west-1");
  });
});
