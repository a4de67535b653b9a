/** One alert message, ready to send; the receiver gets the body. */
export interface Alerts {
  /** Delivers one message to a named route. @throws Error if it was not accepted: the outbox sends it again */
  send(route: string, body: string, signal: AbortSignal): Promise<void>;
}
