import { describe, expect, test } from "@jest/globals";
import { parseHeaders } from "../../../src/telemetry/otlp/headers.ts";

const SECRET = "s3cr3t-0f3c9a77";

describe("the headers of a collector", () => {
  test("are one in each line, without blank lines and line ends of Windows", () => {
    expect(parseHeaders(`Authorization: Bearer ${SECRET}\r\n\nX-Scope-OrgID:team-a\n`)).toEqual({
      kind: "ok",
      value: { authorization: `Bearer ${SECRET}`, "x-scope-orgid": "team-a" },
    });
  });

  test.each([
    { line: SECRET, because: "a token alone is no header" },
    { line: `x-honeycomb-team=${SECRET}`, because: "OTEL_EXPORTER_OTLP_HEADERS has this form" },
    { line: `x key: ${SECRET}`, because: "a name has no blank" },
    { line: `: ${SECRET}`, because: "a header has a name" },
    { line: "authorization:", because: "a header has a value" },
    { line: `authorization: ${SECRET}\u0007`, because: "a value has no control characters" },
    { line: `authorization: ${SECRET}é`, because: "fetch would refuse it, and quote it in its error" },
  ])("are refused by line, and never quoted: $because", ({ line }) => {
    expect(parseHeaders(`a: b\n${line}\n`)).toEqual({ kind: "err", error: "line 2 is not NAME: VALUE" });
  });
});
