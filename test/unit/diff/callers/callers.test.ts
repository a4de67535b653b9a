import { describe, expect, test } from "@jest/globals";
import type { LiveFunction, LiveResourcePolicy, Reading } from "../../../../src/model/live.ts";
import { ACCOUNT_ID, binding, caller } from "../../../support/pass/bindings.ts";
import { context, driftsOfBinding } from "../../../support/pass/plans.ts";
import { presentPolicy } from "../../../support/pass/live-state.ts";
import { UPLOADS, accountOf, compare } from "../function/comparison.ts";

function policiesOf(
  readings: Readonly<Record<string, Reading<LiveResourcePolicy>>>,
): LiveFunction["policies"] {
  return new Map(Object.entries(readings));
}

function withPolicy(...statements: readonly unknown[]): Partial<LiveFunction> {
  return { policies: new Map([["", presentPolicy(...statements)]]) };
}

const PUBLIC = {
  Sid: "test1",
  Effect: "Allow",
  Principal: "*",
  Action: "lambda:InvokeFunction",
  Resource: binding().functionArn,
};
const FOREIGN = { ...PUBLIC, Sid: "other", Principal: { AWS: "arn:aws:iam::999988887777:root" } };
const NIGHTLY = {
  ...PUBLIC,
  Sid: "events-rule-nightly",
  Principal: { Service: "events.amazonaws.com" },
  Condition: { ArnLike: { "AWS:SourceArn": `arn:aws:events:eu-west-1:${ACCOUNT_ID}:rule/nightly` } },
};

describe("declared callers", () => {
  test("include a missing caller on its own qualifier", () => {
    const desired = binding({}, { callers: [UPLOADS, caller("uploads", "live")] });
    const drifts = driftsOfBinding(
      desired,
      context(
        accountOf(desired, {
          policies: policiesOf({ "": presentPolicy(UPLOADS.statement), live: { kind: "absent" } }),
        }),
      ),
    );

    expect(drifts).toMatchObject([
      {
        subject: `${desired.functionArn}:live`,
        change: { kind: "statement-missing", qualifier: "live" },
        live: null,
        delta: { noLongerAllowed: [{ action: { kind: "one", name: "lambda:InvokeFunction" } }] },
      },
    ]);
  });

  test.each([
    { statement: { ...UPLOADS.statement, Sid: "made-by-sam" }, because: "another Sid" },
    {
      statement: {
        ...UPLOADS.statement,
        Sid: "x",
        Condition: {
          ArnEquals: { "aws:SourceArn": "arn:aws:s3:::uploads" },
          StringEquals: { "aws:sourceaccount": [ACCOUNT_ID] },
        },
      },
      because: "another spelling of the same meaning",
    },
  ])("are satisfied by a live statement with $because", ({ statement }) => {
    const desired = binding({}, { callers: [UPLOADS] });

    expect(compare(desired, withPolicy(statement))).toMatchObject({ drifts: [], notes: [] });
  });

  test("are not satisfied by other content under their Sid, which is ours to replace", () => {
    const desired = binding({}, { callers: [UPLOADS] });
    const changed = { ...UPLOADS.statement, Principal: "*" };

    expect(compare(desired, withPolicy(changed))).toMatchObject({
      drifts: [
        { change: { kind: "statement-extra", sid: UPLOADS.sid, ours: true }, cause: "out-of-band" },
        { change: { kind: "statement-missing", sid: UPLOADS.sid } },
      ],
    });
  });

  test("are changed in Git if one of ours is no longer declared", () => {
    expect(compare(binding(), withPolicy(UPLOADS.statement))).toMatchObject({
      drifts: [{ change: { kind: "statement-extra", ours: true, danger: "none" }, cause: "revision" }],
    });
  });
});

describe("undeclared callers", () => {
  test.each([
    { statement: NIGHTLY, setting: "report", drifts: [], because: "statements of others are kept" },
    { statement: PUBLIC, setting: "report", drifts: ["public"], because: "a public caller is a danger" },
    {
      statement: FOREIGN,
      setting: "report",
      drifts: ["foreign-account"],
      because: "another account is a danger",
    },
    {
      statement: { ...FOREIGN, Action: "lambda:UpdateFunctionCode" },
      setting: "report",
      drifts: ["takeover"],
      because: "another account that may change the code is worse",
    },
    {
      statement: NIGHTLY,
      setting: "remove",
      drifts: ["none"],
      because: "the function's whole policy is exclusive",
    },
    {
      statement: { ...PUBLIC, Effect: "Deny" },
      setting: "remove",
      drifts: ["none"],
      because: "a Deny is not ours either",
    },
  ] as const)("under $setting: $because", ({ statement, setting, drifts }) => {
    const comparison = compare(binding({}, { undeclaredCallers: setting }), withPolicy(statement));

    const dangers = comparison.kind === "compared" ? comparison.drifts.map(({ change }) => change) : [];
    expect(dangers).toMatchObject(drifts.map((danger) => ({ kind: "statement-extra", danger })));
  });

  test("are counted if they are kept", () => {
    const others = new Map([
      ["", presentPolicy(NIGHTLY, { ...NIGHTLY, Sid: "b" })],
      ["live", presentPolicy(NIGHTLY)],
    ]);

    expect(compare(binding(), { policies: others })).toMatchObject({
      drifts: [],
      notes: ["2 statements not in Git, left alone", "1 statement on live not in Git, left alone"],
    });
  });

  test("include a statement without a Sid and one that is not understood", () => {
    const { Sid: _, ...nameless } = PUBLIC;
    const odd = { ...NIGHTLY, Sid: "odd", NotPrincipal: "*" };

    expect(compare(binding({}, { undeclaredCallers: "remove" }), withPolicy(nameless, odd))).toMatchObject({
      drifts: [
        { change: { kind: "statement-extra", sid: "odd" } },
        { change: { kind: "statement-extra", sid: null, danger: "public" } },
      ],
    });
  });
});
