import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { GrantProposal } from "../../../src/model/answers/questions/grant-proposal.ts";
import { envelope } from "../../../src/http/present/metadata.ts";
import { grantsOfController, proposalComments } from "../../../src/workbench/new/live-grants.ts";
import { namedFunction } from "../../../src/workbench/new/named.ts";
import { AskedController } from "../../support/screens/asked-controller.ts";
import { cli } from "../../support/screens/cli.ts";
import { LOCAL_TOKEN } from "../../support/screens/http-server.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-new-"));
});

afterEach(() => rm(root, { recursive: true }));

const create = (...argv: readonly string[]) => cli(["new", ...argv, "--dir", root]);
const textOf = (path: string): Promise<string> => readFile(join(root, path), "utf8");

test("new account names the command for the boundary that it refers to", async () => {
  const { out } = await create("account", "prod", "--id", "111122223333", "--region", "eu-west-1");

  expect(out).toContain("If its boundary is not declared yet: grantkeeper new boundary platform-default\n");
});

describe("new", () => {
  test("takes an empty repository to one that validates and is formatted", async () => {
    await create("account", "prod", "--id", "111122223333", "--region", "eu-west-1");
    await create("boundary", "platform-default");
    await create("team", "orders");
    const made = await create("function", "orders/orders-api", "--grant", "dynamodb:orders:read,write");

    expect(made).toEqual({
      code: 0,
      out: `wrote ${root}/teams/orders/orders-api.yaml\nTo check it: grantkeeper validate\n`,
      err: "",
    });
    expect(await textOf("teams/orders/orders-api.yaml")).toBe(
      `# yaml-language-server: $schema=../../.grantkeeper.schema.json
apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: { name: orders-api }
spec:
  targets:
    - accounts: [prod]
      regions: [eu-west-1]
  grants:
    - dynamodb: { table: orders, allow: [read, write] }
`,
    );
    expect(await cli(["validate", root])).toEqual({
      code: 0,
      out: "4 documents: 0 errors, 0 warnings\n",
      err: "",
    });
    expect(await cli(["fmt", root, "--check"])).toMatchObject({ code: 0, out: "4 files: 0 formatted\n" });
    expect(JSON.parse(await textOf(".grantkeeper.schema.json"))).toMatchObject({
      title: "Grantkeeper manifest",
    });
  });

  test("overwrites nothing", async () => {
    await mkdir(join(root, "platform/teams"), { recursive: true });
    await writeFile(join(root, "platform/teams/orders.yaml"), "mine");

    expect(await create("team", "orders")).toEqual({
      code: 1,
      out: "",
      err: `error: ${root}/platform/teams/orders.yaml exists\nhint:  edit it, or choose another name\n`,
    });
    expect(await textOf("platform/teams/orders.yaml")).toBe("mine");
  });

  test.each([
    [["function", "orders-api"], /"orders-api" names no namespace\nhint: {2}write NAMESPACE\/NAME/],
    [["function", "orders/api"], /--account is required\nhint: {2}add --account, or answer/],
    [["account", "prod"], /--id is required/],
    [["account", "prod", "--id", "12", "--region", "eu-west-1"], /12.*is not/],
    [["funtion", "a/b"], /unknown kind "funtion"\nhint: {2}did you mean "function"\?/],
    [["x", "a/b"], /unknown kind "x"\nhint: {2}valid values: function, account, team, boundary/],
    [
      ["function", "o/a", "--account", "p", "--region", "eu-west-1", "--grant", "x"],
      /--grant: "x" is not a grant\nhint: .*SERVICE:RESOURCE/,
    ],
    [
      ["function", "o/a", "--account", "p", "--region", "eu-west-1", "--grant", "dynamodb:carts"],
      /--grant dynamodb:carts: VERBS are missing\nhint: .*SERVICE:RESOURCE/,
    ],
    [
      ["function", "o/a", "--account", "p", "--region", "eu-west-1", "--grant", "sqss:q:send"],
      /did you mean "sqs"\?/,
    ],
    [
      ["function", "o/a", "--account", "p", "--region", "eu-west-1", "--grant", "zzzzzz:q:send"],
      /--grant zzzzzz:q:send: unknown grant "zzzzzz"\nhint: {2}valid values/,
    ],
    [
      [
        "function",
        "o/a",
        "--account",
        "p",
        "--region",
        "eu-west-1",
        "--grant",
        "sns:t:publish",
        "--grant",
        "sqs:q:recieve",
      ],
      /--grant sqs:q:recieve: unknown value "recieve"[^]*did you mean "consume"/,
    ],
  ])("refuses %j with what to write, and writes nothing", async (argv, message) => {
    expect(await create(...argv)).toMatchObject({ code: 1, out: "", err: expect.stringMatching(message) });
    await expect(textOf(".grantkeeper.schema.json")).rejects.toMatchObject({ code: "ENOENT" });
  });

  const places = ["--account", "p", "--region", "eu-west-1"];
  test.each([
    { kind: "function", name: "../evil", flags: places, problem: '".." is not a namespace of a team' },
    { kind: "function", name: "./x", flags: places, problem: '"." is not a namespace of a team' },
    { kind: "function", name: "/x", flags: places, problem: '"" is not a namespace of a team' },
    { kind: "function", name: "ORDERS/x", flags: places, problem: '"ORDERS" is not a namespace of a team' },
    {
      kind: "function",
      name: "platform/x",
      flags: places,
      problem: '"platform" is not a namespace of a team',
    },
    { kind: "function", name: "orders/..", flags: places, problem: '".." is not a manifest name' },
    { kind: "function", name: "orders/X", flags: [], problem: '"X" is not a manifest name' },
    { kind: "account", name: "../prod", flags: [], problem: '"../prod" is not a manifest name' },
    { kind: "team", name: "../../orders", flags: [], problem: '"../../orders" is not a namespace of a team' },
    { kind: "team", name: "platform", flags: [], problem: '"platform" is not a namespace of a team' },
    { kind: "team", name: "orders.api", flags: [], problem: '"orders.api" is not a namespace of a team' },
    { kind: "boundary", name: "../base", flags: [], problem: '"../base" is not a manifest name' },
  ])(
    "$kind $name is refused before a question, and nothing is written",
    async ({ kind, name, flags, problem }) => {
      const made = await create(kind, name, ...flags);

      expect(made).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringContaining(`error: ${problem}\nhint:  `),
      });
      expect(await readdir(root)).toEqual([]);
      expect(await readdir(dirname(root))).not.toContain("evil.yaml");
    },
  );

  test.each([
    {
      because: "a namespace with a source of its own has no folder here",
      paths: { platformPath: "platform", tenantPath: "teams", namespaceSources: new Set(["orders"]) },
      problem: /^namespace orders is read from source "orders"/,
    },
    {
      because: "a folder within that of the teams may be the platform's",
      paths: { platformPath: "teams/orders", tenantPath: "teams" },
      problem: /^teams\/orders\/api\.yaml is in the folder of the platform$/,
    },
  ])("a function without a place that its source reads is refused: $because", ({ paths, problem }) => {
    expect(() => namedFunction("orders/api", paths)).toThrow(problem);
  });

  test("the repository itself may be the folder of the teams", () => {
    const { path } = namedFunction("orders/api", { platformPath: "platform", tenantPath: "." });

    expect(path).toBe("orders/api.yaml");
  });

  test("asks in a terminal, and proposes what the repository declares", async () => {
    await create("account", "prod", "--id", "111122223333", "--region", "eu-west-1");
    let asked = "";
    const { code } = await cli(["new", "function", "orders/api", "--dir", root], {
      stdin: "orders-api\n\n\nsqs:orders-incoming:send, s3:uploads:read+list",
      terminal: { isTerminal: true, err: async (text) => void (asked += text) },
    });

    expect(code).toBe(0);
    expect(asked).toBe(
      "Name of the Lambda function [api]: Accounts, separated by commas [prod]: " +
        "Regions, separated by commas [eu-west-1]: Grants, such as dynamodb:orders:read+write, separated by commas []: ",
    );
    expect(await textOf("teams/orders/api.yaml")).toMatch(
      /\n {2}function: orders-api\n {2}targets:\n[^]*\n {2}grants:\n {4}- sqs: .*\n {4}- s3: { bucket: uploads, allow: \[read, list\] }\n$/,
    );
  });

  test("an input that ends before the answers is an error", async () => {
    const { code } = await cli(["new", "function", "orders/api", "--dir", root], {
      terminal: { isTerminal: true },
    });

    expect(code).toBe(1);
  });
});

const GRANT = ["--grant", "dynamodb:orders:read"];

test("proposes the accounts and regions in which the controller saw the function", async () => {
  const asked = await AskedController.start();
  try {
    const { url } = asked.server;
    const named = (name: string) =>
      cli(["new", "function", `orders/${name}`, "--dir", root, "--server", url, ...GRANT], {
        env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN },
      });

    expect(await named("a")).toMatchObject({
      code: 0,
      err: expect.stringContaining("orders/a@prod/eu-west-1 already declares this function\n"),
    });
    expect(await textOf("teams/orders/a.yaml")).toMatch(/- accounts: \[prod\]\n {6}regions: \[eu-west-1\]\n/);
    expect(
      await cli(
        ["new", "function", "orders/a", "--function", "b", "--dir", root, "--server", url, ...GRANT],
        {
          env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN },
        },
      ),
    ).toMatchObject({ code: 1, err: expect.stringContaining("name it with --function a, or where") });
    expect(await named("other")).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /the controller shows this token no function other\nhint: {2}name it with --function/,
      ),
    });
  } finally {
    await asked.stop();
  }
});

describe("grants of a function in several places", () => {
  const SEEN = ["eu-west-1", "us-east-1"].map((region) => ({ account: "prod", region }));
  const asked = { namespace: "orders", functionName: "api", accounts: ["prod"] };
  const proposalIn = (region: string, table: string): GrantProposal => ({
    target: `function api@prod/${region}`,
    role: "arn:aws:iam::111122223333:role/api",
    readAt: "2026-10-01T12:00:00.000Z",
    failing: null,
    grants: [{ dynamodb: { table, allow: ["read"] } }],
    fields: {},
    notes: ["one\ntwo"],
  });
  const proposer = (tableOf: (region: string) => string) =>
    grantsOfController(
      {
        create: async (_, { region }) => ({
          ...envelope("GrantProposal", { name: "answer" }),
          status: proposalIn(region, tableOf(region)),
        }),
      },
      SEEN,
    );

  test("are taken if they are the same in each place where the controller saw it, with the comments of each on one line", async () => {
    const regions = ["eu-west-1", "us-east-1", "eu-north-1"];

    const proposals = await proposer(() => "orders")({ ...asked, regions });

    expect(proposals.map(({ target }) => target)).toEqual([
      "function api@prod/eu-west-1",
      "function api@prod/us-east-1",
    ]);
    expect(proposalComments(proposals)).toContain("function api@prod/us-east-1: one\\u000atwo");
  });

  test("are refused if they differ, or if the controller saw it in none of them", async () => {
    const propose = proposer((region) => region);

    await expect(propose({ ...asked, regions: ["eu-west-1", "us-east-1"] })).rejects.toThrow(
      "the roles of function api@prod/eu-west-1 and function api@prod/us-east-1 do not allow the same",
    );
    await expect(propose({ ...asked, regions: ["eu-north-1", "eu-south-1"] })).rejects.toThrow(
      "the controller knows no function api in these accounts and regions",
    );
  });
});
