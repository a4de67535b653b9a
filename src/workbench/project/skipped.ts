import { isManifestPath } from "../../manifest/parse/parse.ts";
import type { ParsedFile } from "../../manifest/parse/parsed.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { ReadFolder } from "../../cli/toolbox/toolbox.ts";

type Skipped = ReadFolder["skipped"][number];

export const SKIPPED = "skipped-file";

/** A file that the controller does not see, as one without documents and with a warning. */
export function skippedFile(
  skipped: Skipped,
  paths: { readonly platformPath: string; readonly tenantPath: string },
): ParsedFile {
  const { path } = skipped;
  const origin = { file: path, line: 1, column: 1, path: "" };
  const [message, fix] = textOf(skipped, paths);
  const warning: Diagnostic = { severity: "warning", code: SKIPPED, origin, message, fix };
  return { path, readable: true, diagnostics: [warning], documents: [], parts: 0 };
}

function textOf(
  { reason }: Skipped,
  { platformPath, tenantPath }: Parameters<typeof skippedFile>[1],
): readonly [string, string] {
  if (reason === "ignored")
    return [
      "the file is ignored by Git, so that the controller does not read it",
      "remove the pattern from .gitignore, or remove the file",
    ];
  if (reason === "outside")
    return [
      `the manifest is outside ${platformPath}/ and ${tenantPath}/, so that the controller does not read it`,
      `move it below ${platformPath}/ or ${tenantPath}/NAMESPACE/`,
    ];
  return [
    "Git does not open this repository here: ignored files and filters are not known, links are not followed",
    "run the command as the owner of the repository, with git installed",
  ];
}

/** A file of which Git has emptied the documents, or that has only comments: what it declared is removed. */
export function emptyFileWarnings(files: readonly ParsedFile[]): readonly Diagnostic[] {
  return files.filter(isEmpty).map(({ path }) => ({
    severity: "warning",
    code: "empty-file",
    origin: { file: path, line: 1, column: 1, path: "" },
    message: "the file has no document: nothing in it is declared",
    fix: "restore its documents, or delete the file if they are to be removed",
  }));
}

function isEmpty({ path, readable, documents, diagnostics }: ParsedFile): boolean {
  return isManifestPath(path) && readable && documents.length + diagnostics.length === 0;
}
