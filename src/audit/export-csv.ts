import { canonicalText } from "../model/digest.ts";
import type { Json } from "../model/json.ts";
import { asJson } from "./canonical.ts";
import type { AuditEntry } from "./entry.ts";

/** What an auditor filters by; everything else of an entry stands in `detail` as JSON. */
const COLUMNS = [
  "seq",
  "at",
  "kind",
  "key",
  "revision",
  "actor",
  "call",
  "target",
  "outcome",
  "requestId",
  "reason",
] as const;

/** Shown by the columns before, or by no column: a table is no proof, the chain is in the other format. */
const NOT_DETAIL: ReadonlySet<string> = new Set([...COLUMNS, "prev", "hash"]);

export const CSV_HEADER = `${[...COLUMNS, "detail", "hash"].join(",")}\r\n`;

/** One entry as a row of RFC 4180, with its line end. */
export function csvRow(entry: AuditEntry): string {
  const members = asJson(entry);
  const rest = Object.entries(members).filter(([name]) => !NOT_DETAIL.has(name));
  const cells = [
    ...COLUMNS.map((name) => cellText(members[name])),
    canonicalText(Object.fromEntries(rest)),
    entry.hash,
  ];
  return `${cells.map(quoted).join(",")}\r\n`;
}

function cellText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : canonicalText(value);
}

/**
 * Spreadsheets run a cell that begins so as a formula, also after blanks and in full width: an apostrophe makes it text.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[\s\u0000-\u001f]*[=+\-@＝＋－＠|%]|^[\t\r\n]/u;

function quoted(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
