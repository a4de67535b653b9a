import { describe, expect, test } from "@jest/globals";
import { sliceToRead, type KeepablePolicies } from "../../../../src/judge/policy-reads/slice.ts";

const MINUTE_MS = 60_000;
const NOW_MS = 100 * 60 * MINUTE_MS;
const TIME = { nowMs: NOW_MS, sweepMs: 5 * MINUTE_MS, withinMs: 60 * MINUTE_MS, tookMs: 0 };

function known(name: string, ageMinutes: number, isOpen = false): KeepablePolicies {
  return { name, readMs: NOW_MS - ageMinutes * MINUTE_MS, isOpen };
}

function many(count: number, ageMinutes: number): readonly KeepablePolicies[] {
  return Array.from({ length: count }, (_, at) => known(`f${String(at).padStart(4, "0")}`, ageMinutes));
}

describe("the policies that a sweep reads although it could keep them", () => {
  test.each([
    { count: 1_000, read: 112, because: "an hour has nine sweeps that count, so each reads a ninth" },
    { count: 150, read: 17, because: "the share is of any number" },
    { count: 30, read: 10, because: "each sweep reads at least ten" },
    { count: 7, read: 7, because: "there are fewer than ten" },
    { count: 0, read: 0, because: "there are none" },
  ])("are $read of $count: $because", ({ count, read }) => {
    expect(sliceToRead(many(count, 5), TIME).size).toBe(read);
  });

  test.each([
    { within: 10, because: "a sweep may fail, and the next one be late" },
    { within: 0, because: "nothing is kept" },
  ])("are all if they must be read within $within minutes: $because", ({ within }) => {
    const time = { ...TIME, withinMs: within * MINUTE_MS };

    expect(sliceToRead(many(30, 1), time).size).toBe(30);
  });

  test("are all that the next sweep would read too late", () => {
    expect(sliceToRead([...many(40, 50), ...many(20, 1)], TIME).size).toBe(40);
  });

  test("are those that may let in others first, then the oldest, then by name", () => {
    const old = Array.from({ length: 8 }, (_, at) => known(`old-${at}`, 30));
    const found = sliceToRead(
      [known("b", 20), known("a", 20), known("open", 15, true), known("young", 10), ...old],
      TIME,
    );

    expect([...found].sort()).toEqual(["a", ...old.map(({ name }) => name), "open"].sort());
    expect(found.size).toBe(10);
  });

  test("are more if sweeps take longer", () => {
    const time = { ...TIME, tookMs: 2 * MINUTE_MS };

    // Two pauses of 9.5 minutes and a sweep of 4 minutes leave 37 minutes: 4 sweeps.
    expect(sliceToRead(many(1_000, 5), time).size).toBe(250);
  });

  test("include one whose reading is of the future: the clock was set back", () => {
    expect(sliceToRead([...many(30, 20), known("future", -5)], TIME)).toContain("future");
  });

  test("are in a steady state never many more than an equal share, and none becomes older than it may", () => {
    let policies = [...many(300, 0), ...Array.from({ length: 50 }, (_, at) => known(`open-${at}`, 0, true))];
    const sizes: number[] = [];
    const oldestMs: number[] = [];
    for (let sweep = 1; sweep <= 60; sweep += 1) {
      const nowMs = NOW_MS + sweep * TIME.sweepMs;
      oldestMs.push(...policies.map(({ readMs }) => nowMs - readMs));
      const read = sliceToRead(policies, { ...TIME, nowMs });
      sizes.push(read.size);
      policies = policies.map((one) => (read.has(one.name) ? { ...one, readMs: nowMs } : one));
    }

    expect(Math.max(...sizes)).toBeLessThanOrEqual(47);
    expect(Math.max(...oldestMs)).toBeLessThanOrEqual(TIME.withinMs - TIME.sweepMs);
  });
});
