import { describe, expect, test } from "@jest/globals";
import { type KeyOutcome, type WriteOutcome, outcomeView } from "../../../../src/settle/outcome/outcome.ts";
import { begun, undoAfter } from "../../../../src/settle/adoption/undo.ts";
import type { Suspension } from "../../../../src/model/approval.ts";
import { type Disposition } from "../../../../src/model/aws/errors/aws-error.ts";
import type { KeyRecord } from "../../../../src/model/keys/key-record.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import { digestOf } from "../../../../src/model/values/digest.ts";
import { NOW_MS } from "../../../support/pass/bindings.ts";
import {
  actionOf,
  invalidSubject,
  passOf,
  seenOf,
  skippedOf,
  subjectOf,
  writtenOf,
} from "../../../support/pass/passes.ts";
import {
  ROLE,
  FORMER,
  ADOPTED,
  liveOf,
  RESTORED,
  ADOPTED_RECORD,
  ORDER,
  RESTORED_BUT_BOUNDARY,
  ORDER_WITHOUT_BOUNDARY,
  suspensionOf,
  RECORD,
} from "./undo-scene.ts";
import { awsError } from "../../../support/fakes/fake-aws.ts";

interface Scene {
  readonly outcome?: KeyOutcome;
  readonly before?: Partial<KeyRecord>;
  readonly role?: LiveRole;
  readonly suspensions?: readonly Suspension[];
}

const SUSPENDED = { kind: "suspended", suspension: suspensionOf() } as const;

function after({ outcome, before = {}, role = ROLE, suspensions = [suspensionOf()] }: Scene) {
  const record = { ...ADOPTED_RECORD, ...before };
  const made = outcome ?? skippedOf(SUSPENDED);
  const withRecord =
    "judged" in made ? { ...made, judged: { ...made.judged, subject: subjectOf(record) } } : made;
  const view = outcomeView(withRecord, suspensions);
  return undoAfter(view, record, seenOf({ live: liveOf(role), pass: passOf(undefined, { suspensions }) }));
}

function failedWith(disposition: Disposition): KeyOutcome {
  const error = awsError(disposition.kind, {
    call: "iam:PutRolePolicy role/x",
    code: "AccessDenied",
    message: "no",
    disposition,
  });
  const writes: readonly WriteOutcome[] = [
    { kind: "failed", action: actionOf(), intent: 1, atMs: NOW_MS, error, isOverdue: false } as never,
  ];
  return writtenOf({}, { writes });
}

describe("an ordered undo after a pass", () => {
  test.each<Scene & { readonly state: string; readonly reason: unknown; readonly because: string }>([
    { state: "running", reason: null, because: "calls are left" },
    {
      outcome: { kind: "unknown", subject: subjectOf(ADOPTED_RECORD), reason: "AWS did not answer" },
      state: "running",
      reason: "AWS did not answer",
      because: "the account was not read",
    },
    {
      outcome: { kind: "unusable", subject: invalidSubject() },
      state: "running",
      reason: "its manifest has an error",
      because: "Git has an error",
    },
    {
      outcome: skippedOf({
        kind: "stalled",
        stalled: {
          digest: digestOf("x"),
          live: digestOf("y"),
          atMs: 1,
          reason: "RejectedByAws",
          message: "no",
        },
      }),
      state: "stopped",
      reason: "no",
      because: "AWS refused the same calls before",
    },
    {
      before: {
        adoptedRole: { ...ADOPTED, former: { ...FORMER, boundary: null } },
        adoptionUndo: { ...RECORD, begunMs: 1 },
      },
      role: RESTORED_BUT_BOUNDARY,
      suspensions: [suspensionOf({ undo: ORDER_WITHOUT_BOUNDARY })],
      state: "running",
      reason: expect.stringContaining("delete-role-permissions-boundary"),
      because: "an operator must remove the boundary",
    },
    {
      outcome: failedWith({ kind: "retry", deadlineMs: 1 }),
      state: "running",
      reason: "iam:PutRolePolicy role/x: AccessDenied: no",
      because: "a retry may help",
    },
    {
      outcome: failedWith({ kind: "circuit", scope: "account" }),
      state: "stopped",
      reason: "iam:PutRolePolicy role/x: AccessDenied: no; the undo continues when this access is granted",
      because: "access is missing",
    },
    {
      outcome: failedWith({ kind: "terminal" }),
      state: "stopped",
      reason: "iam:PutRolePolicy role/x: AccessDenied: no",
      because: "no retry helps",
    },
    {
      outcome: writtenOf({}, { readBack: { kind: "not-read", reason: "timeout" } as never }),
      state: "running",
      reason: "AWS was not read after the last write: timeout",
      because: "the result was not seen",
    },
    {
      role: { ...ROLE, description: "edited" },
      state: "stopped",
      reason: expect.stringContaining("someone changed it"),
      because: "the role changed since the approval",
    },
    {
      suspensions: [suspensionOf({ undo: { ...ORDER, shown: digestOf("other") } })],
      state: "stopped",
      reason: `role ${ROLE.arn} has changed since the undo was approved`,
      because: "another state was shown",
    },
    {
      suspensions: [suspensionOf({ undo: { ...ORDER, to: "arn:aws:iam::111122223333:role/x" } })],
      state: "stopped",
      reason: expect.stringContaining("was approved"),
      because: "another role was approved",
    },
    {
      suspensions: [suspensionOf({ undo: { ...ORDER, covers: [] } })],
      state: "stopped",
      reason: "the calls that are left are not those that were approved",
      because: "other calls were approved",
    },
    {
      suspensions: [
        suspensionOf(),
        {
          ...suspensionOf({ id: "s2", actor: "kim", reason: "stop", at: new Date(NOW_MS).toISOString() }),
          undo: undefined,
        } as never,
      ],
      state: "stopped",
      reason: "suspended by kim: stop",
      because: "an operator suspended the function after the order",
    },
    {
      suspensions: [
        suspensionOf(),
        {
          ...suspensionOf({ id: "s2", actor: "kim", reason: "freeze", at: new Date(1).toISOString() }),
          scope: { accountId: null, namespace: null, key: null },
          undo: undefined,
        } as never,
      ],
      state: "stopped",
      reason: "suspended by kim: freeze",
      because: "everything was suspended before the order",
    },
  ])("is $state if $because", ({ state, reason, ...scene }) => {
    expect(after(scene).record.adoptionUndo).toMatchObject({ state, reason });
  });

  test("is done only if the former content and no ownership tag was read back, which is a fact of the record", () => {
    const done = after({ role: RESTORED, before: { adoptionUndo: { ...RECORD, begunMs: 1 } } });

    expect(done.record.adoptionUndo).toMatchObject({ state: "done", sinceMs: NOW_MS });
    expect(done.facts).toMatchObject([{ kind: "adoption-undone", actor: "dana" }]);
    expect(
      after({ role: { ...RESTORED, tags: ROLE.tags }, before: { adoptionUndo: { ...RECORD, begunMs: 1 } } })
        .record,
    ).toMatchObject({
      adoptionUndo: { state: "running" },
    });
  });

  test("that writes for the first time has changed the role itself, and no one else has", () => {
    const halfway = { ...ROLE, inline: [...ROLE.inline, ...FORMER.inline] };
    const outcome = writtenOf({}, { writes: [{ kind: "applied", action: actionOf(), intent: 1, atMs: 1 }] });

    expect(after({ outcome, role: halfway })).toMatchObject({
      record: { adoptionUndo: { state: "running", reason: null, begunMs: NOW_MS } },
      facts: [],
    });
  });

  test.each([
    { known: {}, state: "stopped", because: "it waits for another order" },
    { known: { resumes: true }, state: "running", because: "only access was missing" },
    { known: { orderedMs: 1 }, state: "running", because: "it was ordered again, with the same plan" },
  ])("that has stopped is $state if nothing is against it now: $because", ({ known, state }) => {
    const adoptionUndo = { ...RECORD, state: "stopped" as const, reason: "no", begunMs: 7, ...known };

    expect(after({ before: { adoptionUndo } }).record.adoptionUndo).toMatchObject({ state, begunMs: 7 });
  });

  test("that has stopped is done if an operator has done the rest", () => {
    const adoptionUndo = { ...RECORD, state: "stopped" as const, reason: "no", begunMs: 7 };

    expect(after({ role: RESTORED, before: { adoptionUndo } }).record.adoptionUndo).toMatchObject({
      state: "done",
      reason: null,
    });
  });

  test("stays done if someone changes the role again, and is recorded once", () => {
    const adoptionUndo = { ...RECORD, state: "done" as const };

    const again = after({ before: { adoptionUndo } });

    expect(again.record.adoptionUndo).toMatchObject({ state: "done", sinceMs: RECORD.sinceMs });
    expect(again.facts).toEqual([]);
  });

  test("that has stopped is recorded once per reason, and an account that is not read is no new one", () => {
    const outcome = failedWith({ kind: "circuit", scope: "account" });
    const first = after({ outcome });
    const stopped = first.record.adoptionUndo;
    const before = stopped === undefined ? {} : { adoptionUndo: stopped };
    const unread: KeyOutcome = { kind: "unknown", subject: subjectOf(ADOPTED_RECORD), reason: "no answer" };

    expect(first.facts).toMatchObject([{ kind: "adoption-undo-stopped" }]);
    expect(after({ outcome, before }).facts).toEqual([]);
    expect(after({ outcome: unread, before })).toMatchObject({
      record: { adoptionUndo: { state: "stopped", reason: stopped?.reason } },
      facts: [],
    });
  });

  test("has begun when its first call is made, and keeps that time", () => {
    const order = { order: ORDER, suspension: suspensionOf() };
    const first = begun(order, ADOPTED_RECORD, NOW_MS);
    const next = begun(order, { ...ADOPTED_RECORD, adoptionUndo: first }, NOW_MS + 1);
    const other = { ...first, subject: digestOf("earlier") };

    expect(first).toMatchObject({ begunMs: NOW_MS, state: "running", actor: "dana" });
    expect(next).toEqual(first);
    expect(begun(order, { ...ADOPTED_RECORD, adoptionUndo: { ...RECORD, begunMs: null } }, 7).begunMs).toBe(
      7,
    );
    // An earlier order has left the role between two states.
    expect(begun(order, { adoptionUndo: other }, NOW_MS + 1)).toMatchObject({
      subject: ORDER.subject,
      begunMs: NOW_MS,
    });
    for (const ended of [
      { ...other, state: "done" as const },
      { ...other, to: "x" },
    ])
      expect(begun(order, { adoptionUndo: ended }, NOW_MS + 1).begunMs).toBe(NOW_MS + 1);
  });
});
