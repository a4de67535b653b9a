import { expect, test } from "@jest/globals";
import { ParsedRows } from "../../src/store/rows/parsed-rows.ts";

test("a row is parsed again only when its text is another one", () => {
  const parsed: string[] = [];
  const rows = new ParsedRows((text) => {
    parsed.push(text);
    return JSON.parse(text) as unknown;
  });
  const first = rows.contentOf({ name: "prod", text: '{"mode":"observe"}' });

  const again = rows.contentOf({ name: "prod", text: '{"mode":"observe"}' });
  const other = rows.contentOf({ name: "staging", text: '{"mode":"observe"}' });
  const changed = rows.contentOf({ name: "prod", text: '{"mode":"enforce"}' });

  expect(again).toBe(first);
  expect(other).not.toBe(first);
  expect(changed).toEqual({ mode: "enforce" });
  expect(parsed).toHaveLength(3);
});
