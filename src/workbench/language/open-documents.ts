import { byText } from "../../text/order.ts";
import type { ReadFolder } from "../../cli/toolbox/toolbox.ts";

/** A text of an editor that may not be saved. */
export interface OpenDocument {
  /** As the editor names it. */
  readonly uri: string;
  /** Relative to the root of the project, with `/`. */
  readonly path: string;
  readonly version: number;
  readonly text: string;
  /** A number that no other text of this process has. */
  readonly edit: number;
}

/**
 * The files of a folder with the texts of the editor in place of theirs. A file that a source does not read, such as a link
 * or an ignored one, is not read here either; only one that is too large may have become smaller.
 */
export function withOpenDocuments(read: ReadFolder, open: readonly OpenDocument[]): ReadFolder {
  const { files, refused } = read.snapshot;
  const tooLarge = new Set(refused.filter(({ reason }) => reason === "too-large").map(({ path }) => path));
  const closed = [...refused.map(({ path }) => path), ...read.skipped.map(({ path }) => path)].filter(
    (path) => !tooLarge.has(path),
  );
  const isRead = (file: string): boolean =>
    !closed.some((path) => file === path || file.startsWith(`${path}/`));
  const byPath = new Map(files.map((file) => [file.path, file]));
  for (const { path, text, edit } of open)
    if (isRead(path)) byPath.set(path, { path, oid: `edit:${edit}`, bytes: new TextEncoder().encode(text) });
  return {
    ...read,
    snapshot: {
      ...read.snapshot,
      files: [...byPath.values()].sort((a, b) => byText(a.path, b.path)),
      refused: refused.filter(({ path }) => !(tooLarge.has(path) && byPath.has(path))),
      uncommitted: true,
    },
  };
}
