import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { anchorLine } from "../../../src/audit/anchor.ts";
import { readLink } from "../../../src/audit/link.ts";
import { CliError } from "../../../src/cli/toolbox/cli-error.ts";
import type {
  AuditRange,
  AuditReader,
  Installation,
  SimulatorRequest,
} from "../../../src/cli/toolbox/toolbox.ts";
import { SourceError, type Source } from "../../../src/controller/ports/source.ts";
import { AwsError } from "../../../src/model/aws/aws-error.ts";
import { cli, TEST_CONFIG } from "../../support/screens/cli.ts";
import { CHAIN_KEY, chainOf } from "../../support/record/chain.ts";
import { PLATFORM_FILES } from "../../support/manifests.ts";
import { parseRevision } from "../../../src/model/values/revision.ts";
import { checked } from "../../support/record/audit-facts.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-local-"));
});
afterEach(() => rm(root, { recursive: true }));

const STOPPED = { kind: "stopped", version: "1", reason: "asked" } as const;
const CHAIN = chainOf([STOPPED, STOPPED, "sign"]);

function reader(): {
  readonly installation: Partial<Installation>;
  readonly asked: AuditRange[];
  readonly closed: () => boolean;
} {
  const asked: AuditRange[] = [];
  let closed = false;
  const over = async function* <T>(items: readonly T[], range: AuditRange): AsyncGenerator<T> {
    asked.push(range);
    yield* items;
  };
  const audit: AuditReader = {
    entries: (range) => over(CHAIN.entries, range),
    lines: (range) => over(CHAIN.lines, range),
    links: () => over([CHAIN.lines.map(readLink)], {}),
    close: () => {
      closed = true;
    },
  };
  const pem = CHAIN_KEY.key.export({ type: "spki", format: "pem" }).toString();
  const auditAnchors = async () => CHAIN.anchors.map(anchorLine).join("\n");
  return {
    installation: { audit: async () => audit, auditPublicKeys: async () => pem, auditAnchors },
    asked,
    closed: () => closed,
  };
}

describe("audit verify", () => {
  test("of the state directory checks with its keys and copies, and closes the record", async () => {
    const { installation, closed } = reader();

    const { code, out } = await cli(["audit", "verify", "--config", "x"], { installation });

    expect(code).toBe(0);
    expect(out).toContain("1 checkpoint: all signed by key");
    expect(out).toContain("all match");
    expect(out).toContain("all match their external copies");
    expect(closed()).toBe(true);
  });

  test("of an export needs nothing of the installation", async () => {
    const [file, key, anchors] = [join(root, "a.jsonl"), join(root, "key.pem"), join(root, "anchors")];
    await writeFile(file, `${CHAIN.lines.join("\n")}\n`);
    await writeFile(key, CHAIN_KEY.key.export({ type: "spki", format: "pem" }));
    await writeFile(anchors, CHAIN.anchors.map(anchorLine).join("\n"));

    const { code, out } = await cli(["audit", "verify", file, "--public-key", key, "--anchors", anchors]);

    expect(code).toBe(0);
    expect(out).toContain("all match their external copies");
  });

  test("of standard input reads an export as it arrives, and exits with 3 if the chain is broken", async () => {
    const whole = await cli(["audit", "verify", "-"], { stdin: `${CHAIN.lines.join("\n")}\n` });
    const torn = await cli(["audit", "verify", "-"], { stdin: `${CHAIN.lines.slice(1).join("\n")}\n` });
    const part = await cli(["audit", "verify", "--period", "-"], {
      stdin: `${CHAIN.lines.slice(1).join("\n")}\n`,
    });

    expect([whole.code, torn.code, part.code]).toEqual([0, 3, 0]);
    expect(torn.out).toContain("✗ Broken at entry 1 (line 1)");
  });

  test.each([
    { argv: ["nowhere.jsonl"], expected: "cannot read nowhere.jsonl (ENOENT)" },
    {
      argv: ["-", "--public-key", "package.json"],
      expected: "package.json: there is no PEM block PUBLIC KEY",
    },
    { argv: ["-", "--anchors", "nowhere"], expected: "cannot read nowhere (ENOENT)" },
  ])("reports what it can't read: $expected", async ({ argv, expected }) => {
    const { code, err } = await cli(["audit", "verify", ...argv]);

    expect(code).toBe(1);
    expect(err).toContain(expected);
  });

  test("without a record explains what creates one", async () => {
    expect(await cli(["audit", "verify", "--config", "x"], { installation: {} })).toMatchObject({
      code: 1,
      err: "error: there is no record yet\nhint:  grantkeeper run makes it\n",
    });
  });
});

describe("audit export", () => {
  test("writes lines that verify", async () => {
    const { installation, closed } = reader();

    const { code, out } = await cli(["audit", "export", "--config", "x"], { installation });

    expect(code).toBe(0);
    expect(out).toBe(`${CHAIN.lines.join("\n")}\n`);
    expect((await cli(["audit", "verify", "-"], { stdin: out })).code).toBe(0);
    expect(closed()).toBe(true);
  });

  test("of a period asks for that period", async () => {
    const { installation, asked } = reader();
    const period = ["--since", "2026-09-01", "--until", "2026-10-01T02:00:00+02:00"];

    await cli(["audit", "export", "--config", "x", ...period], { installation });

    expect(asked).toEqual([{ sinceMs: Date.UTC(2026, 8, 1), untilMs: Date.UTC(2026, 9, 1) }]);
  });

  test("as a table has a header and one row per entry, and is written only to a new file", async () => {
    const { installation } = reader();
    const file = join(root, "a.csv");
    const argv = ["audit", "export", "--config", "x", "--format", "csv", "--out", file];

    const first = await cli(argv, { installation });
    const text = await readFile(file, "utf8");
    const again = await cli(argv, { installation });

    expect(first).toEqual({ code: 0, out: "", err: `3 entries written to ${file}\n` });
    expect(text.trimEnd().split("\r\n")).toHaveLength(4);
    expect(again).toMatchObject({
      code: 1,
      err: `error: cannot write ${file} (EEXIST)\nhint:  name a file that does not exist yet\n`,
    });
    expect(await readFile(file, "utf8")).toBe(text);
  });

  test.each(["yesterday", "2026-09-31T00:00:00", "2026-13-01"])("refuses the time %s", async (time) => {
    expect(
      (await cli(["audit", "export", "--config", "x", "--since", time], { installation: {} })).err,
    ).toContain("hint:  expected 2026-09-30");
  });
});

describe("run", () => {
  const controller = (stop: () => void, done: Promise<void>): Partial<Installation> => ({
    startController: async () => ({ url: "http://127.0.0.1:8085", done, stop: async () => stop() }),
  });

  test("prints its address, and shuts down cleanly when it is asked to", async () => {
    const asked = new AbortController();
    const done = Promise.withResolvers<void>();
    const running = cli(["run", "--config", "x"], {
      installation: controller(() => done.resolve(), done.promise),
      signal: asked.signal,
    });
    asked.abort();

    expect(await running).toEqual({
      code: 0,
      out: "",
      err: "grantkeeper 1.2.3: instance test-1, mode enforce, API at http://127.0.0.1:8085\n",
    });
  });

  test("that fails is stopped, and is an error", async () => {
    let stops = 0;
    const done = Promise.reject(new CliError("the record can't be written", "free some space"));
    const { code, err } = await cli(["run", "--config", "x"], {
      installation: controller(() => void (stops += 1), done),
    });

    expect(code).toBe(1);
    expect(err).toContain("error: the record can't be written\nhint:  free some space\n");
    expect(stops).toBe(1);
  });

  test("without an operator's file explains how to name one", async () => {
    expect((await cli(["run"], { env: { GRANTKEEPER_CONFIG: "" } })).err).toBe(
      "error: there is no grantkeeper.yaml here\nhint:  name the operator's file with --config or GRANTKEEPER_CONFIG\n",
    );
  });
});

describe("simulator", () => {
  test("prints the variables to set, and closes when it is interrupted", async () => {
    const asked = new AbortController();
    const requests: SimulatorRequest[] = [];
    let closed = false;
    const startSimulator = async (request: SimulatorRequest) => {
      requests.push(request);
      asked.abort();
      const close = async (): Promise<void> => void (closed = true);
      return { endpoint: "http://127.0.0.1:7081", accessKey: { id: "AKIA1", secret: "s1" }, close };
    };

    const { code, out } = await cli(["simulator", "--dir", "manifests", "--port", "7081"], {
      signal: asked.signal,
      startSimulator,
    });

    expect(code).toBe(0);
    expect(out).toContain("export AWS_ACCESS_KEY_ID=AKIA1 AWS_SECRET_ACCESS_KEY=s1\n");
    expect(out).toContain("export AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1\n");
    expect(out).toContain(
      "  aws --region eu-west-1 --endpoint-url http://127.0.0.1:7081 sts get-caller-identity\n",
    );
    expect(
      requests.map(({ host, port, worldFile, desired }) => [host, port, worldFile, desired?.bindings.size]),
    ).toEqual([["127.0.0.1", 7081, null, 20]]);
    expect(closed).toBe(true);
  });

  test("refuses to seed a world that exists already, instead of ignoring --dir", async () => {
    const world = new URL("../../../package.json", import.meta.url).pathname;

    expect(await cli(["simulator", "--dir", "manifests", "--world", world])).toEqual({
      code: 1,
      out: "",
      err: `error: ${world}: the world exists already, and --dir fills only a new one\nhint:  leave --dir out, or name a new file\n`,
    });
  });

  test("rejects an invalid port", async () => {
    expect((await cli(["simulator", "--port", "70000"])).err).toContain(
      "hint:  expected a port from 0 to 65535",
    );
  });
});

describe("doctor", () => {
  const source = (latest: Source["latest"]): Source => ({
    name: "main",
    latest,
    at: (_revision, signal) => latest(signal),
    compare: async () => ({ relation: "same", commits: [] }),
    watch: async () => async () => undefined,
  });
  const snapshot = {
    source: "main",
    revision: checked(parseRevision(`main@sha1:${"a".repeat(40)}`)),
    files: Object.entries(PLATFORM_FILES).map(([path, text]) => ({
      path,
      oid: path,
      bytes: new TextEncoder().encode(text),
    })),
    refused: [],
    uncommitted: false,
  };
  const installation = (examine: Parameters<typeof aws>[0]): Partial<Installation> => ({
    config: { ...TEST_CONFIG, stateDir: root },
    source: async () => source(async () => snapshot),
    aws: aws(examine),
  });
  const aws = (examine: Awaited<ReturnType<Installation["aws"]>>["examine"]): Installation["aws"] => {
    const live = {
      sweep: () => Promise.reject(new Error("no sweep")),
      read: () => Promise.reject(new Error("no read")),
    };
    return async () => ({ live, examine, close: () => undefined });
  };

  test("checks the file, then Git, then the identities of every account", async () => {
    const examine = async () =>
      [
        { identity: "observer", region: null, what: "iam:ListRoles", outcome: "passed", detail: null },
      ] as const;

    const { code, out } = await cli(["doctor", "--config", "x"], { installation: installation(examine) });

    expect(code).toBe(0);
    expect(out).toContain("instance test-1, mode enforce\n");
    expect(out.split("\n").slice(4)).toEqual([
      "source main",
      "  ok  git  read     main@aaaaaaa, 2 documents",
      "  ok  git  compile  0 bindings",
      "",
      "account prod (222222222222)",
      "  ok  observer  iam:ListRoles",
      "",
      "5 checks passed, 0 failed, 0 not checked",
      "",
    ]);
  });

  test("shows an unreachable account as failed, with a fix", async () => {
    const denial = {
      action: "sts:AssumeRole",
      deniedBy: "identity policy",
      how: "implicit",
      fix: "add sts:AssumeRole",
    } as const;
    const facts = {
      call: "sts:AssumeRole",
      code: "AccessDenied",
      message: "no",
      requestId: null,
      lost: false,
      denial,
    } as const;
    const examine = () =>
      Promise.reject(new AwsError({ ...facts, disposition: { kind: "circuit", scope: "account" } }));

    const { code, out } = await cli(["doctor", "--config", "x"], { installation: installation(examine) });

    expect(code).toBe(3);
    expect(out).toContain(
      "✗ failed  base  sts:AssumeRole  sts:AssumeRole: AccessDenied: no; add sts:AssumeRole",
    );
  });

  test("names the variables to set if the process has no credentials", async () => {
    const facts = {
      call: "sts:AssumeRole",
      code: "CredentialsProviderError",
      message: "none found",
    } as const;
    const examine = () =>
      Promise.reject(
        new AwsError({
          ...facts,
          disposition: { kind: "circuit", scope: "account" },
          requestId: null,
          lost: false,
        }),
      );

    const { out } = await cli(["doctor", "--config", "x"], { installation: installation(examine) });

    expect(out).toContain(
      "CredentialsProviderError: none found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );
  });

  test("stops at a source that can't be read", async () => {
    const broken = source(() =>
      Promise.reject(
        new SourceError({ code: "unreachable", message: "cannot reach git", fix: "check the network" }),
      ),
    );
    const { code, out } = await cli(["doctor", "--config", "x"], {
      installation: { config: { ...TEST_CONFIG, stateDir: join(root, "none") }, source: async () => broken },
    });

    expect(code).toBe(3);
    expect(out).toContain("✗ failed  git  read  cannot reach git; check the network");
    expect(out).toContain("does not exist yet: grantkeeper run creates it");
  });
});

describe("failures", () => {
  const failing = (error: Error): Partial<Installation> => ({
    startController: async () => {
      throw error;
    },
  });

  test("of adapters keep their message", async () => {
    const error = Object.assign(new Error("the database is of a newer version"), { name: "StoreError" });

    expect((await cli(["run", "--config", "x"], { installation: failing(error) })).err).toBe(
      "error: the database is of a newer version\n",
    );
  });

  test("that are bugs are called internal errors, and show their stack only on request", async () => {
    const plain = await cli(["run", "--config", "x"], {
      installation: failing(new TypeError("x is undefined")),
    });
    const debug = await cli(["run", "--config", "x"], {
      installation: failing(new TypeError("x is undefined")),
      env: { GRANTKEEPER_DEBUG: "1" },
    });

    expect(plain.err).toMatch(
      /^error: unexpected: x is undefined\nhint: {2}this is a fault of grantkeeper: .*\n$/,
    );
    expect(debug.err).toContain("local-commands.test.ts");
    expect(plain.code).toBe(1);
  });

  test("caused by an interrupt are not reported", async () => {
    const asked = new AbortController();
    asked.abort();

    expect(
      await cli(["run", "--config", "x"], {
        installation: failing(asked.signal.reason as Error),
        signal: asked.signal,
      }),
    ).toEqual({
      code: 1,
      out: "",
      err: "error: interrupted\n",
    });
  });
});
