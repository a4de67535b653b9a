import { describe, expect, test } from "@jest/globals";
import { exportLines } from "../../../src/audit/export-lines.ts";
import { collect } from "../../support/collect.ts";

/** The bytes in pieces of this size. */
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

describe("the lines of an export", () => {
  test.each([1, 2, 3, 100])("do not depend on the size of the chunks: %i bytes", async (size) => {
    const bytes = Buffer.from("ä\u2028b\r\n\nlast€\n");

    expect(await collect(exportLines(pieces(bytes, size)))).toEqual(["ä\u2028b\r", "", "last€"]);
  });

  test.each([
    { bytes: Buffer.from(""), lines: [], because: "an empty file has none" },
    { bytes: Buffer.from("a\nb"), lines: ["a", "b"], because: "the last line may lack its line end" },
    {
      bytes: Buffer.from([0xff, 0x0a, 0x61]),
      lines: ["not UTF-8", "a"],
      because: "invalid bytes break only their own line",
    },
    { bytes: Buffer.from("\ufeffa\n"), lines: ["\ufeffa"], because: "a byte order mark is a changed byte" },
  ])("$because", async ({ bytes, lines }) => {
    expect(await collect(exportLines(pieces(bytes, 2)))).toEqual(lines);
  });

  test.each([1, 2, 100])(
    "that are too long are skipped, and the others are read: chunks of %i bytes",
    async (size) => {
      const bytes = Buffer.from("abcde\nabc\nabcdefgh\na\nabcdef");

      expect(await collect(exportLines(pieces(bytes, size), 3))).toEqual([
        "too long",
        "abc",
        "too long",
        "a",
        "too long",
      ]);
    },
  );
});
