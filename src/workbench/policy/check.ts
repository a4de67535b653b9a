import type { PolicyFinding } from "../../iam/finding.ts";
import type { DocumentSize } from "../../iam/read/quotas.ts";
import type { Layout } from "../../cli/screen/layout.ts";
import { problemLines } from "../../cli/screen/problem.ts";
import { grid } from "../../cli/screen/table.ts";
import { counted } from "../../text/phrases.ts";
import { toned, type ScreenLine } from "../../text/screen-line.ts";

export interface CheckedFile {
  readonly file: string;
  readonly isReadable: boolean;
  /** In the order of the text. */
  readonly findings: readonly PolicyFinding[];
  readonly sizes: readonly DocumentSize[];
}

/** Each finding where editors can follow it, then the size of each document with what remains of its quota, then the sum. */
export function checkLines(checked: readonly CheckedFile[], { width }: Layout): readonly ScreenLine[] {
  const findings = checked.flatMap(({ file, findings }) =>
    findings.flatMap((found) => findingLines(file, found, width)),
  );
  const sizes = toned("aside", grid(checked.flatMap(sizeCells)));
  return [...findings, ...(findings.length > 0 && sizes.length > 0 ? [""] : []), ...sizes, summary(checked)];
}

function findingLines(file: string, found: PolicyFinding, width: number): readonly ScreenLine[] {
  const { rule, severity, line, column, reason, fix, aws } = found;
  const place = `${file}:${line}:${column}`;
  return [
    ...problemLines({ level: severity, place, message: `${rule}: ${reason}`, hint: fix }, width),
    ...(aws === null
      ? []
      : problemLines({ level: "note", place: null, message: `AWS answers: ${aws}`, hint: null }, width)),
  ];
}

function sizeCells({ file, sizes }: CheckedFile): readonly (readonly string[])[] {
  return sizes.map(({ as, used, quota }) => {
    const left = used > quota ? `${used - quota} too many` : `${quota - used} left`;
    return ["size", file, as, `${used} of ${quota} characters`, left];
  });
}

function summary(checked: readonly CheckedFile[]): string {
  const { errors, warnings, notes } = countsOf(checked);
  const counts = [counted(errors, "error"), counted(warnings, "warning"), counted(notes, "note")];
  return `${counted(checked.length, "document")}: ${counts.join(", ")}`;
}

function countsOf(checked: readonly CheckedFile[]): {
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
} {
  const all = checked.flatMap(({ findings }) => findings);
  const count = (severity: PolicyFinding["severity"]): number =>
    all.filter((found) => found.severity === severity).length;
  return { errors: count("error"), warnings: count("warning"), notes: count("note") };
}

/** The same for programs. */
export function checkValue(checked: readonly CheckedFile[]) {
  const documents = checked.map(({ file, isReadable, findings, sizes }) => ({
    file,
    readable: isReadable,
    findings,
    sizes: sizes.map((size) => ({ ...size, left: size.quota - size.used })),
  }));
  return { documents, ...countsOf(checked) };
}
