import { isManifestPath } from "../../manifest/parse/parse.ts";
import type { ParsedFile } from "../../manifest/parse/parsed.ts";
import { warningAt, type Diagnostic, type Mistake } from "../../model/diagnostic.ts";
import { someOf } from "../../text/phrases.ts";
import type { ReadFolder } from "../../cli/toolbox/toolbox.ts";

type Skipped = ReadFolder["skipped"][number];

export const SKIPPED = "skipped-file";

interface ProjectPaths {
  readonly platformPath: string;
  readonly tenantPath: string;
}

/** Files that the controller does not see, as files without documents and with a warning. */
export function skippedProjectFiles(skipped: readonly Skipped[], paths: ProjectPaths): readonly ParsedFile[] {
  const named = skipped.filter(({ reason }) => reason !== "other-yaml");
  const others = skipped.filter(({ reason }) => reason === "other-yaml").map(({ path }) => path);
  return [
    ...named.map(({ path, reason }) => withWarning(path, problemOf(reason, paths))),
    // One warning for all: a repository may have hundreds of charts and pipelines next to its manifests.
    ...(others.length === 0 ? [] : [withWarning(".", otherYaml(others, paths))]),
  ];
}

function withWarning(path: string, problem: Mistake): ParsedFile {
  const warning = warningAt({ file: path, line: 1, column: 1, path: "" }, SKIPPED, problem);
  return { path, readable: true, diagnostics: [warning], documents: [], parts: 0 };
}

function problemOf(reason: Skipped["reason"], { platformPath, tenantPath }: ProjectPaths): Mistake {
  if (reason === "ignored")
    return {
      message: "the file is ignored by Git, so that the controller does not read it",
      fix: "remove the pattern from .gitignore, or remove the file",
    };
  if (reason === "outside")
    return {
      message: `the manifest is outside ${platformPath}/ and ${tenantPath}/, so that the controller does not read it`,
      fix: `move it below ${platformPath}/ or ${tenantPath}/NAMESPACE/`,
    };
  return {
    message:
      "Git does not open this repository here: ignored files and filters are not known, links are not followed",
    fix: "run the command as the owner of the repository, with git installed",
  };
}

function otherYaml(files: readonly string[], { platformPath, tenantPath }: ProjectPaths): Mistake {
  const [subject, pronoun] =
    files.length === 1 ? ["1 YAML file is", "it"] : [`${files.length} YAML files are`, "them"];
  return {
    message: `${subject} outside ${platformPath}/ and ${tenantPath}/, so that the controller does not read ${pronoun}: ${someOf(files)}`,
    fix: `move manifests below ${platformPath}/ or ${tenantPath}/NAMESPACE/`,
  };
}

/** A file of which Git has emptied the documents, or that has only comments: what it declared is removed. */
export function emptyFileWarnings(files: readonly ParsedFile[]): readonly Diagnostic[] {
  return files.filter(isEmpty).map(({ path }) =>
    warningAt({ file: path, line: 1, column: 1, path: "" }, "empty-file", {
      message: "the file has no document: nothing in it is declared",
      fix: "restore its documents, or delete the file if they are to be removed",
    }),
  );
}

function isEmpty({ path, readable, documents, diagnostics }: ParsedFile): boolean {
  return isManifestPath(path) && readable && documents.length + diagnostics.length === 0;
}
