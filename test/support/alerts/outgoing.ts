import type { AlertEvent } from "../../../src/model/alert-event.ts";
import { sha256Hex } from "../../../src/model/values/digest.ts";
import { messageOf, type AlertMessage, type MessageFacts } from "../../../src/record/message.ts";
import type { Outgoing } from "../../../src/record/sinks/sink.ts";
import { START_MS } from "../../store/engines.ts";

/** What a sink gets of a message. */
export function outgoingOf(message: Outgoing["message"], thread: string | null = null): Outgoing {
  const body = JSON.stringify(message);
  return { body, message, delivery: sha256Hex(body).slice(0, 32), thread };
}

export function messageAbout(event: AlertEvent, facts: Partial<MessageFacts> = {}): AlertMessage {
  const at = new Date(START_MS).toISOString();
  const severity = event.kind === "drift-opened" ? event.severity : "security";
  return messageOf(event, { severity, seqs: [], at, since: at, ...facts });
}
