import { describe, expect, test } from "@jest/globals";
import { readRevisionId } from "../../../../src/controller/pass/revision-id.ts";
import { callerText } from "../../../../src/diff/callers/statements.ts";
import type { DesiredCaller } from "../../../../src/model/desired.ts";
import type { LiveAccount } from "../../../../src/model/live.ts";
import { awsAttachment, binding, caller, NOW_MS, REGION } from "../../../support/pass/bindings.ts";
import {
  convergedAccount,
  emptyAccount,
  liveFunctionOf,
  presentPolicy,
} from "../../../support/pass/live-state.ts";
import { withFunction } from "../../../support/pass/apply.ts";
import { awsError, FakeAws } from "../../../support/fakes/fake-aws.ts";
import { FakeClock } from "../../../support/fakes/fake-clock.ts";
import { actionOf, passOf } from "../../../support/pass/passes.ts";

const SIGNAL = new AbortController().signal;

const STATE = binding(
  { attachments: [awsAttachment("ReadOnlyAccess")] },
  { callers: [caller("uploads", "live")] },
);

function aws(live: LiveAccount = emptyAccount()): FakeAws {
  return new FakeAws(live, new FakeClock(NOW_MS));
}

describe("the revision that a Lambda call names", () => {
  const call = (name: string | null = "live") =>
    actionOf({
      call: "lambda:AddPermission",
      target: `${STATE.functionArn}${name === null ? "" : `:${name}`}`,
      input: { FunctionName: "orders-api" },
    });
  const [declared] = STATE.callers;
  const removal = () =>
    actionOf({
      call: "lambda:RemovePermission",
      target: `${STATE.functionArn}:live`,
      input: { FunctionName: "orders-api", StatementId: declared?.sid ?? "", Qualifier: "live" },
      before: callerText(declared as DesiredCaller),
    });
  const moveFrom = (before: string) =>
    actionOf({ call: "lambda:UpdateFunctionConfiguration", target: STATE.functionArn, before });
  const live = convergedAccount(STATE);

  test.each([
    { action: actionOf(), of: live, is: null, because: "IAM has no revision ids" },
    { action: call(), of: live, is: "revision", because: "the policy has a revision id" },
    { action: call(null), of: live, is: null, because: "there is no policy yet" },
    { action: call(), of: emptyAccount(), is: null, because: "there is no function" },
    {
      action: moveFrom(STATE.role.arn),
      of: live,
      is: "revision",
      because: "the function has its own revision id",
    },
    { action: removal(), of: live, is: "revision", because: "the statement to remove is as it was compared" },
  ])("$because", async ({ action, of, is }) => {
    expect(await readRevisionId(passOf([STATE]), action, { live: aws(of), signal: SIGNAL })).toEqual({
      kind: "ok",
      value: is,
    });
  });

  test.each([
    {
      of: withFunction(live, REGION, { ...liveFunctionOf(STATE), policies: new Map() }),
      because: "the policy was not read",
    },
    {
      of: withFunction(live, REGION, {
        ...liveFunctionOf(STATE),
        policies: new Map([["live", { kind: "unknown", reason: "throttled" }]]),
      }),
      because: "the policy could not be read",
    },
    {
      of: { ...live, regions: new Map([[REGION, { kind: "off", reason: "off" }]]) } as LiveAccount,
      because: "the region is off",
    },
  ])("is a failure, so that no call is made without it: $because", async ({ of }) => {
    const found = await readRevisionId(passOf([STATE]), call(), { live: aws(of), signal: SIGNAL });

    expect(found).toMatchObject({
      kind: "err",
      error: { facts: { disposition: { kind: "throttled" }, lost: false } },
    });
  });

  test("is a failure if another tool moved the function since it was compared: its deployment is not overwritten", async () => {
    const action = moveFrom("arn:aws:iam::111122223333:role/compared");

    const found = await readRevisionId(passOf([STATE]), action, { live: aws(live), signal: SIGNAL });

    expect(found).toMatchObject({
      error: { facts: { code: "FunctionMoved", disposition: { kind: "replan" } } },
    });
  });

  test("is a failure if the function to move was deleted: the call would overwrite the role of one that replaces it", async () => {
    const action = moveFrom(STATE.role.arn);

    const found = await readRevisionId(passOf([STATE]), action, { live: aws(), signal: SIGNAL });

    expect(found).toMatchObject({
      error: { facts: { code: "FunctionGone", disposition: { kind: "replan" } } },
    });
  });

  const withStatements = (...statements: readonly object[]): LiveAccount =>
    withFunction(live, REGION, {
      ...liveFunctionOf(STATE),
      policies: new Map([["live", presentPolicy(...statements)]]),
    });
  const replaced = { ...declared?.statement, Principal: { Service: "events.amazonaws.com" } };

  test.each([
    { of: withStatements(replaced), because: "another principal under the same Sid" },
    { of: withStatements({ ...replaced, Effect: "Deny" }), because: "a Deny under the same Sid" },
    { of: withStatements({ ...replaced, Sid: "other" }), because: "no statement of this Sid" },
    { of: withStatements(declared?.statement ?? {}, replaced), because: "a second statement of this Sid" },
    {
      of: withFunction(live, REGION, {
        ...liveFunctionOf(STATE),
        policies: new Map([["live", { kind: "absent" }]]),
      }),
      because: "no policy: the call would name no revision of one that is made next",
    },
    {
      of: withFunction(live, REGION, {
        ...liveFunctionOf(STATE),
        policies: new Map([["live", { kind: "present", value: { text: "{", revisionId: "r" } }]]),
      }),
      because: "a policy that cannot be read",
    },
  ])("is a failure if the statement to remove is not as it was compared: $because", async ({ of }) => {
    const found = await readRevisionId(passOf([STATE]), removal(), { live: aws(of), signal: SIGNAL });

    expect(found).toMatchObject({
      error: { facts: { code: "StatementChanged", disposition: { kind: "replan" } } },
    });
  });

  test("is a failure if the function of the statement to remove was deleted: one that replaces it may have the same Sid", async () => {
    const found = await readRevisionId(passOf([STATE]), removal(), { live: aws(), signal: SIGNAL });

    expect(found).toMatchObject({ error: { facts: { code: "FunctionGone" } } });
  });

  test("is a failure when AWS refuses the read; anything else is a bug", async () => {
    const fake = aws(live);
    fake.readError = awsError("circuit");
    const broken = {
      sweep: () => Promise.reject(new Error("bug")),
      read: () => Promise.reject(new Error("bug")),
    };

    expect(await readRevisionId(passOf([STATE]), call(), { live: fake, signal: SIGNAL })).toEqual({
      kind: "err",
      error: fake.readError,
    });
    await expect(readRevisionId(passOf([STATE]), call(), { live: broken, signal: SIGNAL })).rejects.toThrow(
      "bug",
    );
    await expect(
      readRevisionId(passOf(), actionOf({ call: "lambda:AddPermission", target: "x" }), {
        live: fake,
        signal: SIGNAL,
      }),
    ).rejects.toThrow("is not the ARN of a function");
  });
});
