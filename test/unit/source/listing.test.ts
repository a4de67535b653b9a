import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { Records } from "../../../src/source/objects/listing.ts";

const recordsOf = (records: Records): readonly string[] =>
  records.complete.map((record) => record.toString("latin1"));

test("records do not depend on how the output is split into chunks", () => {
  const names = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(names, fc.array(fc.nat({ max: 9 }), { maxLength: 60 }), (expected, sizes) => {
      const output = Buffer.from(expected.map((name) => `${name}\0`).join(""));
      const records = new Records(Infinity);
      let at = 0;
      for (const size of sizes) {
        records.take(output.subarray(at, at + size));
        at += size;
      }
      records.take(output.subarray(at));

      expect(recordsOf(records)).toEqual(expected);
    }),
  );
});

test("1,000 paths of a megabyte each take a few megabytes of memory, not a thousand", () => {
  const records = new Records(2_000);
  const piece = Buffer.alloc(65_536, "x");

  for (let count = 0; count < 1_000; count += 1) {
    for (let part = 0; part < 16; part += 1) records.take(piece);
    records.take(Buffer.from([0]));
  }
  records.take(Buffer.from("short\0"));

  // Small buffers share memory.
  const memory = new Set(records.complete.map(({ buffer }) => buffer));
  const kept = [...memory].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(records.complete).toHaveLength(1_001);
  expect(kept).toBeLessThan(20_000_000);
  expect(recordsOf(records).at(-1)).toBe("short");
});

test("one record over the limit ends the listing", () => {
  const records = new Records(2);

  expect(records.take(Buffer.from("a\0b\0"))).toBe(true);
  expect(records.take(Buffer.from("c\0"))).toBe(false);
  expect(records.isTooMany).toBe(true);
});
