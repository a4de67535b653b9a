import { describe, expect, test } from "@jest/globals";
import type { Estate, EstateFunction } from "../../../src/adopt/estate/estate.ts";
import type { ImportedFunction, ImportPlan } from "../../../src/adopt/manifests/plan-import.ts";
import { estateFunction, estateRole } from "../../support/adopt/estate.ts";
import { ESTATE_ACCOUNT_TEXT, importPlan } from "../../support/adopt/import.ts";
import { policyText } from "../../support/adopt/policies.ts";
import { APP, BadInput, estateOf, NOT_PARSED, READ, roleOf, WAYS } from "./imported-bad-input.ts";

const DENIED = { kind: "unknown", call: "lambda:GetPolicy", why: "denied", reason: "AccessDenied" } as const;
const GONE = { ...DENIED, call: "lambda:ListAliases", why: "failed", reason: "ResourceNotFound" } as const;
const LONGEST = `a${"b".repeat(62)}c`;
const LONGEST_ROLE = `${"r".repeat(63)}s`;
/** In one statement, more than IAM allows for all inline policies of a role together once its new ones are there too. */
const LARGE = Array.from({ length: 95 }, (_, at) => `arn:aws:s3:::drop-${at}-${"x".repeat(40)}/*`);

const MANAGED = "managed: ";

function importedIn(plan: ImportPlan, name: string): ImportedFunction {
  const found = plan.functions.find((one) => one.found.name === name);
  if (found === undefined) throw new Error(`${name} is not in the import`);
  return found;
}

describe("an import lists each function that it cannot write, with the reason and the next step", () => {
  const lacking = (change: Partial<EstateFunction>) =>
    estateOf([estateFunction("api", change)], [roleOf("api")]);

  test.each<{
    readonly problem: string;
    readonly of: Estate;
    readonly reason: string;
    readonly next: string;
  }>([
    {
      problem: "a half-readable account",
      of: lacking({ policies: new Map([["", DENIED]]) }),
      reason: "lambda:GetPolicy",
      next: "allow the call to the observer, and import again",
    },
    {
      problem: "a statement that cannot be parsed",
      of: estateOf([estateFunction("api")], [roleOf("api", { inline: [APP, NOT_PARSED] })]),
      reason: "of inline policy odd cannot be declared",
      next: "change the statement in AWS, and import again",
    },
    {
      problem: "a function that was deleted while it was read",
      of: lacking({ aliases: GONE }),
      reason: "lambda:ListAliases",
      next: "import again",
    },
    {
      problem: "a role that was deleted, and not created again",
      of: estateOf([estateFunction("api")], []),
      reason: "role/api-role does not exist",
      next: "create the role, or delete the function",
    },
  ])("$problem", ({ of, reason, next }) => {
    const plan = importPlan(of);

    expect(importedIn(plan, "api").outcome).toMatchObject({
      reason: expect.stringContaining(reason),
      next: expect.stringContaining(next),
    });
    expect(plan.files).toEqual([]);
  });

  test("a role over a quota is written for a new role, and its own is refused with the sizes", () => {
    const inline = [{ name: "app", text: policyText([{ ...READ, Resource: LARGE }]) }];
    const { outcome, inPlace } = importedIn(
      importPlan(estateOf([estateFunction("api")], [roleOf("api", { inline })])),
      "api",
    );

    expect(outcome).toMatchObject({ kind: "written", difference: null });
    expect(inPlace).toMatchObject({
      reasons: [
        { kind: "quota", reason: expect.stringMatching(/ \d+ of 10240 characters/), fix: expect.any(String) },
      ],
    });
  });
});

describe("names at their limits, and equal ones, are no obstacle", () => {
  const long = estateOf(
    [
      estateFunction(LONGEST, {
        roleArn: estateRole(LONGEST_ROLE).arn,
      }),
    ],
    [estateRole(LONGEST_ROLE, { inline: [APP] })],
  );
  const alike = estateOf(
    [estateFunction("Api_x"), estateFunction("api-x")],
    [roleOf("Api_x"), roleOf("api-x")],
  );

  test.each(WAYS)("a function and a role of 64 characters are adopted %s", async (way) => {
    const bad = new BadInput(long, importPlan(long), way);
    await bad.proven();
    await bad.passAll();

    expect(bad.shown(LONGEST)).toMatchObject({ state: "enforced", next: [], coverage: MANAGED });
  });

  test.each(WAYS)(
    "two functions whose manifests would have one name are adopted %s, each with its own",
    async (way) => {
      const plan = importPlan(alike);
      const bad = new BadInput(alike, plan, way);
      await bad.proven();
      await bad.passAll();

      expect(new Set(plan.files.map(({ path }) => path)).size).toBe(2);
      for (const name of ["Api_x", "api-x"])
        expect(bad.shown(name)).toMatchObject({ state: "enforced", next: [], coverage: MANAGED });
    },
  );

  test("two manifests of one name in Git are both refused, each with the place of the other", () => {
    const texts = importPlan(alike).files.map(({ path, text }) => [
      path,
      text.replace(/name: api-x-[0-9a-f]{8}/, "name: api-x"),
    ]);
    const files = { "platform/accounts.yaml": ESTATE_ACCOUNT_TEXT, ...Object.fromEntries(texts) };
    const { desired, diagnostics, invalid } = importPlan([], { files }).compilation;

    expect(desired.bindings.size).toBe(0);
    expect(invalid.size).toBe(1);
    expect(diagnostics).toMatchObject(
      [...texts].reverse().map(([other]) => ({
        code: "duplicate",
        message: expect.stringContaining(`orders/api-x is declared again in ${other ?? ""}:`),
        fix: "keep one of them",
      })),
    );
  });
});
