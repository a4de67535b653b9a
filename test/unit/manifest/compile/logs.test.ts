import { describe, expect, test } from "@jest/globals";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { bindingOf, FILE } from "./compilation.ts";

const GROUPS = "arn:aws:logs:eu-west-1:222222222222:log-group:/aws/lambda/orders-prod*";
const problemsOf = (spec: string): readonly string[] =>
  diagnosticTexts(compileTexts({ [FILE]: functionText("a", spec) }));
const named = (logs: string): string => `  function: orders-prod-api\n  logs: ${logs}\n`;

describe("logs.groupPrefix", () => {
  test.each([
    {
      version: "3.28 and later, and osls",
      logs: "{groupPrefix: /aws/lambda/orders-prod, tag: true}",
      actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:TagResource"],
    },
    {
      version: "2 and early 3",
      logs: "{groupPrefix: /aws/lambda/orders-prod}",
      actions: ["logs:CreateLogGroup", "logs:CreateLogStream"],
    },
    {
      version: "1.60",
      logs: "{groupPrefix: /aws/lambda/orders-prod, create: false}",
      actions: "logs:CreateLogStream",
    },
  ])("compiles to the two statements of the Serverless Framework $version", ({ logs, actions }) => {
    const { role, logGroup } = bindingOf(named(logs));

    const statements = role.inline.statements.map(({ statement: { Sid: _sid, ...rest } }) => rest);
    expect(statements).toEqual([
      { Effect: "Allow", Action: actions, Resource: `${GROUPS}:*` },
      { Effect: "Allow", Action: "logs:PutLogEvents", Resource: `${GROUPS}:*:*` },
    ]);
    expect(logGroup).toBeNull();
  });

  test("is no implicit permission: it has verbs and the place of spec.logs", () => {
    const { statements } = bindingOf(named("{groupPrefix: /aws/lambda/orders-prod, tag: true}")).role.inline;

    expect(statements.map(({ source, origin }) => [source, origin.path])).toEqual([
      [{ kind: "grant", grant: "logs", verb: "createAndTag" }, "spec.logs"],
      [{ kind: "grant", grant: "logs", verb: "write" }, "spec.logs"],
    ]);
  });

  test.each([
    { because: "every function of the account", prefix: "/aws/lambda/" },
    { because: "the same without the slash", prefix: "/aws/lambda" },
    { because: "names with two letters", prefix: "/aws/lambda/or" },
    { because: "a name without a stage", prefix: "/aws/lambda/orders" },
    { because: "a service of one letter", prefix: "/aws/lambda/o-prod" },
    { because: "a dash that ends the prefix", prefix: "/aws/lambda/orders-" },
    { because: "a star", prefix: "/aws/lambda/orders-prod*" },
    { because: "groups of no function", prefix: "/aws/codebuild/orders-prod" },
    { because: "a folder below", prefix: "/aws/lambda/orders-prod/x" },
  ])("is refused for $because: $prefix", ({ prefix }) => {
    const [problem, ...others] = problemsOf(named(`{groupPrefix: "${prefix}"}`));

    expect(problem).toContain(`7:23 "${prefix}" is not a prefix of the log groups of one service and stage`);
    expect(others).toEqual([]);
  });

  test.each([
    { because: "the service of others", prefix: "/aws/lambda/payments-prod" },
    { because: "a part of a word", prefix: "/aws/lambda/orders-pr" },
    { because: "more than the name of the function", prefix: "/aws/lambda/orders-prod-api-x" },
    { because: "a variable that becomes the service of others", prefix: "/aws/lambda/payments-${region}" },
  ])("is refused for a function whose own log group it does not begin: $because", ({ prefix }) => {
    const [problem, ...others] = problemsOf(named(`{groupPrefix: "${prefix}"}`));

    expect(problem).toContain(
      "does not begin the function's own log group /aws/lambda/orders-prod-api, up to a dash",
    );
    expect(others).toEqual([]);
  });

  test("without its star and colons is the fix for a name as IAM has it", () => {
    const [problem] = problemsOf(named('{groupPrefix: "/aws/lambda/orders-prod*:*"}'));

    expect(problem).toMatch(/write \/aws\/lambda\/orders-prod$/);
  });

  test("is the entire name of a function whose name is the service and the stage", () => {
    const { role } = bindingOf("  function: orders-prod\n  logs: {groupPrefix: /aws/lambda/orders-prod}\n");

    expect(role.inline.statements).toHaveLength(2);
  });

  test.each([
    {
      logs: "{groupPrefix: /aws/lambda/orders-prod, group: /aws/lambda/orders-prod-api}",
      message: "logs takes either group or groupPrefix",
    },
    { logs: "{tag: true}", message: "tag needs groupPrefix" },
    {
      logs: "{groupPrefix: /aws/lambda/orders-prod, create: false, tag: true}",
      message: "tag is for groups that the function creates",
    },
    { logs: "{groupPrefix: '${ssm./orders/prefix}'}", message: "can't be used in this field" },
  ])("is refused in $logs", ({ logs, message }) => {
    expect(problemsOf(named(logs)).join("\n")).toContain(message);
  });
});
