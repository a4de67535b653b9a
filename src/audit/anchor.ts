import { canonicalText } from "../model/digest.ts";
import { parseCheckpoint, type Checkpoint } from "./checkpoint.ts";

/** A line of the file outside, without its end. */
export function anchorLine(checkpoint: Checkpoint): string {
  return canonicalText({ ...checkpoint });
}

/**
 * The copies in a text of lines: an anchor file, or a JSON log in which they stand between other lines.
 * Everything else is skipped, also the torn line of a host that stopped while it wrote.
 */
export function parseAnchors(text: string): readonly Checkpoint[] {
  return text
    .split("\n")
    .filter((line) => line.includes('"upTo"'))
    .map((line) => parseCheckpoint(parseJson(line)))
    .filter((anchor) => anchor !== undefined);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // A log may hold lines that are not JSON.
  }
}
