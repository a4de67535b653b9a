import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { CliError } from "../../../src/cli/toolbox/cli-error.ts";
import { SourceError } from "../../../src/controller/ports/source.ts";
import { AwsError } from "../../../src/model/aws/errors/aws-error.ts";
import { cli } from "../../support/screens/cli.ts";

const DENIED = {
  call: "sts:AssumeRole role/observer",
  code: "AccessDenied",
  message: "not authorized",
  disposition: { kind: "circuit", scope: "account" },
  requestId: null,
  lost: false,
} as const;

const failing = (failure: Error) => ({ installation: { audit: () => Promise.reject(failure) } });
const EXPORT = ["audit", "export", "--config", "x.yaml"];

describe("the exit code of a failure", () => {
  test.each([
    { argv: ["stauts"], setting: {}, code: 1, because: "a command that does not exist is a usage error" },
    { argv: ["suspend"], setting: {}, code: 1, because: "a missing option is a usage error" },
    {
      argv: ["validate", "/nowhere/x"],
      setting: {},
      code: 1,
      because: "a path that does not exist is a usage error",
    },
    { argv: EXPORT, setting: failing(new TypeError("x")), code: 1, because: "a bug is an internal error" },
    {
      argv: ["status", "--server", "http://127.0.0.1:1"],
      setting: {},
      code: 4,
      because: "no controller answers",
    },
    { argv: EXPORT, setting: failing(new AwsError(DENIED)), code: 4, because: "AWS denies access" },
    {
      argv: EXPORT,
      setting: failing(new SourceError({ code: "auth-failed", message: "x", fix: "y" })),
      code: 4,
      because: "Git refuses the credentials",
    },
    {
      argv: EXPORT,
      setting: failing(new SourceError({ code: "not-found", message: "x", fix: "y" })),
      code: 1,
      because: "the requested revision does not exist",
    },
  ])("is $code where $because", async ({ argv, setting, code }) => {
    expect((await cli(argv, setting)).code).toBe(code);
  });
});

describe("with -o yaml a failure", () => {
  test.each([
    ["-o", "yaml"],
    ["-oyaml"],
    ["--output", "yaml"],
    ["--output=yaml"],
    ["--output=json", "-o", "yaml"],
  ])(
    "is the object of -o json in YAML on standard error, and standard output is empty (%s %s)",
    async (...format) => {
      const argv = ["status", "--server", "http://127.0.0.1:1"];
      const json = await cli([...argv, "-o", "json"]);

      const { code, out, err } = await cli([...argv, ...format]);

      expect({ code, out }).toEqual({ code: 4, out: "" });
      expect(err).toMatch(/^kind: Error\n/);
      expect(parse(err)).toEqual(JSON.parse(json.err));
    },
  );

  test("is text where another format is given last, or only after --", async () => {
    const after = await cli(["status", "--server", "http://127.0.0.1:1", "-o", "yaml", "-o", "table"]);
    const beyond = await cli(["validate", "/nowhere", "--", "-o", "yaml"]);

    expect([after.err, beyond.err]).toEqual([
      expect.stringMatching(/^error: /),
      expect.stringMatching(/^error: /),
    ]);
  });
});

describe("with -o json a failure", () => {
  test.each([["-o", "json"], ["-ojson"], ["--output", "json"], ["--output=json"]])(
    "is one object on standard error, and standard output is empty (%s %s)",
    async (...format) => {
      const { code, out, err } = await cli(["status", "--server", "http://127.0.0.1:1", ...format]);

      expect({ code, out }).toEqual({ code: 4, out: "" });
      expect(JSON.parse(err)).toEqual({
        kind: "Error",
        exitCode: 4,
        errors: [
          {
            level: "error",
            place: "http://127.0.0.1:1",
            code: "Unreachable",
            message: expect.stringMatching(/^cannot reach the controller: /),
            hint: 'start it with "grantkeeper run", or set --server',
          },
        ],
      });
    },
  );

  test("contains no credential", async () => {
    const url = "https://bot:secret-of-git@git.example.com/x.git";
    const failure = new CliError(`cannot read ${url}`, `check ${url}`, { exitCode: 4, place: url });

    const { err } = await cli(["audit", "verify", "--config", "x.yaml", "-o", "json"], failing(failure));

    expect(err).not.toContain("secret-of-git");
    expect(JSON.parse(err)).toMatchObject({
      errors: [{ place: expect.stringContaining("git.example.com"), hint: expect.stringContaining("check") }],
    });
  });

  test("of the command line itself is a JSON object", async () => {
    const { code, out, err } = await cli(["status", "--fast", "-o", "json"]);

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(JSON.parse(err)).toMatchObject({
      exitCode: 1,
      errors: [{ code: "Usage", message: "unknown option '--fast'" }],
    });
  });

  test("without an error code of its own is a JSON object", async () => {
    const { err } = await cli(["doctor", "--config", "x.yaml", "-o", "json"]);

    expect(JSON.parse(err)).toMatchObject({ exitCode: 1, errors: [{ code: "Internal" }] });
  });

  test.each(["table", "wide"])("is text with -o %s", async (format) => {
    expect((await cli(["get", "drift", "--fast", "-o", format])).err).toMatch(/^error: unknown option/);
  });
});

test("every problem of the operator's file is an error at its place, and they are counted", async () => {
  const problems = [
    { where: "grantkeeper.yaml:3:1", message: "unknown field x" },
    { where: "grantkeeper.yaml:5:1", message: "sweep must be at least 1m", fix: "write sweep: 5m" },
  ];

  const { code, err } = await cli(EXPORT, { configProblems: problems });

  expect({ code, err }).toEqual({
    code: 1,
    err: [
      "error: grantkeeper.yaml:3:1: unknown field x",
      "error: grantkeeper.yaml:5:1: sweep must be at least 1m",
      "hint:  write sweep: 5m",
      "2 errors",
      "",
    ].join("\n"),
  });
});

test("in a pipe errors wrap at 80 columns", async () => {
  const { err } = await cli(["status"], { terminal: { columns: null } });

  expect(err).toBe(
    [
      "error: no controller is named, and there is no grantkeeper.yaml here",
      "hint:  use --config FILE on the controller's machine, else --server URL and",
      "       GRANTKEEPER_TOKEN",
      "",
    ].join("\n"),
  );
});

describe("a command line that is refused", () => {
  test.each([
    {
      argv: ["approve", "7f3a91c2"],
      error: "required option '--reason <text>' not specified",
      hint: "add --reason <text>: reason, written to the audit record",
    },
    {
      argv: ["get"],
      error: "missing required argument 'resource'",
      hint: "grantkeeper get [options] <resource> [target]",
    },
    {
      argv: ["history", "--limit", "0"],
      error: "option '--limit <count>' argument '0' is invalid",
      hint: "expected a whole number from 1 to 1000",
    },
    {
      argv: ["audit", "show", "1", "2"],
      error: "too many arguments for 'show'",
      hint: "expected 1 argument but got 2: 1, 2",
    },
    {
      argv: ["rules", "dev"],
      error: "too many arguments for 'rules'",
      hint: "expected 0 arguments but got 1: dev; or grantkeeper rules show [id]",
    },
    {
      argv: ["audit", "verify", "--anchors"],
      error: "option '--anchors <file>' argument missing",
      hint: "run `grantkeeper audit verify --help` for its options and arguments",
    },
    { argv: ["audit", "vrify"], error: "unknown command 'vrify'", hint: 'did you mean "verify"?' },
  ])("$argv: names what is wrong, then what is valid for this command", async ({ argv, error, hint }) => {
    expect(await cli(argv)).toEqual({ code: 1, out: "", err: `error: ${error}\nhint:  ${hint}\n` });
  });

  test.each([["-o", "yaml"], ["-oyaml"], ["--output=yaml"]])(
    "is one YAML object with %j",
    async (...format) => {
      const { code, out, err } = await cli(["approve", "7f3a91c2", ...format]);

      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(parse(err)).toMatchObject({
        kind: "Error",
        exitCode: 1,
        errors: [{ code: "Usage", level: "error" }],
      });
    },
  );
});
