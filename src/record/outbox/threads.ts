import type { ThreadChange } from "../../controller/ports/outbox-store.ts";
import type { AlertMessage } from "../message.ts";
import type { Outgoing } from "../sinks/sink.ts";

/**
 * How the receiver names the incidents of a delivery from now on: an open one as the receiver answered, a closed one no
 * longer.
 */
export function threadsAfter(
  { message }: Pick<Outgoing, "message">,
  thread: string | null,
): readonly ThreadChange[] {
  const messages = message.kind === "digest" ? message.messages : [message];
  const last = new Map(messages.map(({ incident, status }) => [incident, status]));
  return [...last].flatMap(([incident, status]) => changeOf(incident, { status, thread }));
}

function changeOf(
  incident: string,
  { status, thread }: { readonly status: AlertMessage["status"]; readonly thread: string | null },
): readonly ThreadChange[] {
  if (status === "closed") return [{ incident, thread: null }];
  return status === "open" && thread !== null ? [{ incident, thread }] : [];
}
