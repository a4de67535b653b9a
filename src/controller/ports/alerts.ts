/** One alert message, ready to send; the body is what the receiver sees. */
export interface Alerts {
  /** Delivers one message to a named route. @throws Error when it was not accepted: the outbox sends it again */
  send(route: string, body: string, signal: AbortSignal): Promise<void>;
}
