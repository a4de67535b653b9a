import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { parse } from "yaml";
import { flowText, memberLines } from "../../src/text/yaml/flow-text.ts";
import type { Json } from "../../src/model/values/json.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    "true",
    "no",
    "012345678901",
    "1e3",
    "0x1f",
    "null",
    "~",
    "-",
    "a: b",
    "a #b",
    "[x]",
    "{x}",
    "&a",
    "*a",
    "!t",
    "%x",
    "@x",
    "2027-01-01",
    "12:30:45",
    "s3:GetObject",
    "arn:aws:s3:::b/*",
    "${account.vars.x}",
    "queue.fifo",
    "a,b",
    "alias/x",
  ),
);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    text,
    fc.boolean(),
    fc.integer(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(text, tie("value"), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
  ),
})).value as fc.Arbitrary<Json>;

test(
  "a value that is printed in one line is read back unchanged",
  () => {
    fc.assert(
      fc.property(value, (written) => {
        expect(parse(flowText(written))).toEqual(written);
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

test(
  "an entry that is printed for a list is read back as its one member",
  () => {
    fc.assert(
      fc.property(fc.dictionary(text, value, { minKeys: 1, maxKeys: 3, noNullPrototype: true }), (entry) => {
        expect(parse(memberLines(entry).join("\n"))).toEqual([entry]);
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);
