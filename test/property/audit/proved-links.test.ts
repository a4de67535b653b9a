import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { asJson, entryHash } from "../../../src/audit/canonical.ts";
import { canonicalObject } from "../../../src/audit/canonical-object.ts";
import type { AuditFact } from "../../../src/audit/entry.ts";
import { checkedLink, parsedLink } from "../../../src/audit/link.ts";
import { readLink } from "../../../src/audit/proved-link.ts";
import { canonicalText, sha256Hex } from "../../../src/model/values/digest.ts";
import { ok } from "../../../src/model/values/result.ts";
import { fromRow, toRow, type EntryRow } from "../../../src/store/rows/audit-rows.ts";
import { provedRowLink, rowText } from "../../../src/store/sqlite/audit/row-link.ts";
import type { Documents } from "../../../src/store/rows/documents.ts";
import { finish, intent, KEY, refusal } from "../../support/record/audit-facts.ts";
import { chainOf } from "../../support/record/chain.ts";

const POLICY = JSON.stringify({ Statement: [{ Sid: "a".repeat(130), Effect: "Allow", Resource: "*" }] });
const written = intent({
  after: POLICY,
  input: { Tags: [{ Key: "a" }], PolicyDocument: POLICY },
  before: "",
});
const begun = chainOf([written]).entries;
const facts: readonly (AuditFact | "sign")[] = [
  written,
  ...begun.map((entry) => finish(entry, "applied")),
  refusal(1),
  "sign",
  intent({ before: POLICY, after: "é".repeat(130), input: { Age: 1.5, Nested: { b: [], a: {} } } }),
  intent({ input: { PolicyDocument: POLICY, 10: true, 9: false, Path: "/" } }),
];
const { entries, lines } = chainOf(facts);

/** What people change in a text: characters with a meaning in JSON, and other spellings of a value. */
const piece = fc.constantFrom(
  "",
  " ",
  ",",
  ":",
  '"',
  "{",
  "}",
  "[",
  "]",
  "[]",
  "{}",
  "\\",
  "\\/",
  "\\u0041",
  "\\u001f",
  "\\n",
  "\t",
  "0",
  "00",
  "-0",
  "1.0",
  "1e3",
  "9007199254740993",
  "null",
  "true",
  "é",
  "\u007f",
  "\u2028",
  "\ud800",
  '"a":1,',
  '"a":1,"a":1,',
  '"__proto__":1,',
  '"zz":1,',
  ',"zz":1',
  '"hash":"x",',
  '"kind":"other",',
);

interface Change {
  readonly at: number;
  readonly removed: number;
  readonly piece: string;
}

const changes = fc.array(fc.record({ at: fc.nat(2_000), removed: fc.constantFrom(0, 0, 1, 2, 6), piece }), {
  maxLength: 3,
});

function changed(text: string, list: readonly Change[]): string {
  return list.reduce((now, { at, removed, piece }) => {
    const place = at % (now.length + 1);
    return now.slice(0, place) + piece + now.slice(place + removed);
  }, text);
}

/** As a forger writes it: with the hash of its own text. */
function withOwnHash(line: string): string {
  const rest = line.replace(/"hash":"[0-9a-f]*",/, "");
  return line.replace(/"hash":"[0-9a-f]*",/, `"hash":"${sha256Hex(rest)}",`);
}

/** Documents by their hash, without a database. */
function documentsIn(texts: Map<string, string>): Documents {
  return {
    put: (text) => {
      texts.set(sha256Hex(text), text);
      return sha256Hex(text);
    },
    hash: sha256Hex,
    get: (hash) => texts.get(hash),
    quoted: (hash) => (texts.has(hash) ? JSON.stringify(texts.get(hash)) : undefined),
  };
}

function slowLink(row: EntryRow, documents: Documents): unknown {
  try {
    return checkedLink(fromRow(row, documents));
  } catch {
    return null;
  }
}

describe("an entry that is proved in its text", () => {
  test("has the same link, or the same problem, as one that is parsed", () => {
    fc.assert(
      fc.property(fc.constantFrom(...lines), changes, fc.boolean(), (line, list, isForged) => {
        const text = isForged ? withOwnHash(changed(line, list)) : changed(line, list);

        expect(readLink(text)).toEqual(parsedLink(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test("is the usual case: only checkpoints and rare characters are parsed", () => {
    const isProved = lines.map((line) => canonicalObject(line) !== null);

    expect(isProved).toEqual([true, true, true, true, false, true]);
  });
});

const REFERENCES = [
  "null",
  "[",
  '{"key":"x"}',
  '{"input":"x"}',
  '{"after":7}',
  '{"input.a":"x"}',
  '{"at":"x"}',
];
/** Changes of columns; most rows have none. */
const COLUMNS: readonly Partial<EntryRow>[] = [
  {},
  {},
  {},
  { key: null },
  { key: KEY },
  { kind: "other" },
  { kind: "write-finished" },
  { prev: '"' },
  { seq: 7 },
  { at_ms: 0.5 },
  { at_ms: 9e18 },
  ...REFERENCES.map((text) => ({ documents: text.replace('"x"', `"${sha256Hex(POLICY)}"`) })),
];

describe("a row that is proved in its texts", () => {
  const row = fc.constantFrom(...entries).chain((entry) =>
    fc.record({
      entry: fc.constant(entry),
      fact: changes,
      references: changes,
      column: fc.constantFrom(...COLUMNS),
    }),
  );

  test("has exactly the text that the parsed entry has", () => {
    fc.assert(
      fc.property(row, ({ entry, fact, references, column }) => {
        const texts = new Map([[sha256Hex(POLICY), POLICY]]);
        const stored = toRow(entry, documentsIn(texts));
        const documents = stored.documents === null ? null : changed(stored.documents, references);
        const tampered = { ...stored, fact: changed(stored.fact, fact), documents, ...column };

        const text = rowText(tampered, documentsIn(texts));

        if (text === null) return;
        const { hash: _, ...rest } = fromRow(tampered, documentsIn(texts));
        expect(text).toBe(canonicalText(asJson(rest)));
      }),
      { numRuns: 2_000 },
    );
  });

  test("has the same link as the parsed entry, also where a forger hashed it again", () => {
    fc.assert(
      fc.property(row, fc.boolean(), ({ entry, fact, column }, isForged) => {
        const texts = new Map([[sha256Hex(POLICY), POLICY]]);
        const documents = documentsIn(texts);
        const tampered = {
          ...toRow(entry, documents),
          fact: changed(toRow(entry, documents).fact, fact),
          ...column,
        };
        const text = isForged ? rowText(tampered, documents) : null;
        const forged = text === null ? tampered : { ...tampered, hash: sha256Hex(text) };

        const proved = provedRowLink(forged, documents);

        fc.pre(proved !== null);
        expect(proved === null ? null : ok(proved)).toEqual(slowLink(forged, documents));
      }),
      { numRuns: 1_000 },
    );
  });

  test("is the usual case: no ordinary row is parsed", () => {
    const texts = new Map<string, string>();
    const rows = entries.map((entry) => toRow(entry, documentsIn(texts)));

    const isProved = rows.map((stored) => provedRowLink(stored, documentsIn(texts)) !== null);

    // The fourth is a checkpoint, the fifth has a fraction, the sixth names that are numbers.
    expect(isProved).toEqual([true, true, true, false, false, false]);
    expect(entries.every((entry) => entryHash(entry) === entry.hash)).toBe(true);
  });
});
