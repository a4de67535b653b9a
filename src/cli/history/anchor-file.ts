import { damagedAnchorLines, parseAnchors } from "../../audit/anchor.ts";
import type { DamagedCopies } from "../../audit/backup.ts";
import type { Checkpoint } from "../../audit/checkpoint.ts";
import { printProblem } from "../screen/print.ts";
import type { ProblemText } from "../screen/problem.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

const SHOWN = 5;

/** The copies of checkpoints in a text. Damaged ones are named on standard error, since they prove nothing. */
export async function readAnchors(
  text: string,
  place: string,
  toolbox: Toolbox,
): Promise<readonly Checkpoint[]> {
  const damaged = damagedAnchorLines(text);
  if (damaged.length > 0) await printProblem(damagedCopies({ file: place, lines: damaged }), toolbox);
  return parseAnchors(text);
}

export function damagedCopies({ file, lines }: DamagedCopies): ProblemText {
  const shown = lines.slice(0, SHOWN).join(", ");
  const more = lines.length > SHOWN ? ", …" : "";
  const [what, numbers] = lines.length === 1 ? ["copy", "line"] : ["copies", "lines"];
  const message = `${lines.length} damaged ${what} of checkpoints skipped (${numbers} ${shown}${more})`;
  return { level: "warning", place: file, message, hint: null };
}
