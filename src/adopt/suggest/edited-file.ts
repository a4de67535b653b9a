import type { ValuePath } from "../../text/located/value-path.ts";
import { chunksOf } from "../../text/yaml/chunks.ts";
import { withoutValues } from "../../text/yaml/remove.ts";

/** The values that one document of a file loses. */
export interface DocumentEdit {
  /** A line of the document in the file. */
  readonly line: number;
  readonly paths: readonly ValuePath[];
}

/** The file without the values; null if one of them cannot be removed without a doubt. */
export function editedFile(text: string, edits: readonly DocumentEdit[]): string | null {
  const lines = text.split("\n");
  let edited: string | null = text;
  for (const { line, paths } of edits.toSorted((a, b) => b.line - a.line)) {
    const chunk = chunksOf(text).findLast(({ firstLine }) => firstLine <= line);
    const without = chunk === undefined ? null : withoutValues(chunk.text, paths);
    if (chunk === undefined || without === null || edited === null) return null;
    const [start, end] = [chunk.firstLine - 1, chunk.firstLine - 1 + chunk.text.split("\n").length];
    edited = [...lines.slice(0, start), without, ...edited.split("\n").slice(end)].join("\n");
  }
  return edited;
}
