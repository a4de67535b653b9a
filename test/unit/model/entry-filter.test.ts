import { describe, expect, test } from "@jest/globals";
import type { AuditEntry, AuditFact } from "../../../src/audit/entry.ts";
import {
  EVERY_ENTRY,
  filterParameters,
  isSelected,
  kindsOf,
  type EntryFilter,
} from "../../../src/model/entries/entry-filter.ts";
import { parseKinds } from "../../../src/model/entries/entry-groups.ts";
import { entryNames, KINDS_WITH_NAMES, type NamingEntry } from "../../../src/model/entries/entry-names.ts";
import type { AttributedChange, Attribution } from "../../../src/model/changes/attribution.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { parseInstant } from "../../../src/text/instant.ts";
import { ACCOUNT, DIGEST, intent, KEY, refusal, REVISION } from "../../support/record/audit-facts.ts";
import { chainOf } from "../../support/record/chain.ts";

const DANA = "Dana Ruiz <https://idp.example.com#00u1>";

function entryOf(fact: AuditFact): AuditEntry & NamingEntry {
  const [entry] = chainOf([fact]).entries;
  if (entry === undefined) throw new Error("a chain of one fact has one entry");
  return entry;
}

const rejected = (actor: string): AuditFact => ({
  kind: "rejected",
  subject: DIGEST,
  actor,
  reason: "ask the team first",
  covers: [],
});

const change = (name: string): AttributedChange => ({
  eventId: "e1",
  at: "2026-11-25T12:00:00.000Z",
  call: "iam:PutRolePolicy",
  aspect: { kind: "created" } as unknown as AttributedChange["aspect"],
  actor: { kind: "principal", name } as unknown as AttributedChange["actor"],
});

const drift = (...attributions: readonly Attribution[]): AuditFact => ({
  kind: "drift-found",
  key: KEY,
  revision: REVISION,
  fields: ["inline-extra"],
  changes: ["+ hotfix"],
  risks: [],
  delta: NO_DELTA,
  severity: "other",
  authors: attributions.map((attribution) => ({ difference: "+ hotfix", attribution })),
});

describe("kinds of entries", () => {
  test.each([
    { text: "decisions", kinds: ["adoption-undo-ordered", "approved", "rejected"] },
    { text: "resumed", kinds: ["resumed"] },
    { text: "resumed, suspensions", kinds: ["resumed", "suspended"] },
  ])('"$text" are $kinds', ({ text, kinds }) => {
    expect(parseKinds(text)).toEqual({ kind: "ok", value: kinds });
  });

  test.each(["", "reverted", "approved,reverted"])('"%s" names what is no kind', (text) => {
    expect(parseKinds(text)).toEqual({ kind: "err", error: text === "" ? "" : "reverted" });
  });
});

describe("the names in an entry", () => {
  const commit = { id: "1", committer: "ci", at: "2026-11-25T12:00:00.000Z", subject: "x" };
  const write = { actor: { name: "role/grantkeeper/writer" } };

  test.each<{ readonly what: string; readonly fact: AuditFact; readonly names: readonly string[] }>([
    { what: "a decision: its person", fact: rejected(DANA), names: [DANA] },
    { what: "a refused request: its token", fact: refusal(1), names: ["token-1"] },
    {
      what: "a drift: each caller that may have made it",
      fact: drift(
        { kind: "named", change: change("alice") },
        { kind: "candidates", changes: [change("bob"), change("eve")] },
        { kind: "unknown", reason: "no event" },
      ),
      names: ["alice", "bob", "eve"],
    },
    {
      what: "an accepted revision: the controller, and the authors of its commits",
      fact: {
        kind: "revision-accepted",
        source: "platform",
        revision: REVISION,
        previous: null,
        commits: [{ ...commit, author: "Dana Ruiz <dana@acme.example>" }],
        uncommitted: false,
        quarantined: [],
      },
      names: ["Grantkeeper", "Dana Ruiz <dana@acme.example>"],
    },
    {
      what: "unrecorded writes: their callers",
      fact: {
        kind: "unrecorded-writes",
        accountId: ACCOUNT,
        account: "prod",
        writes: [write] as unknown as Extract<AuditFact, { readonly kind: "unrecorded-writes" }>["writes"],
        omitted: 0,
      },
      names: ["role/grantkeeper/writer"],
    },
    { what: "a write: Grantkeeper", fact: intent(), names: ["Grantkeeper"] },
  ])("$what", ({ fact, names }) => {
    expect(entryNames(entryOf(fact))).toEqual(names);
  });

  test("a drift of an earlier version has none", () => {
    const { authors, ...earlier } = drift() as Extract<AuditFact, { readonly kind: "drift-found" }>;

    expect([authors, entryNames(entryOf(earlier))]).toEqual([[], []]);
  });
});

describe("an entry is selected", () => {
  const entry = entryOf(rejected(DANA));
  const atMs = Date.parse(entry.at);

  test.each<{ readonly change: Partial<EntryFilter>; readonly is: boolean; readonly because: string }>([
    { change: {}, is: true, because: "nothing is asked for" },
    { change: { sinceMs: atMs }, is: true, because: "a period has its first instant" },
    { change: { sinceMs: atMs + 1 }, is: false, because: "it is before the period" },
    { change: { untilMs: atMs + 1 }, is: true, because: "it is before the end" },
    { change: { untilMs: atMs }, is: false, because: "a period ends before its last instant" },
    { change: { kinds: ["rejected"] }, is: true, because: "it is of the kind" },
    { change: { kinds: ["approved"] }, is: false, because: "it is of another kind" },
    { change: { by: "dana ruiz" }, is: true, because: "upper and lower case are the same" },
    { change: { by: "00u1" }, is: true, because: "the id is a part of the name" },
    { change: { by: "sam" }, is: false, because: "someone else did it" },
    { change: { by: "dana", kinds: ["approved"] }, is: false, because: "both must be met" },
  ])("$is: $because", ({ change: part, is }) => {
    expect(isSelected(entry, { ...EVERY_ENTRY, ...part })).toBe(is);
  });

  test("by someone only if its kind names anyone", () => {
    expect(kindsOf({ by: "dana", kinds: ["approved", "checkpoint"] })).toEqual(["approved"]);
    expect(kindsOf({ by: "dana", kinds: null })).not.toContain("write-intended");
    expect(kindsOf({ by: "grantkeeper", kinds: null })).toContain("write-intended");
    expect(kindsOf({ by: "Grantkeeper", kinds: ["write-intended", "account-left"] })).toEqual([
      "write-intended",
    ]);
    expect(kindsOf({ by: null, kinds: null })).toBeNull();
  });
});

test("parameters of the API are those of the filter", () => {
  const filter = { kinds: ["approved", "rejected"], by: "dana", sinceMs: 0, untilMs: 1_000 } as const;

  expect(filterParameters(EVERY_ENTRY)).toEqual({});
  expect(filterParameters(filter)).toEqual({
    kind: "approved,rejected",
    by: "dana",
    since: "1970-01-01T00:00:00.000Z",
    until: "1970-01-01T00:00:01.000Z",
  });
});

test("every kind whose entries name someone is searched for names", () => {
  const facts = [rejected(DANA), refusal(1), drift(), intent()];

  expect(facts.map(({ kind }) => KINDS_WITH_NAMES.includes(kind))).toEqual([true, true, true, false]);
});

test.each([
  { text: "2026-09-30", ms: Date.UTC(2026, 8, 30) },
  { text: "2026-09-30T12:00+02:00", ms: Date.UTC(2026, 8, 30, 10) },
  { text: "2026-09-30T12:00:00.5Z", ms: Date.UTC(2026, 8, 30, 12, 0, 0, 500) },
  { text: "2026-13-30", ms: undefined },
  { text: "2026-09-30T12:00", ms: undefined },
  { text: "yesterday", ms: undefined },
])('the instant "$text" is $ms', ({ text, ms }) => {
  expect(parseInstant(text)).toBe(ms);
});
