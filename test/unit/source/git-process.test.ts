import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { localEnvironment, remoteEnvironment } from "../../../src/source/git/environment.ts";
import { collect, runGit } from "../../../src/source/git/process.ts";
import type { GitCommand, GitOutcome } from "../../../src/source/git/process.ts";

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "process-"));
});

afterEach(async () => {
  const left = processes();
  await rm(root, { recursive: true });
  if (left.length > 0) throw new Error(`still running: ${left.join(", ")}`);
});

/** Command lines of processes that run in the test's folder: Linux only. */
function processes(): readonly string[] {
  const ids = process.platform === "linux" ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return ids
    .map((id) => read(id, "environ"))
    .filter((environment) => environment.includes(`GIT_DIR=${root}`));
}

/** Processes of the group that are not zombies: Linux only. */
function runningIn(group: string): readonly string[] {
  const ids = process.platform === "linux" ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return ids.filter((id) => {
    const [, , state, , found] = read(id, "stat").split(" ");
    return found === group && state !== "Z";
  });
}

function read(id: string, file: string): string {
  try {
    return readFileSync(`/proc/${id}/${file}`, "latin1");
  } catch {
    return "";
  }
}

const { signal: never } = new AbortController();

/** A shell command that git starts for us, as it starts its helpers. */
function alias(script: string): GitCommand {
  return {
    args: ["-c", `alias.run=!${script}`, "run"],
    cwd: root,
    env: localEnvironment(root),
    sink: collect(1_000_000).sink,
  };
}

describe("a command", () => {
  test("returns its exit code and its messages", async () => {
    expect(await runGit(alias("echo bad >&2; exit 3"), never)).toEqual({
      kind: "exited",
      code: 3,
      errors: "bad\n",
    });
  });

  test("that is aborted ends with every process that it started", async () => {
    const controller = new AbortController();
    const sink = (): boolean => {
      controller.abort();
      return true;
    };

    const outcome = await runGit(
      { ...alias("sleep 1000 & echo started; sleep 1000"), sink },
      controller.signal,
    );

    expect(outcome).toEqual({ kind: "aborted" });
  });

  test("that is stopped has no process or helper left when the answer arrives", async () => {
    for (let round = 0; round < 10; round += 1) {
      const controller = new AbortController();
      let output = "";
      const sink = (chunk: Buffer): boolean => {
        output += String(chunk);
        controller.abort();
        return true;
      };
      const script =
        "sleep 1000 & sleep 1000 & cut -d' ' -f5 /proc/$$/stat 2>/dev/null || echo 0; sleep 1000";

      await runGit({ ...alias(script), sink }, controller.signal);

      expect(runningIn(output.trim())).toEqual([]);
    }
  });

  test("that exits ends a helper that it left behind", async () => {
    expect(await runGit(alias("sleep 1000 & exit 0"), never)).toMatchObject({ kind: "exited", code: 0 });
  });

  test("that ignores SIGTERM is ended too", async () => {
    const outcome = await runGit(
      alias("trap '' TERM INT HUP; while :; do sleep 1; done"),
      AbortSignal.timeout(300),
    );

    expect(outcome).toEqual({ kind: "aborted" });
  });

  test("with endless output is stopped at the limit", async () => {
    expect(await runGit(alias("yes"), never)).toEqual({ kind: "stopped", reason: "the output is too large" });
  });

  test("with endless error output is stopped", async () => {
    expect(await runGit(alias("yes >&2"), never)).toEqual({
      kind: "stopped",
      reason: "the error output is too large",
    });
  });

  test("whose watch returns a reason is stopped for that reason", async () => {
    const watch = (): Promise<string> => Promise.resolve("full");

    expect(await runGit({ ...alias("sleep 1000"), watch }, never)).toEqual({
      kind: "stopped",
      reason: "full",
    });
  });

  test("whose watch fails is stopped and reports why", async () => {
    const watch = (): Promise<string> => Promise.reject(new Error("no disk"));

    expect(await runGit({ ...alias("sleep 1000"), watch }, never)).toMatchObject({ kind: "stopped" });
  });

  test("that reads none of its input does not fail", async () => {
    expect(await runGit({ ...alias("exit 0"), input: "x".repeat(1_000_000) }, never)).toMatchObject({
      code: 0,
    });
  });

  test("is not started if the caller has already aborted", async () => {
    expect(await runGit(alias("echo x"), AbortSignal.abort())).toEqual({ kind: "aborted" });
  });

  test("that cannot be started is reported as not started", async () => {
    const outcome: GitOutcome = await runGit({ ...alias("echo x"), cwd: join(root, "nowhere") }, never);

    expect(outcome.kind).toBe("not-started");
  });
});

describe("the environment", () => {
  async function environment(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const output = collect(1_000_000);
    await runGit({ ...alias("env"), env, sink: output.sink }, never);
    return output.text().split("\n");
  }

  test("contains no variable of this process", async () => {
    process.env["GRANTKEEPER_TEST_SECRET"] = "s3cr3t";

    const lines = await environment(localEnvironment(root));

    expect(lines).toContain("HOME=/nonexistent");
    expect(lines.join("\n")).not.toMatch(/s3cr3t|NODE_|JEST_/);
    delete process.env["GRANTKEEPER_TEST_SECRET"];
  });

  test("of a reader allows no protocol and has no credential", async () => {
    const lines = await environment(localEnvironment(root));

    expect(lines).toContain("GIT_ALLOW_PROTOCOL=none");
    expect(lines.join("\n")).not.toMatch(/extraHeader|remote\.origin/);
  });

  test("of a fetch binds the credential to the one origin", () => {
    const remote = {
      scheme: "https",
      url: "https://git.example.com/p.git",
      origin: "https://git.example.com/",
    } as const;
    const credential = { authorization: "Basic eDp5", ssh: null, secrets: [], refusedFix: null };

    const env = remoteEnvironment(root, { remote, credential, caFile: null, proxy: null, timeoutMs: 1_000 });

    const headers = Object.values(env).filter((value) => value.includes("extraHeader"));
    expect(headers).toEqual(["http.https://git.example.com/.extraHeader"]);
    expect(env["GIT_ALLOW_PROTOCOL"]).toBe("https");
  });

  test("of a fetch through a proxy has its login, and no credential of AWS", async () => {
    process.env["AWS_SECRET_ACCESS_KEY"] = "aws-s3cr3t";
    const remote = { scheme: "https", url: "https://h/p.git", origin: "https://h/" } as const;
    const credential = { authorization: null, ssh: null, secrets: [], refusedFix: null };
    const proxy = { url: "http://proxy:3128", login: { user: "ann", password: "p@ss" } };

    const lines = await environment(
      remoteEnvironment(root, { remote, credential, caFile: "/ca.pem", proxy, timeoutMs: 1_000 }),
    );

    delete process.env["AWS_SECRET_ACCESS_KEY"];
    expect(lines.join("\n")).not.toMatch(/AWS_|aws-s3cr3t/);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/=http:\/\/ann:p%40ss@proxy:3128$/),
        expect.stringMatching(/=http\.proxySSLCAInfo$/),
      ]),
    );
  });
});
