import { compile, type Compilation, type CompileContext } from "../../manifest/compile/compile.ts";
import { parseFile } from "../../manifest/parse/parse.ts";
import { DEFAULT_MANIFEST_LIMITS, type ParsedFile } from "../../manifest/parse/parsed.ts";
import type { DeltaRow } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { byText } from "../../text/order.ts";
import { editedFile } from "./edited-file.ts";
import { narrowingOf } from "./smaller.ts";
import type { JudgedManifest } from "./judged.ts";

export interface SmallerFile {
  readonly path: string;
  readonly text: string;
}

export type SmallerOutcome =
  | {
      readonly kind: "smaller";
      /** What each function is no longer allowed; in the order of the bindings. */
      readonly drops: readonly { readonly binding: DesiredBinding; readonly rows: readonly DeltaRow[] }[];
    }
  | { readonly kind: "unchanged" }
  /** Permissions are unused by the evidence, and the manifest without them is not suggested. */
  | { readonly kind: "refused"; readonly because: string };

export interface KnownManifests {
  readonly files: readonly ParsedFile[];
  /** By path; a file whose text is not in the map is not edited. */
  readonly texts: ReadonlyMap<string, string>;
  readonly compilation: Compilation;
  readonly context: CompileContext;
}

export interface SmallerManifests {
  /** Of the manifests from which something would be removed. */
  readonly outcomes: ReadonlyMap<JudgedManifest, SmallerOutcome>;
  readonly files: readonly SmallerFile[];
}

type EditedFiles = ReadonlyMap<
  string,
  { readonly text: string | null; readonly manifests: readonly JudgedManifest[] }
>;

/** All edits are compiled together; a manifest that is refused keeps its text, and the others are tried again. */
export function smallerManifests(
  judged: readonly JudgedManifest[],
  repository: KnownManifests,
): SmallerManifests {
  const unused = judged.filter((one) => one.paths.length > 0);
  // A document that is not edited keeps no other one of its file from its edit.
  const refused = new Map<JudgedManifest, SmallerOutcome>(
    unused.filter((one) => !isEditable(one, repository)).map((one) => [one, NOT_EDITED]),
  );
  for (;;) {
    const tried = unused.filter((one) => !refused.has(one));
    const edited = editedFiles(tried, repository);
    const outcomes = outcomesOf(edited, repository);
    const failed = [...outcomes].filter(([, { kind }]) => kind === "refused");
    if (failed.length === 0) {
      const files = [...edited].flatMap(([path, { text }]) => (text === null ? [] : [{ path, text }]));
      return {
        outcomes: new Map([...outcomes, ...refused]),
        files: files.sort((a, b) => byText(a.path, b.path)),
      };
    }
    for (const [one, outcome] of failed) refused.set(one, outcome);
  }
}

function isEditable(one: JudgedManifest, repository: KnownManifests): boolean {
  return [...editedFiles([one], repository).values()].every(({ text }) => text !== null);
}

function editedFiles(manifests: readonly JudgedManifest[], { texts }: KnownManifests): EditedFiles {
  const byFile = Map.groupBy(manifests, ({ document }) => document.file);
  return new Map(
    [...byFile].map(([path, all]) => {
      const text = texts.get(path);
      return [path, { text: text === undefined ? null : editedFile(text, all), manifests: all }] as const;
    }),
  );
}

function outcomesOf(
  edited: EditedFiles,
  repository: KnownManifests,
): ReadonlyMap<JudgedManifest, SmallerOutcome> {
  const files = repository.files.map((file) => {
    const text = edited.get(file.path)?.text;
    return typeof text === "string" ? parsed(file.path, text) : file;
  });
  const after = edited.size === 0 ? repository.compilation : compile(files, repository.context);
  return new Map(
    [...edited.values()].flatMap(({ text, manifests }) =>
      manifests.map((one) => [one, text === null ? NOT_EDITED : outcomeOf(one, after)] as const),
    ),
  );
}

const NOT_EDITED: SmallerOutcome = {
  kind: "refused",
  because: "its text has a form that Grantkeeper does not edit: remove the permissions by hand",
};

function parsed(path: string, text: string): ParsedFile {
  return parseFile({ path, bytes: new TextEncoder().encode(text) }, DEFAULT_MANIFEST_LIMITS);
}

function outcomeOf({ bindings, permissions }: JudgedManifest, { desired }: Compilation): SmallerOutcome {
  const removed = permissions.filter(({ advice }) => advice === "remove");
  const unused = new Set(removed.flatMap(({ actions }) => actions));
  const narrowings = bindings.map((binding) => ({
    binding,
    narrowing: narrowingOf(binding, desired.bindings.get(binding.key), unused),
  }));
  const drops = narrowings.flatMap(({ binding, narrowing }) =>
    narrowing.kind === "narrower" ? [{ binding, rows: narrowing.noLongerAllowed }] : [],
  );
  const because = narrowings.flatMap(({ narrowing }) =>
    narrowing.kind === "refused" ? [narrowing.because] : [],
  );
  const [first] = because.sort(byText);
  return first === undefined ? { kind: "smaller", drops } : { kind: "refused", because: first };
}
