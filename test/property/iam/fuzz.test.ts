import { describe, jest, test } from "@jest/globals";
import fc from "fast-check";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { readAll } from "../../support/policies/document-readers.ts";
import { anyPlace } from "../../support/second-opinion/drawn-place.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

/** A document in AWS may be anything: bytes as text, JSON that is no policy, a policy with a replaced part. */
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder().decode(bytes)),
  fc.string({ unit: "binary" }),
  fc.json(),
  fc
    .tuple(
      anyPlace,
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom("null", "{}", "[", "\\u0000", "%", "__proto__")),
    )
    .map(([{ document }, at, length, piece]) => {
      const text = JSON.stringify(document);
      return text.slice(0, at % text.length) + piece + text.slice((at % text.length) + length);
    }),
  fc
    .tuple(
      anyPlace,
      fc.constantFrom(
        "Statement",
        "Action",
        "Resource",
        "Effect",
        "Principal",
        "Condition",
        "Version",
        "constructor",
        "__proto__",
      ),
      fc.jsonValue(),
    )
    .map(([{ document }, name, value]) =>
      JSON.stringify(document).replace(
        new RegExp(`"${name}":("[^"]*"|\\[[^\\]]*\\])|\\{`),
        () => `{"${name}":${JSON.stringify(value)},"x":1`,
      ),
    ),
);

describe("any content of a document", () => {
  test("is read without a throw", () => {
    fc.assert(
      fc.property(hostile, hostile, (text, other) => {
        readAll(text, other);
        readAll(other, text);
      }),
      { numRuns: FC_RUNS },
    );
  });
});
