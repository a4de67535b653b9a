import type { OutboxMessage } from "../../controller/ports/outbox-store.ts";
import type { AlertMessage } from "../message.ts";

/** The limit of messages in one digest. */
const DIGEST_MESSAGES = 200;

/** Messages that are delivered together. */
export interface Bundle {
  readonly messages: readonly OutboxMessage[];
  /** It changes what the receiver already shows: no limit counts it. */
  readonly isUpdate: boolean;
}

interface DeliveryLimits {
  /** How many deliveries the limit still allows now. */
  readonly left: number;
  /** The incidents that the receiver shows; null: it updates nothing in place. */
  readonly known: ReadonlySet<string> | null;
}

/**
 * Each message by itself if all fit; otherwise the last delivery is a digest of the rest. An incident that the receiver
 * shows is always updated by itself, because a digest would leave it shown as open.
 */
export function bundlesOf(
  messages: readonly OutboxMessage[],
  { left, known }: DeliveryLimits,
): readonly Bundle[] {
  const shown = new Set(known);
  const isUpdate = (message: OutboxMessage): boolean =>
    known !== null && shown.has(subjectOf(message).incident);
  const posts = known === null ? messages.length : newIncidents(messages, known);
  const bundles: Bundle[] = [];
  let digest: OutboxMessage[] | null = null;
  let singles = posts <= left ? left : left - 1;
  for (const message of messages) {
    if (isUpdate(message)) {
      bundles.push({ messages: [message], isUpdate: true });
    } else if (singles > 0) {
      singles -= 1;
      bundles.push({ messages: [message], isUpdate: false });
      if (known !== null && subjectOf(message).status === "open") shown.add(subjectOf(message).incident);
    } else if (left > 0) {
      digest ??= [];
      if (digest.length < DIGEST_MESSAGES) digest.push(message);
    }
  }
  return digest === null ? bundles : [...bundles, { messages: digest, isUpdate: false }];
}

/** The number of messages that are no updates if each is sent by itself. */
function newIncidents(messages: readonly OutboxMessage[], known: ReadonlySet<string>): number {
  const shown = new Set(known);
  return messages.filter((message) => {
    const { incident, status } = subjectOf(message);
    const isNew = !shown.has(incident);
    if (status === "open") shown.add(incident);
    return isNew;
  }).length;
}

function subjectOf({ body }: OutboxMessage): Pick<AlertMessage, "incident" | "status"> {
  return JSON.parse(body) as AlertMessage;
}
