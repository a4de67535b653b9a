import { describe, expect, test } from "@jest/globals";
import { CSV_HEADER, csvRow } from "../../../src/audit/export-csv.ts";
import type { AuditEntry, AuditFact } from "../../../src/audit/entry.ts";
import { intent, KEY, refusal } from "../../support/record/audit-facts.ts";
import { chainOf } from "../../support/record/chain.ts";

function entryOf(fact: AuditFact): AuditEntry {
  const [entry] = chainOf([fact]).entries;
  if (entry === undefined) throw new Error("no entry");
  return entry;
}

describe("a row of the table", () => {
  test("has the cells of the header, quoted", () => {
    const entry = entryOf(refusal(1));

    expect(CSV_HEADER).toBe(
      "seq,at,kind,key,revision,actor,call,target,outcome,requestId,reason,detail,hash\r\n",
    );
    expect(csvRow(entry)).toBe(
      `"1","2026-11-25T12:00:00.000Z","request-refused","","","token-1","","","","","the scope suspend is missing",` +
        `"{""method"":""POST"",""path"":""/v1/suspensions"",""status"":403}","${entry.hash}"\r\n`,
    );
  });

  test("names key, revision, call and target of a write, and keeps the rest as JSON", () => {
    const row = csvRow(entryOf(intent()));

    expect(row).toContain(
      `"write-intended","${KEY}","main@sha1:${"a".repeat(40)}","","iam:PutRolePolicy","arn:`,
    );
    expect(row).toContain('""step"":6');
  });

  test("has an empty cell for null", () => {
    const fact: AuditFact = {
      kind: "write-finished",
      intent: 1,
      key: KEY,
      requestId: null,
      outcome: "failed",
      error: null,
    };

    expect(csvRow(entryOf(fact))).toContain('"failed","","","{""error"":null,""intent"":1}"');
  });

  test.each([
    { text: "=cmd|' /C calc'!A0", cell: `"'=cmd|' /C calc'!A0"`, because: "an equals sign begins a formula" },
    { text: "+1", cell: `"'+1"`, because: "a plus begins a formula" },
    { text: "-1", cell: `"'-1"`, because: "a minus begins a formula" },
    { text: "@SUM(A1)", cell: `"'@SUM(A1)"`, because: "an at sign begins a formula" },
    { text: "\t=1", cell: `"'\t=1"`, because: "a tab hides one" },
    { text: "\r\n=1", cell: `"'\r\n=1"`, because: "a line end hides one" },
    { text: "  =1", cell: `"'  =1"`, because: "spaces hide one" },
    { text: "＝1", cell: `"'＝1"`, because: "some programs treat a full-width sign as the same" },
    { text: `=1","x`, cell: `"'=1"",""x"`, because: "quotes do not end a cell" },
    { text: "a=1", cell: `"a=1"`, because: "an equals sign within a text is harmless" },
    { text: "line one\nline two", cell: `"line one\nline two"`, because: "a line end within a text is kept" },
  ])("contains no formula: $because", ({ text, cell }) => {
    const fact: AuditFact = { ...intent(), target: text };

    expect(csvRow(entryOf(fact))).toContain(`"iam:PutRolePolicy",${cell},""`);
  });

  test("shows a value of another type in a text column", () => {
    const odd = { ...entryOf(refusal(1)), kind: "of-tomorrow", reason: ["a"] };

    expect(csvRow(odd as unknown as AuditEntry)).toContain('"[""a""]"');
  });
});
