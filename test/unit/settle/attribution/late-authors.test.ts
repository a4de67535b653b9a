import { describe, expect, test } from "@jest/globals";
import { SAME_CLOCK } from "../../../../src/model/changes/clock-offset.ts";
import type { ChangeRecord } from "../../../../src/model/changes/change-event.ts";
import { driftFingerprint, type Drift } from "../../../../src/model/drift.ts";
import {
  emptyKeyRecord,
  type KeyRecord,
  type OpenDrift,
  type UnattributedDrift,
} from "../../../../src/model/keys/key-record.ts";
import type { EndedDrift } from "../../../../src/settle/drift/ended-drifts.ts";
import { settleAuthors, withUnattributed } from "../../../../src/settle/drift/late-authors.ts";
import { BINDING, passOf } from "../../../support/pass/passes.ts";
import { ADMINISTRATOR, drifted, SECOND } from "./changes.ts";
import { attach, detach } from "./sighted.ts";

const DRIFT = drifted(
  { kind: "attachment-extra", arn: ADMINISTRATOR },
  { live: ADMINISTRATOR, tier: "security", cause: "out-of-band" },
);
const FINGERPRINT = driftFingerprint(DRIFT);
const SEEN_MS = SECOND + 60_000;
const OPEN: OpenDrift = {
  lastCleanMs: SECOND,
  seenUntilMs: SEEN_MS,
  clockOffset: SAME_CLOCK,
  risks: ["escalation"],
  difference: "+ AdministratorAccess attached to its role",
  attribution: { kind: "unknown", reason: "no event" },
};
const SOUGHT: UnattributedDrift = {
  ...OPEN,
  fingerprint: FINGERPRINT,
  difference: "+ AdministratorAccess attached to its role",
  sinceMs: SEEN_MS,
  lastCleanMs: SECOND,
  seenUntilMs: SEEN_MS,
  attribution: { kind: "unknown", reason: "no event" },
  alertedAs: "security",
};

interface Ended {
  readonly how?: EndedDrift["how"];
  readonly open?: OpenDrift | undefined;
  readonly drifts?: readonly Drift[];
  readonly incident?: "open" | "ended" | "none";
}

function afterEnd({ how = "reverted", open = OPEN, drifts = [DRIFT], incident = "ended" }: Ended) {
  const record = emptyKeyRecord(DRIFT.key);
  const ended = { fingerprint: FINGERPRINT, sinceMs: SEEN_MS, how, lastCleanMs: SECOND, risks: [] };
  const times = { sinceMs: SEEN_MS, how: "reverted", lastCleanMs: null } as const;
  return settleAuthors(
    {
      view: { subject: { key: DRIFT.key, record }, judged: { drifts } } as never,
      ended: [ended],
      openDrifts: { [FINGERPRINT]: open },
      incident: { sinceMs: incident === "open" ? SEEN_MS : null, ended: incident === "ended" ? times : null },
    },
    { pass: passOf([BINDING]), writes: { byTarget: new Map() }, nowMs: SEEN_MS },
  ).unattributed;
}

function afterEvents(
  records: readonly ChangeRecord[] | undefined,
  {
    sought = SOUGHT,
    nowMs = SEEN_MS + 60_000,
  }: { readonly sought?: UnattributedDrift; readonly nowMs?: number } = {},
) {
  const record: KeyRecord = { ...emptyKeyRecord(DRIFT.key), unattributed: [sought] };
  const changes = records === undefined ? {} : { changes: { records, problem: null } };
  return settleAuthors(
    {
      view: { subject: { key: DRIFT.key, record }, judged: { drifts: [] } } as never,
      ended: [],
      openDrifts: {},
      incident: { sinceMs: null, ended: null },
    },
    {
      pass: { ...passOf([BINDING], { clockOffset: SAME_CLOCK }), ...changes },
      writes: { byTarget: new Map() },
      nowMs,
    },
  );
}

describe("the author of a difference that ended", () => {
  test.each<
    Ended & { readonly alertedAs: UnattributedDrift["alertedAs"] | "not sought"; readonly because: string }
  >([
    { alertedAs: "security", because: "it was reverted, and people were alerted to it" },
    { how: "gone", alertedAs: "security", because: "someone undid it in AWS" },
    { incident: "open", alertedAs: "security", because: "another difference keeps the incident open" },
    { drifts: [], alertedAs: "security", because: "a pass before reverted it, and it had a risk" },
    { drifts: [], open: { ...OPEN, risks: [] }, alertedAs: "other", because: "a pass before reverted it" },
    {
      drifts: [{ ...DRIFT, tier: "meaning" }],
      alertedAs: "other",
      because: "it was of no use to an attacker",
    },
    {
      drifts: [{ ...DRIFT, tier: "metadata" }],
      alertedAs: null,
      because: "people are not alerted to wording",
    },
    { incident: "none", alertedAs: null, because: "there was no incident" },
    { how: "applied", alertedAs: "not sought", because: "Git declares it now" },
    { how: "released", alertedAs: "not sought", because: "it may still exist" },
    { open: { ...OPEN, lastCleanMs: null }, alertedAs: "not sought", because: "no read without it is known" },
    {
      open: { lastCleanMs: SECOND, risks: [] },
      alertedAs: "not sought",
      because: "its record is of an earlier version",
    },
    {
      open: { ...OPEN, attribution: { kind: "named", change: {} as never } },
      alertedAs: "security",
      because: "a later event may correct the name",
    },
  ])("is sought, or not: $because", ({ alertedAs, ...ended }) => {
    const expected = alertedAs === "not sought" ? [] : [{ fingerprint: FINGERPRINT, alertedAs }];

    expect(afterEnd(ended)).toMatchObject(expected);
  });

  test("is recorded once, when an event shows it", () => {
    const { facts, found, unattributed } = afterEvents([attach(30)]);
    const again = afterEvents([attach(30)], { sought: unattributed[0] ?? SOUGHT });

    expect(facts).toMatchObject([
      {
        kind: "drift-author-found",
        fields: ["attachment-extra"],
        found: null,
        since: new Date(SEEN_MS).toISOString(),
        authors: [{ attribution: { kind: "named", change: { eventId: "e30" } } }],
      },
    ]);
    expect([found.length, again.facts, again.unattributed]).toEqual([1, [], unattributed]);
  });

  test.each([
    { records: [attach(30), detach(35), attach(40)], kind: "named", because: "another call made it later" },
    { records: [attach(30), attach(40)], kind: "candidates", because: "another call set the same" },
  ])("is corrected if an event that arrives later shows that $because", ({ records, kind }) => {
    const named = afterEvents([attach(30)]).unattributed;
    const { facts } = afterEvents(records, { sought: named[0] ?? SOUGHT });

    expect(named).toHaveLength(1);
    expect(facts).toMatchObject([{ authors: [{ attribution: { kind } }] }]);
    expect(JSON.stringify(facts)).toContain('"e40"');
  });

  test("is sought further if there are candidates only, which are recorded once", () => {
    const records = [attach(30), attach(31)];
    const first = afterEvents(records);
    const [sought] = first.unattributed;
    const second = afterEvents(records, { sought: sought ?? SOUGHT });

    expect(first.facts).toMatchObject([{ authors: [{ attribution: { kind: "candidates" } }] }]);
    expect([second.facts, second.unattributed]).toEqual([[], [sought]]);
  });

  test.each([
    { records: [], because: "no event arrived" },
    { records: [detach(30)], because: "the call did something else" },
    { records: [attach(61)], because: "the call was after the read that saw it" },
    { records: undefined, because: "no queue is for the account any more" },
  ])("stays unknown while $because", ({ records }) => {
    const { facts, unattributed } = afterEvents(records);

    expect([facts, unattributed]).toEqual([[], [SOUGHT]]);
  });

  test("is given up an hour after the last read without it, when our own writes since then are no longer known", () => {
    const { facts, unattributed } = afterEvents([attach(30)], { nowMs: SECOND + 3_600_001 });

    expect([facts, unattributed]).toEqual([[], []]);
  });

  test("is sought for the ten that ended last", () => {
    const many = Array.from({ length: 12 }, (_, at) => ({ ...SOUGHT, sinceMs: at }));
    const record = { ...emptyKeyRecord(DRIFT.key), unattributed: many };

    expect(withUnattributed(record, many).unattributed).toEqual(many.slice(2));
    expect(withUnattributed(record, [])).toEqual(emptyKeyRecord(DRIFT.key));
  });
});
