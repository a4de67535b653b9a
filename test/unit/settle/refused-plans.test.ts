import { describe, expect, test } from "@jest/globals";
import { digestOf } from "../../../src/model/values/digest.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { actionOf, knownRecord, planOf, skippedOf, subjectOf, writtenOf } from "../../support/pass/passes.ts";
import type { KeyOutcome } from "../../../src/settle/outcome/outcome.ts";
import { recordAfter } from "./settled.ts";

describe("a plan that AWS refused", () => {
  const failed = (kind: "terminal" | "retry" | "circuit" | "replan", record = knownRecord()) =>
    writtenOf(
      { subject: subjectOf(record) },
      {
        writes: [{ kind: "failed", action: actionOf(), intent: 1, error: awsError(kind), isOverdue: false }],
        readBack: { kind: "not-read", reason: "x" },
      },
    );

  test("is remembered by its digest, with AWS's message", () => {
    expect(recordAfter(failed("terminal")).stalled).toMatchObject({
      digest: planOf([actionOf()]).digest,
      reason: "RejectedByAws",
      message: expect.stringContaining("AWS's own words"),
    });
  });

  test.each(["retry", "circuit", "replan"] as const)("is not remembered when %s follows", (kind) => {
    expect(recordAfter(failed(kind)).stalled).toBeNull();
  });

  test("stays remembered while it is skipped, until another plan runs", () => {
    const stalled = {
      digest: digestOf("x"),
      live: digestOf("x"),
      atMs: 0,
      reason: "RejectedByAws",
      message: "no",
    } as const;
    const subject = subjectOf(knownRecord({ stalled }));

    expect(recordAfter(skippedOf({ kind: "stalled", stalled }, { subject })).stalled).toBe(stalled);
    expect(recordAfter(writtenOf({ subject })).stalled).toBeNull();
  });

  test.each<{ readonly outcome: KeyOutcome; readonly since: number | null; readonly because: string }>([
    { outcome: failed("retry"), since: NOW_MS, because: "the series begins" },
    { outcome: failed("replan"), since: NOW_MS, because: "an outdated plan starts a series too" },
    { outcome: failed("circuit"), since: null, because: "missing access does not end by itself" },
    {
      outcome: failed("retry", knownRecord({ retryingSinceMs: 7 })),
      since: 7,
      because: "the series continues",
    },
    {
      outcome: failed("replan", knownRecord({ retryingSinceMs: 7 })),
      since: 7,
      because: "a different failure does not end it",
    },
    {
      outcome: writtenOf({ subject: subjectOf(knownRecord({ retryingSinceMs: 7 })) }),
      since: null,
      because: "the write succeeded",
    },
    {
      outcome: skippedOf(
        { kind: "nothing-due" },
        { subject: subjectOf(knownRecord({ retryingSinceMs: 7 })) },
      ),
      since: null,
      because: "there is nothing to write",
    },
    {
      outcome: skippedOf({ kind: "cut-short" }, { subject: subjectOf(knownRecord({ retryingSinceMs: 7 })) }),
      since: 7,
      because: "nothing was tried",
    },
  ])("the series of passing failures: $because", ({ outcome, since }) => {
    expect(recordAfter(outcome).retryingSinceMs).toBe(since);
  });
});
