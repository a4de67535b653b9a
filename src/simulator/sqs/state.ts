/** One standard queue as plain JSON. */
export interface QueueState {
  readonly name: string;
  visibilityTimeoutSeconds: number;
  /** The resource policy; null: none. */
  policy: string | null;
  /** The oldest first. */
  readonly messages: QueuedMessage[];
}

export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly sentMs: number;
  receiveCount: number;
  /** Of the last receipt; null: it was never received. */
  receipt: string | null;
  /** Until then no reader receives it. */
  hiddenUntilMs: number;
}

/** By region, then by name. */
export type Queues = Record<string, Record<string, QueueState>>;

/** Adds a standard queue to an account. */
export function addQueue(account: { queues?: Queues }, region: string, name: string): QueueState {
  const queue: QueueState = { name, visibilityTimeoutSeconds: 30, policy: null, messages: [] };
  account.queues = { ...account.queues, [region]: { ...account.queues?.[region], [name]: queue } };
  return queue;
}
