import { canonicalText } from "../model/values/digest.ts";
import type { Json } from "../model/values/json.ts";
import { asJson } from "./canonical.ts";
import type { AuditEntry } from "./entry.ts";

/** The columns that an auditor filters by. All other members of an entry are in `detail` as JSON. */
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

/** Members with a column of their own, and members left out: a table proves nothing; the other format has the chain. */
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
 * Spreadsheets execute a cell that begins like this as a formula, also after blanks and in full-width characters. An
 * apostrophe makes it text.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[\s\u0000-\u001f]*[=+\-@＝＋－＠|%]|^[\t\r\n]/u;

function quoted(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
