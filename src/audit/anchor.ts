import { parsedJson } from "../text/json-values.ts";
import { canonicalText } from "../model/values/digest.ts";
import { parseCheckpoint, type Checkpoint } from "./checkpoint.ts";

/** One line of the external file, without its line end. */
export function anchorLine(checkpoint: Checkpoint): string {
  return canonicalText({ ...checkpoint });
}

/**
 * The external copies in a text of lines: an anchor file, or a JSON log that contains them between other lines.
 * All other lines are skipped, including the torn line of a host that stopped while it wrote.
 */
export function parseAnchors(text: string): readonly Checkpoint[] {
  return text
    .split("\n")
    .filter((line) => line.includes('"upTo"'))
    .map((line) => parseCheckpoint(parsedJson(line)))
    .filter((anchor) => anchor !== undefined);
}

const MEMBERS = ['"upTo"', '"head"', '"keyId"', '"signature"'];

/**
 * The numbers of the lines that seem to be a copy of a checkpoint and can't be read: they prove nothing. A log has other
 * lines with one such member, so that two are needed.
 */
export function damagedAnchorLines(text: string): readonly number[] {
  return text.split("\n").flatMap((line, at) => {
    if (MEMBERS.filter((member) => line.includes(member)).length < 2) return [];
    return parseCheckpoint(parsedJson(line)) === undefined ? [at + 1] : [];
  });
}
