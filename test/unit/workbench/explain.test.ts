import { describe, expect, test } from "@jest/globals";
import { cli } from "../../support/screens/cli.ts";

describe("explain", () => {
  test("lists the kinds", async () => {
    const { code, out } = await cli(["explain"]);

    expect(code).toBe(0);
    expect(out).toMatch(
      /^FunctionPermission, fp, function, binding\n {2}all permissions of one Lambda function/,
    );
    expect(out).toMatch(/\n\nTo see the fields of a kind: grantkeeper explain KIND\.spec\n$/);
  });

  test("shows a grant with the actions of its verbs, its fields and an entry, in 80 columns", async () => {
    const { out } = await cli(["explain", "binding.spec.grants.sqs"], { terminal: { columns: 80 } });

    expect(out).toBe(
      [
        "KIND   FunctionPermission, grantkeeper.dev/v1alpha1",
        "FIELD  spec.grants[].sqs <object>",
        "",
        "VERBS, with the exact actions that each allows",
      ].join("\n") + out.slice(out.indexOf("\n  send\n")),
    );
    expect(out).toContain("\n      sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage\n");
    expect(out).toContain("\nFIELDS\n  queue <string>, required\n      the queue\n");
    expect(out).toMatch(/\nEXAMPLE\n {2}spec:\n {4}grants:\n {6}- sqs:\n/);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test.each([
    [
      "fp.spec.mode",
      /^KIND .*\nFIELD {2}spec\.mode <string>\n\n {2}default `enforce`; [^]*\n {2}Values: observe, enforce, release\n\nEXAMPLE\n {2}spec:\n {4}mode: enforce\n$/,
    ],
    ["fp.spec.function", /\n {2}Form: a Lambda function's name; [^]*such as orders-api\n\nEXAMPLE\n/],
    ["fp.spec.grants.sqs.allow", /\nVERBS, [^]*\n {6}- sqs:\n {10}queue: .*\n {10}allow: /],
    ["waiver", /^KIND {3}Waiver, .*\n\n {2}an exception[^]*\nFIELDS\n {2}apiVersion <string>, required\n/],
  ])("shows %s", async (text, screen) => {
    expect(await cli(["explain", text])).toEqual({ code: 0, out: expect.stringMatching(screen), err: "" });
  });

  test("has a stable value for programs", async () => {
    const { out } = await cli(["explain", "fp.spec.tracing", "-o", "json"]);

    expect(JSON.parse(out)).toEqual({
      kind: "FunctionPermission",
      path: "spec.tracing",
      type: "boolean",
      required: false,
      meaning: "default `false`; `true` allows the function to send traces to X-Ray",
      form: null,
      values: [],
      verbs: [],
      fields: [],
      example: "spec:\n  tracing: true\n",
    });
    expect(JSON.parse((await cli(["explain", "-o", "json"])).out)).toMatchObject({
      kinds: expect.any(Array),
    });
  });

  test.each([
    ["binding.spec.gants", 'binding.spec has no field "gants"', 'did you mean "binding.spec.grants"?'],
    ["binding.spec.callers", 'binding.spec has no field "callers"', 'did you mean "binding.spec.invokedBy"?'],
    ["account.mode", 'account has no field "mode"', 'did you mean "account.spec.mode"?'],
    ["fp.sqs.queue", 'fp has no field "sqs"', 'did you mean "fp.spec.grants.sqs.queue"?'],
    ["dynamodb", 'no kind is called "dynamodb"', 'did you mean "FunctionPermission.spec.grants.dynamodb"?'],
    [
      "fp.metadata.nothing",
      'fp.metadata has no field "nothing"',
      "valid values: name, labels, annotations, namespace",
    ],
    [
      "fp.spec.mode.x",
      'fp.spec.mode has no field "x"',
      "fp.spec.mode has no fields: grantkeeper explain fp.spec.mode",
    ],
  ])("an unknown %s has the nearest name or the valid ones", async (text, message, hint) => {
    expect(await cli(["explain", text])).toEqual({
      code: 1,
      out: "",
      err: `error: ${message}\nhint:  ${hint}\n`,
    });
  });
});
