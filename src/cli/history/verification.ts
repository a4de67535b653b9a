import type { VerifyReport } from "../../audit/verification/verify.ts";
import type { Layout } from "../screen/layout.ts";
import { counted } from "../../text/phrases.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import { toned, type ScreenLine } from "../../text/screen-line.ts";
import { hintLines } from "../screen/problem.ts";

/** The answer, then what it proves and what not. */
export function verifyLines(report: VerifyReport, { width }: Layout): readonly ScreenLine[] {
  const { proves, doesNotProve } = report;
  return [
    ...chainLines(report, width),
    ...removedLines(report, width),
    ...wrapped(checkpointText(report), width),
    ...wrapped(proves.length === 0 ? "Proves: nothing" : `Proves: ${proves.join("; ")}`, width),
    ...wrapped(`Does not prove: ${doesNotProve.join("; ")}`, width),
  ];
}

function chainLines(report: VerifyReport, width: number): readonly ScreenLine[] {
  const { entries, first, last, broken, extent, verdict } = report;
  if (broken !== null) {
    const at = broken.seq === null ? `line ${broken.line}` : `entry ${broken.seq} (line ${broken.line})`;
    const hint = broken.hint === null ? [] : hintLines(broken.hint, width);
    const problem = verdict === "another-key" ? "Not proved from" : "Broken at";
    return [...toned("danger", wrapped(`✗ ${problem} ${at}: ${broken.reason}`, width)), ...hint];
  }
  if (first === null || last === null) return ["0 entries"];
  const part = extent === "period" ? `, ${first} to ${last}` : "";
  return wrapped(
    `${counted(entries, "entry", "entries")}${part} in one unbroken chain; ${openText(report)}`,
    width,
  );
}

function removedLines({ removed }: VerifyReport, width: number): readonly string[] {
  if (removed === null) return [];
  const { upTo, at, entry } = removed;
  const text = `entries 1 to ${upTo} were removed by retention on ${at.slice(0, 10)} (entry ${entry})`;
  return wrapped(`${text}; the entry after them continues their chain`, width);
}

const OPEN_SHOWN = 10;

function openText({ openIntents }: VerifyReport): string {
  if (openIntents.length === 0) return "0 open writes";
  const shown = openIntents.slice(0, OPEN_SHOWN).join(", ");
  const more = openIntents.length > OPEN_SHOWN ? ", …" : "";
  return `${counted(openIntents.length, "open write")} (begun, no result: ${shown}${more})`;
}

function checkpointText({ checkpoints, anchors }: VerifyReport): string {
  const { count, checked, keyIds } = checkpoints;
  if (count === 0) return "0 checkpoints";
  const signed = checked
    ? `all signed by ${keyIds.length === 1 ? "key" : "keys"} ${keyIds.join(", ")}`
    : "signatures not checked (no public key given)";
  return `${counted(count, "checkpoint")}: ${signed}, ${copiesText(count, anchors)}`;
}

function copiesText(count: number, { given, matched }: VerifyReport["anchors"]): string {
  if (given === 0) return "no external copies given";
  return matched === count
    ? "all match their external copies"
    : `${matched} of ${count} match their external copies`;
}
