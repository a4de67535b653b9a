import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { entryHash, plainFact } from "../../../src/audit/canonical.ts";
import { PLACEHOLDERS, textToHash } from "../../../src/audit/chain.ts";
import { sha256Hex } from "../../../src/model/values/digest.ts";
import { intent, refusal } from "../../support/record/audit-facts.ts";

const PLACE = { seq: 7, at: "2026-11-25T12:00:00.000Z", prev: "a".repeat(64) };
/** Texts that a mistake could take for a placeholder, or that JSON writes in another way. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("\u0001a", "\u0001p", "\u0001s", '"at":""', "\\u0001s", "\0", "\ud800"),
);
const fact = fc.oneof(
  text.map((reason) => ({ ...refusal(1), reason })),
  fc
    .record({
      after: text,
      input: fc.dictionary(text, fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }))),
    })
    .map((change) => intent(change)),
);

test("with the placeholders replaced, the text has the hash of the entry", () => {
  fc.assert(
    fc.property(fact, (drawn) => {
      const plain = plainFact(drawn);

      const placed = textToHash(plain)
        .replace(PLACEHOLDERS.at, PLACE.at)
        .replace(PLACEHOLDERS.prev, PLACE.prev)
        .replace(PLACEHOLDERS.seq, String(PLACE.seq));

      expect(sha256Hex(placed)).toBe(entryHash({ ...plain, ...PLACE }));
    }),
  );
});
