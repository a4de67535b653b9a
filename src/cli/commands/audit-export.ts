import { open } from "node:fs/promises";
import { Option } from "commander";
import { CSV_HEADER, csvRow } from "../../audit/export-csv.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { requireInstallation } from "../toolbox/installation.ts";
import { addConfig, type ConfigOptions } from "../toolbox/options.ts";
import { addPeriod, periodOf, type ChosenPeriod, type PeriodOptions } from "../toolbox/period-options.ts";
import { cleanLine } from "../screen/paint.ts";
import { printAside } from "../screen/print.ts";
import { counted } from "../../text/phrases.ts";
import type { AuditRange, AuditReader } from "../../controller/ports/audit-log.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

interface ExportOptions extends ConfigOptions, PeriodOptions {
  readonly format: "jsonl" | "csv";
  readonly out?: string;
}

export const auditExport: CliCommand<ExportOptions> = {
  name: "audit export",
  summary: "export the audit record as JSON lines or CSV",
  description:
    "Writes the record of the state directory; a controller may be running. `jsonl` can be verified anywhere with `audit verify`; `csv` is for people and proves nothing.",
  examples: [
    ["grantkeeper audit export > audit.jsonl", "the entire record"],
    ["grantkeeper audit export --format csv --since 2026-09-01 --out 2026-09.csv", "for a spreadsheet"],
  ],
  define: (command) => {
    addPeriod(
      addConfig(command).addOption(
        new Option("--format <format>", "format of the export").choices(["jsonl", "csv"]).default("jsonl"),
      ),
    ).option("--out <file>", "a new file instead of standard output");
  },
  run: async ({ options, toolbox }) => {
    const period = periodOf(options, toolbox.clock.nowMs());
    const installation = await requireInstallation(options, toolbox);
    const reader = await installation.audit();
    try {
      const head = options.format === "csv" ? CSV_HEADER : "";
      const count = await writeAll(
        { head, rows: rowsOf(reader, options.format, period) },
        options.out,
        toolbox,
      );
      if (options.out !== undefined)
        await printAside(
          () => [cleanLine(`${counted(count, "entry", "entries")} written to ${options.out}`)],
          toolbox,
        );
      return 0;
    } finally {
      reader.close();
    }
  },
};

async function* rowsOf(
  reader: AuditReader,
  format: ExportOptions["format"],
  { sinceMs, untilMs }: ChosenPeriod,
): AsyncGenerator<string> {
  const range: AuditRange = { ...(sinceMs !== null && { sinceMs }), ...(untilMs !== null && { untilMs }) };
  if (format === "csv") {
    for await (const entry of reader.entries(range)) yield csvRow(entry);
    return;
  }
  for await (const line of reader.lines(range)) yield `${line}\n`;
}

/** @returns the number of entries */
async function writeAll(
  { head, rows }: { readonly head: string; readonly rows: AsyncIterable<string> },
  out: string | undefined,
  toolbox: Toolbox,
): Promise<number> {
  const { write, close } =
    out === undefined ? { write: toolbox.terminal.out, close: () => Promise.resolve() } : await newFile(out);
  let count = 0;
  try {
    if (head !== "") await write(head);
    for await (const row of rows) {
      toolbox.signal.throwIfAborted();
      await write(row);
      count += 1;
    }
  } finally {
    await close();
  }
  return count;
}

/** An existing export is never overwritten: it may be the last copy. */
async function newFile(
  path: string,
): Promise<{ readonly write: (text: string) => Promise<void>; readonly close: () => Promise<void> }> {
  try {
    const file = await open(path, "wx", 0o600);
    return { write: async (text) => void (await file.write(text)), close: () => file.close() };
  } catch (cause) {
    const code = errorCode(cause) ?? "unknown failure";
    throw new CliError(
      `cannot write ${path} (${code})`,
      code === "EEXIST" ? "name a file that does not exist yet" : null,
      { cause },
    );
  }
}
