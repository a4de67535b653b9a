import type { AuditEvent } from "../../api/events.ts";
import { shortArn } from "../../plan/render/words.ts";
import { shortSubject } from "../screen/words.ts";
import { text } from "./history-texts.ts";

export function waveText(event: AuditEvent): string {
  const reason = text(event, "reason");
  const wave = `wave ${text(event, "number")} of ${text(event, "namespace")} in ${text(event, "account")}`;
  // An operator approved it, in an entry of its own.
  if (text(event, "to") === "approved")
    return `${wave} is covered by approval ${shortSubject(text(event, "subject"))}`;
  return `${wave} ${text(event, "to")}${reason === "" ? "" : `: ${reason}`}`;
}

/** A call of a function that AWS denied. */
export function denialText(event: AuditEvent): string {
  const [role, call, code] = ["role", "call", "code"].map((field) => text(event, field));
  return `AWS denied ${call} (${code}) to ${shortArn(role ?? "")}`;
}
