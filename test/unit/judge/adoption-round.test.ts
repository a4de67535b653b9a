import { describe, expect, test } from "@jest/globals";
import { adoptionRound } from "../../../src/judge/states/adoption-round.ts";
import type { AdoptionRecord } from "../../../src/model/keys/adoption.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { after, seen } from "../../support/pass/adoption.ts";
import { statusOf } from "../../support/pass/passes.ts";

const { record: OBSERVED } = after([0, seen()]);
const { record: ADOPTED } = after([0, seen()], [24, seen({ ownRole: { isOurs: true, problem: null } })]);
const UNMET = { kind: "read", unmet: [{ what: "tracing", hint: "tracing: true" }] } as const;
const ALL = Array.from({ length: 100 }, (_, at) => at);

function recordOf(at: number, adoption?: Partial<AdoptionRecord>): KeyRecord {
  const key = `function/111122223333/eu-west-1/orders/f${String(at).padStart(4, "0")}` as Key;
  return { ...emptyKeyRecord(key), ...(adoption && { adoption: { ...OBSERVED, ...adoption } }) };
}

function round(records: readonly KeyRecord[]): readonly number[] {
  return [...adoptionRound(records)].map((key) => Number(key.slice(-4))).sort((a, b) => a - b);
}

describe("the functions whose aliases a sweep reads", () => {
  test("are all of a small account, without its policies", () => {
    const ofPolicy = emptyKeyRecord("policy/111122223333/orders/audit-read" as Key);

    expect(round([...ALL.slice(0, 50).map((at) => recordOf(at)), ofPolicy])).toEqual(ALL.slice(0, 50));
  });

  test("are those that were asked for longest ago, the ones that never were first", () => {
    const records = ALL.map((at) => recordOf(at, at < 30 ? { askedMs: null } : { askedMs: 1_000 - at }));

    expect(round(records)).toEqual([...ALL.slice(0, 30), ...ALL.slice(80)]);
  });

  test("have their turn within twelve sweeps in a large account", () => {
    const asked = new Set<Key>();
    let records = Array.from({ length: 1_200 }, (_, at) => recordOf(at, { askedMs: null }));
    for (let sweep = 1; sweep <= 12; sweep += 1) {
      const now = adoptionRound(records);
      now.forEach((key) => asked.add(key));
      records = records.map((one, at) => (now.has(one.key) ? recordOf(at, { askedMs: sweep }) : one));
    }

    expect(asked.size).toBe(1_200);
  });

  test.each([
    { change: { adoption: { ...OBSERVED, latestArn: null } }, because: "their functions do not exist yet" },
    { change: { status: statusOf({ sync: "Unknown" }) }, because: "their functions are not read" },
    { change: { adoption: undefined }, because: "Git released them" },
  ])("have their turn while many others never have an answer: $because", ({ change }) => {
    const { adoption, ...rest } = change as Partial<KeyRecord>;
    const others = ALL.map((at) => {
      const { adoption: _, ...record } = recordOf(at);
      const known = "adoption" in change ? adoption : { ...OBSERVED, askedMs: null };
      return { ...record, ...rest, ...(known && { adoption: known }) };
    });
    const waiting = [100, 101].map((at) => recordOf(at, { askedMs: 1_000 }));

    const found = round([...others, ...waiting]);

    expect(found).toEqual([...ALL.slice(0, 50), 100, 101]);
  });

  test.each([
    { adoption: { ...ADOPTED, askedMs: 9_999 }, because: "its deployer is about to switch it" },
    { adoption: { needs: UNMET, askedMs: 9_999 }, because: "its team is about to add what Lambda needs" },
  ])("include one out of turn: $because", ({ adoption }) => {
    const records = ALL.map((at) => recordOf(at, at === 99 ? adoption : { askedMs: at }));

    expect(round(records)).toEqual([...ALL.slice(0, 50), 99]);
  });

  test("do not include one whose triggers cannot be read out of turn", () => {
    const adoption = { needs: { kind: "failed", reason: "denied" }, askedMs: 9_999 } as const;

    expect(round(ALL.map((at) => recordOf(at, at === 99 ? adoption : { askedMs: at })))).not.toContain(99);
  });
});
