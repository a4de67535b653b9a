import type { VerifyReport } from "../../audit/verify.ts";
import { counted } from "./words.ts";

/** What was looked at, what it proves and what not. */
export function verifyLines(report: VerifyReport): readonly string[] {
  const { proves, doesNotProve } = report;
  return [
    `chain          ${chainText(report)}`,
    `checkpoints    ${checkpointText(report)}`,
    `anchors        ${anchorText(report)}`,
    `open intents   ${openText(report)}`,
    proves.length === 0 ? "Proves nothing." : `Proves: ${proves.join(" · ")}.`,
    `Does not prove: ${doesNotProve.join(" · ")}.`,
  ];
}

function chainText({ entries, first, last, broken }: VerifyReport): string {
  if (broken !== null) {
    const at = broken.seq === null ? `line ${broken.line}` : `entry ${broken.seq} (line ${broken.line})`;
    return `✗ broken at ${at}: ${broken.reason}`;
  }
  if (first === null || last === null) return "no entries";
  return `${counted(entries, "entry", "entries")}, none changed, none missing between ${first} and ${last}`;
}

function checkpointText({ checkpoints }: VerifyReport): string {
  const { count, checked, keyIds } = checkpoints;
  if (count === 0) return "none";
  const by = `${count} signed by ${keyIds.length === 1 ? "key" : "keys"} ${keyIds.join(", ")}`;
  return checked ? `${by}, all match` : `${by}, not checked: no public key`;
}

function anchorText({ anchors, checkpoints }: VerifyReport): string {
  const { given, matched, oldestAt } = anchors;
  if (given === 0) return "none given";
  const oldest = oldestAt === null ? "" : ` (oldest ${oldestAt.slice(0, 10)})`;
  return `${matched} of ${checkpoints.count} equal the copies outside${oldest}`;
}

function openText({ openIntents }: VerifyReport): string {
  if (openIntents.length === 0) return "0";
  const shown = openIntents.slice(0, 10).join(", ");
  const more = openIntents.length > 10 ? " …" : "";
  return `${openIntents.length}, begun and without an outcome: ${openIntents.length === 1 ? "entry" : "entries"} ${shown}${more}`;
}
