import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Compilation } from "../../manifest/compile/compile.ts";
import type { ParsedFile } from "../../manifest/parse/parsed.ts";
import type { CorrectedLine } from "../reports/corrected-line.ts";
import type { ReportedProblem } from "../reports/problem-report.ts";
import type { ServiceFolder } from "../project/service.ts";
import type { Paths } from "../../manifest/folder-owner.ts";

/**
 * The manifests of one project, with the open documents over its files, as far as they are known at one moment. All files
 * have the names that the compiler uses.
 */
export interface Analysis {
  /** Of a service, also those of the platform's part. */
  readonly files: readonly ParsedFile[];
  /** null: the manifests are the platform's. */
  readonly service: ServiceFolder | null;
  readonly compilation: Compilation;
  readonly paths: Paths;
  /** Of all files, of a service of its own ones, as `validate` has them. */
  readonly diagnostics: readonly Diagnostic[];
  /** The lines of a file that was read; null for others. */
  readonly linesOf: (file: string) => readonly string[] | null;
  /** Lines that end findings of rules at the places of these problems. Each was tried, which costs a further compilation. */
  readonly correctedAt: (problems: readonly ReportedProblem[]) => readonly CorrectedLine[];
}
