import { describe, expect, test } from "@jest/globals";
import { approvalReason, holdHint, pendingPart } from "../../../src/explain/state/approval-reasons.ts";
import { stricterReason } from "../../../src/explain/state/stricter.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";
import type { Rejection } from "../../../src/model/approval.ts";
import type { Digest } from "../../../src/model/values/digest.ts";
import type { StricterVerdict } from "../../../src/model/verdict.ts";
import { actionOf } from "../../support/pass/passes.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { view } from "../../support/screens/world-states.ts";

const PART = "sha256:1111111122222222" as Digest;
const WAVE = "sha256:3333333344444444" as Digest;
const AT = "2026-11-28T12:00:00.000Z";
const part = { reason: "the function leaves its role", actions: [actionOf()], digest: PART };
const waveHold: Hold = {
  subject: WAVE,
  code: "switch",
  reason: "wave 1 of orders switches 3 functions",
  account: "prod",
  keys: [ORDERS_API],
  actions: 3,
  parts: new Map([[ORDERS_API, PART]]),
  heldSince: null,
} as unknown as Hold;

const rejectionOf = (subject: Digest): Rejection => ({
  subject,
  accountId: "111122223333",
  actor: "dana",
  reason: "not on Friday",
  at: AT,
});

describe("a part of a plan that needs its own approval", () => {
  const nothing = { view: null, rejections: [], waveHold: null };

  test("asks for it with its digest, also before the function was compared", () => {
    expect(pendingPart(part, nothing)).toEqual({
      reason: { kind: "awaiting-approval", digest: PART, reason: "the function leaves its role" },
      hint: "grantkeeper describe approval 11111111",
    });
  });

  test("is approved with the wave of its function", () => {
    const { reason, hint } = pendingPart(part, { ...nothing, view: view(ORDERS_API), waveHold });

    expect(reason).toMatchObject({ kind: "awaiting-approval", digest: WAVE, reason: waveHold.reason });
    expect(hint).toBe(holdHint(WAVE));
  });

  test("is approved by itself if the wave has another switch of the function", () => {
    const other = { ...part, digest: "sha256:5555" as Digest };

    const { reason } = pendingPart(other, { ...nothing, view: view(ORDERS_API), waveHold });

    expect(reason).toMatchObject({ kind: "awaiting-approval", digest: other.digest });
  });

  test("is rejected with who rejected it and why", () => {
    expect(pendingPart(part, { ...nothing, rejections: [rejectionOf(PART)] }).reason).toEqual({
      kind: "rejected",
      digest: PART,
      by: "dana",
      at: AT,
      reason: "not on Friday",
    });
  });

  test("is not rejected by a rejection of another plan", () => {
    expect(approvalReason(PART, "", { rejections: [rejectionOf(WAVE)] }).kind).toBe("awaiting-approval");
  });
});

describe("a stricter verdict of an upgrade", () => {
  const stricter: StricterVerdict = { digest: PART, findings: [], by: ["0.2.0"], sinceMs: 0 };
  const hold = { ...waveHold, subject: PART };

  test.each([
    { rejections: [], rejected: null },
    { rejections: [rejectionOf(WAVE)], rejected: null },
    { rejections: [rejectionOf(PART)], rejected: { by: "dana", reason: "not on Friday" } },
  ])("waits for its approval, and names who rejected it: $rejected", ({ rejections, rejected }) => {
    expect(stricterReason(stricter, hold, rejections)).toMatchObject({
      digest: PART,
      by: ["0.2.0"],
      rejected,
    });
  });

  test.each([
    { what: "there is none", verdict: null, held: hold },
    { what: "nothing is held", verdict: stricter, held: null },
  ])("is nothing to wait for if $what", ({ verdict, held }) => {
    expect(stricterReason(verdict, held, [])).toBeNull();
  });
});
