import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { grantkeeper, startController, type Answer } from "../../demo/program.ts";
import { until } from "../../demo/wait.ts";
import type { DoctorSection } from "../../src/workbench/doctor/screen.ts";
import { DATABASE_FILE } from "../../src/store/sqlite/open.ts";
import { makeRepository } from "../support/git/git-repository.ts";

const WITHIN_MS = 20_000;

interface DoctorAnswer {
  readonly sections: readonly [DoctorSection];
}

describe("`grantkeeper run` that can't start reports why and how to fix it, and starts nothing", () => {
  let folder = "";
  let servers: Server[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bad-start-"));
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) server.close();
    await rm(folder, { recursive: true, maxRetries: 3 });
  });

  const write = (text: string): void => writeFileSync(join(folder, "grantkeeper.yaml"), text);
  const run = (): Promise<Answer> => grantkeeper(["run", "--config", "grantkeeper.yaml"], folder);
  const operatorFile = (listen: string, stateDir = "./state"): string => `instance: test-1
stateDir: ${stateDir}
sources: [{name: main, git: {url: "${join(folder, "permissions.git")}", branch: main}, interval: 1h}]
http: {listen: "${listen}"}
aws: {endpoint: "http://127.0.0.1:9", simulator: true}
`;
  const listening = async (): Promise<number> => {
    const server = createServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  };

  test("reports every problem of the configuration together, each with its place", async () => {
    write(`instance: Not A Name
stateDir: 7
mode: maybe
sources: []
sweep: soon
surprise: 1
http: {listen: "nowhere"}
`);

    const { code, out, err } = await run();

    expect([code, out]).toEqual([1, ""]);
    const places = [
      ":1:11 instance",
      ":2:11 stateDir",
      ":3:7 mode",
      ":4:10 sources",
      ":5:8 sweep",
      '"surprise"',
      ":7:16 http.listen",
    ];
    expect(places.filter((place) => !err.includes(place))).toEqual([]);
    expect(existsSync(join(folder, "state"))).toBe(false);
  });

  test.each([
    { prepare: () => undefined, expected: "cannot be read (ENOENT)", because: "there is no configuration" },
    {
      prepare: () => mkdirSync(join(folder, "grantkeeper.yaml")),
      expected: "cannot be read (EISDIR)",
      because: "the configuration is a directory",
    },
    {
      prepare: () => write("instance: [\n"),
      expected: "grantkeeper.yaml:2:1",
      because: "it ends in the middle",
    },
    { prepare: () => write(""), expected: "expected a mapping", because: "it is empty" },
    {
      prepare: () => write("instance: test-1\n"),
      expected: "stateDir",
      because: "required fields are missing",
    },
  ])("$because", async ({ prepare, expected }) => {
    prepare();

    const { code, err } = await run();

    expect([code, err.includes(expected)]).toEqual([1, true]);
    expect(existsSync(join(folder, "state"))).toBe(false);
  });

  test("names a port in use", async () => {
    const port = await listening();
    write(operatorFile(`127.0.0.1:${port}`));

    const { code, err } = await run();

    expect(code).toBe(1);
    expect(err).toContain(`cannot listen on 127.0.0.1 port ${port}`);
    expect(err).toContain("hint:");
  });

  test("refuses a record of a newer version and leaves it unchanged", async () => {
    write(operatorFile("127.0.0.1:0"));
    mkdirSync(join(folder, "state"));
    const path = join(folder, "state", DATABASE_FILE);
    const newer = new Database(path);
    // "GKPR": a record of this program.
    newer.pragma("application_id = 1196118098");
    newer.pragma("user_version = 99");
    newer.exec("CREATE TABLE later (x)");
    newer.close();

    const { code, err } = await run();

    const after = new Database(path, { readonly: true });
    const version: unknown = after.pragma("user_version", { simple: true });
    after.close();
    expect([code, version]).toEqual([1, 99]);
    expect(err).toMatch(/written\s+by\s+a\s+newer\s+Grantkeeper/);
    expect(err).toContain("hint:  run that newer version");
  });

  test("refuses a state directory that is a file", async () => {
    writeFileSync(join(folder, "taken"), "");
    write(operatorFile("127.0.0.1:0", "./taken"));

    const { code, err } = await run();

    expect(code).toBe(1);
    expect(err).toContain(`cannot make the state directory ${join(folder, "taken")}`);
  });

  test("refuses a second controller on the same state directory", async () => {
    await makeRepository(folder, "permissions.git");
    write(operatorFile("127.0.0.1:0"));
    const first = startController(join(folder, "grantkeeper.yaml"), join(folder, "log"), {
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "x",
    });
    try {
      await until(
        "the first holds the lock",
        () => existsSync(join(folder, "state", "api-token")) || undefined,
        {
          withinMs: WITHIN_MS,
        },
      );

      const { code, err } = await run();

      expect(code).toBe(1);
      expect(err).toMatch(/error: .* is in use by another controller/);
      expect(first.child.exitCode).toBeNull();
    } finally {
      await first.stop();
    }
  });

  test("missing secret files are named in the log immediately and by doctor, and nothing else stops: audit.stdout has the record", async () => {
    await makeRepository(folder, "permissions.git");
    writeFileSync(join(folder, "there"), "a secret that must not be in the log\n");
    writeFileSync(join(folder, "empty"), "\n");
    const routes = ["there", "empty", "missing-alert"].map(
      (file) => `{name: to-${file}, webhook: "http://127.0.0.1:9", secretFile: ${file}}`,
    );
    write(`${operatorFile("127.0.0.1:0")}webhooks: {generic: {secretFile: missing-webhook}}
alerts: [${routes.join(", ")}]
audit: {stdout: true}
`);
    const log = join(folder, "log");
    const controller = startController(join(folder, "grantkeeper.yaml"), log, {
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "x",
    });
    try {
      const isRunning = (): boolean =>
        existsSync(join(folder, "state", "api-token")) && readFileSync(log, "utf8").includes('"seq":1,');
      await until("it listens and writes its record", () => isRunning() || undefined, {
        withinMs: WITHIN_MS,
      });
    } finally {
      await controller.stop();
    }

    const logText = readFileSync(log, "utf8");
    const lines = logText
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const warned = lines.filter(({ message }) => message === "a secret file cannot be used");
    expect(lines.filter(({ seq }) => seq === 1)).toMatchObject([{ kind: "started" }]);
    expect(warned).toEqual([
      expect.objectContaining({
        of: "webhook generic",
        file: join(folder, "missing-webhook"),
        reason: "ENOENT",
      }),
      expect.objectContaining({
        of: "alert route to-empty",
        file: join(folder, "empty"),
        reason: "it is empty",
      }),
      expect.objectContaining({ of: "alert route to-missing-alert", reason: "ENOENT" }),
    ]);
    expect(logText).not.toContain("must not be in the log");

    const { code, out } = await grantkeeper(["doctor", "--config", "grantkeeper.yaml", "-o", "json"], folder);
    const [{ checks }] = (JSON.parse(out) as DoctorAnswer).sections;
    const secrets = checks.filter(({ what }) => /^(webhook|alert route) /.test(what));
    expect(secrets.map(({ what, outcome, detail }) => [what, outcome, detail])).toEqual([
      ["webhook generic", "failed", `its secret cannot be read: ${join(folder, "missing-webhook")}: ENOENT`],
      ["alert route to-there", "passed", `its secret is in ${join(folder, "there")}`],
      ["alert route to-empty", "failed", `its secret cannot be read: ${join(folder, "empty")}: it is empty`],
      ["alert route to-missing-alert", "failed", expect.stringContaining("ENOENT")],
    ]);
    expect(code).toBe(3);
    expect(out).not.toContain("must not be in the log");
  });
});
