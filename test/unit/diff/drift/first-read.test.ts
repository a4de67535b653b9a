import { describe, expect, test } from "@jest/globals";
import { isOfFirstRead, occasionalRead } from "../../../../src/diff/drift/first-read.ts";
import { driftFingerprint, type Drift } from "../../../../src/model/drift.ts";
import type { ChangeEvent } from "../../../../src/model/changes/change-event.ts";
import type { KeyRecord } from "../../../../src/model/keys/key-record.ts";
import type { UndeclaredQualifiers } from "../../../../src/model/keys/undeclared-qualifiers.ts";
import { appliedRecord, binding, caller } from "../../../support/pass/bindings.ts";
import { readChangeMessage } from "../../../../src/iam/trail/change-message.ts";
import { changeMessage } from "../../../support/aws/change-message.ts";

const BINDING = binding();
const KNOWN: UndeclaredQualifiers = { functionName: BINDING.functionName, lastMs: null, withPolicy: [] };

function extra(qualifier: string | null, more: Partial<Drift["change"]> = {}) {
  const subject = qualifier === null ? BINDING.functionArn : `${BINDING.functionArn}:${qualifier}`;
  const change = { kind: "statement-extra", qualifier, sid: "test1", ours: false, danger: "public", ...more };
  return { subject, change: change as Drift["change"], live: "{}" };
}

function recordWith(known: Partial<UndeclaredQualifiers> | null, more: Partial<KeyRecord> = {}): KeyRecord {
  const record = { ...appliedRecord(BINDING), ...more };
  return known === null ? record : { ...record, undeclaredQualifiers: { ...KNOWN, ...known } };
}

const APPLIED_MS = appliedRecord(BINDING).applied?.atMs ?? 0;
const COMPARED_MS = APPLIED_MS - 60_000;
const FOUND = driftFingerprint(extra("live"));

function openSince(ofFirstRead: boolean): Partial<KeyRecord> {
  const open = { lastCleanMs: null, risks: [], ...(ofFirstRead && { ofFirstRead: true as const }) };
  return { driftSinceMs: { [FOUND]: 5 }, openDrifts: { [FOUND]: open } };
}

function withStatementOn(qualifier: string): KeyRecord {
  const id = `${BINDING.functionArn}:${qualifier}#ours`;
  return recordWith(null, { inventory: [{ type: "statement", id, uniqueId: null }] });
}

describe("an undeclared statement", () => {
  const calledBinding = binding({}, { callers: [{ ...caller("one"), qualifier: "live" }] });

  test.each([
    { drift: extra("live"), record: recordWith(null), is: true, because: "no read included the alias" },
    {
      drift: extra("live"),
      record: recordWith({ lastMs: 5 }),
      is: false,
      because: "an earlier turn was without it",
    },
    {
      drift: extra("live"),
      record: recordWith({ lastMs: 5, withPolicy: ["live"] }, openSince(true)),
      is: true,
      because: "the first read found it",
    },
    {
      drift: extra("live"),
      record: recordWith({ lastMs: 5, withPolicy: ["live"] }, openSince(false)),
      is: false,
      because: "a later read found it",
    },
    {
      drift: extra("live"),
      record: { ...appliedRecord(calledBinding), ...openSince(true) },
      is: true,
      because: "the first read found it, before Git declared a caller of the alias",
    },
    {
      drift: extra("live"),
      record: withStatementOn("live"),
      is: false,
      because: "each read includes an alias with a statement of ours",
    },
    {
      drift: extra("live"),
      record: withStatementOn("blue"),
      is: true,
      because: "the statement of ours is on another alias",
    },
    {
      drift: extra("live"),
      record: recordWith({ functionName: "another", lastMs: 5 }),
      is: true,
      because: "another function was read",
    },
    {
      drift: extra(null),
      record: recordWith(null),
      is: false,
      because: "every read includes the function itself",
    },
    { drift: extra("live", { ours: true }), record: recordWith(null), is: false, because: "it is ours" },
    {
      drift: extra("7"),
      record: recordWith({ lastMs: 5, versions: { lastMs: null, round: { sinceMs: 5, readTo: 9 } } }),
      is: true,
      because: "not all versions were read",
    },
    {
      drift: extra("7"),
      record: recordWith({ versions: { lastMs: 5, round: null } }),
      is: false,
      because: "a round of all versions was without it",
    },
    {
      drift: extra("7"),
      record: recordWith({ withPolicy: ["7"] }),
      is: false,
      because: "the policy of the version was read before",
    },
    {
      drift: extra("7"),
      record: recordWith({ absentMs: 5 }),
      is: false,
      because: "the function did not exist before",
    },
    {
      drift: extra("live"),
      record: appliedRecord(calledBinding),
      is: false,
      because: "Git declared a caller of the alias",
    },
  ])("is of a first read: $is, because $because", ({ drift, record, is }) => {
    expect(isOfFirstRead(drift, { record })).toBe(is);
  });

  const message = readChangeMessage(changeMessage(), new Set(["111122223333"]));
  const added = {
    object: { kind: "function", region: BINDING.region, name: BINDING.functionName, qualifier: "live" },
    aspect: { kind: "statement-added", sid: "test1" },
    atMs: APPLIED_MS + 1,
  } as const;

  test.each<{ name: string; event: Partial<ChangeEvent>; is: boolean }>([
    { name: "after the first comparison", event: {}, is: false },
    {
      name: "after it, and before a later revision was applied",
      event: { atMs: COMPARED_MS + 1 },
      is: false,
    },
    { name: "before the first comparison", event: { atMs: COMPARED_MS }, is: true },
    { name: "on another alias", event: { object: { ...added.object, qualifier: "other" } }, is: true },
    { name: "on another function", event: { object: { ...added.object, name: "other" } }, is: true },
    { name: "under another name", event: { aspect: { ...added.aspect, sid: "other" } }, is: true },
  ])("that an event shows to be added $name is of a first read: $is", ({ event, is }) => {
    if (message.kind !== "change") throw new Error(`not a change: ${message.kind}`);
    const records = [{ event: { ...message.event, ...added, ...event }, receivedMs: 0 }];

    const found = isOfFirstRead(extra("live"), {
      record: recordWith(null, { comparedSinceMs: COMPARED_MS }),
      changes: { records, problem: null },
    });

    expect(found).toBe(is);
  });
});

describe("the last read of the policy that an undeclared statement is on", () => {
  test.each([
    { name: "the function itself", drift: extra(null), known: { lastMs: 5 }, read: null },
    { name: "an alias", drift: extra("live"), known: { lastMs: 5 }, read: { lastMs: 5 } },
    {
      name: "an alias with a policy before",
      drift: extra("live"),
      known: { withPolicy: ["live"] },
      read: null,
    },
    { name: "an alias that was never read", drift: extra("live"), known: {}, read: { lastMs: null } },
    { name: "a function that was absent", drift: extra("7"), known: { absentMs: 4 }, read: { lastMs: 4 } },
    {
      name: "a version that was never read",
      drift: extra("7"),
      known: { lastMs: 5 },
      read: { lastMs: null },
    },
    {
      name: "a version",
      drift: extra("7"),
      known: { versions: { lastMs: 5, round: { sinceMs: 8, readTo: 9 } } },
      read: { lastMs: 5 },
    },
  ])("is known for $name", ({ drift, known, read }) => {
    expect(occasionalRead(drift, recordWith(known))).toEqual(read);
  });
});
