import type { SinkProblem } from "../../model/records/alert-route-state.ts";
import type { AlertDigest } from "../digest.ts";
import type { AlertMessage } from "../message.ts";

/** One delivery: a message, or several as one digest. */
export interface Outgoing {
  /** The JSON of `message`, the same bytes at each attempt. */
  readonly body: string;
  readonly message: AlertMessage | AlertDigest;
  /** The same at each attempt, so that a receiver can detect duplicates. */
  readonly delivery: string;
  /** How the receiver names the incident; null: it was not notified of it, or the message belongs to several. */
  readonly thread: string | null;
}

export type Delivery =
  | {
      readonly kind: "delivered";
      /** For people: what the receiver answered. */
      readonly answer: string;
      /** How the receiver names the incident from now on; null: it needs no name. */
      readonly thread: string | null;
      /** A part of the receiver did not accept it; null: all of it did. */
      readonly problem: SinkProblem | null;
    }
  /** It may be accepted later; not before `afterMs` if the receiver asked for a pause. */
  | { readonly kind: "retry"; readonly afterMs: number | null; readonly problem: SinkProblem }
  /** This message is never accepted: it is not sent again. */
  | { readonly kind: "refused"; readonly problem: SinkProblem };

export type FailedDelivery = Exclude<Delivery, { readonly kind: "delivered" }>;

/** A kind of receiver: renders a message and delivers it. */
export interface Sink {
  /** True if the receiver can take several messages as one digest. */
  readonly acceptsDigests: boolean;
  /** True if a message about an incident that the receiver knows changes what it shows, instead of adding to it. */
  readonly updatesInPlace: boolean;
  /** At least once: a delivery whose answer is lost is repeated. Never throws for an expected failure. */
  deliver(outgoing: Outgoing, signal: AbortSignal): Promise<Delivery>;
  /** Repeats what is open, for a receiver that forgets. @returns the first problem; null: none */
  readonly refresh:
    ((threads: ReadonlyMap<string, string>, signal: AbortSignal) => Promise<SinkProblem | null>) | null;
}

export function retry(problem: SinkProblem, afterMs: number | null = null): FailedDelivery {
  return { kind: "retry", afterMs, problem };
}

export function refused(problem: SinkProblem): FailedDelivery {
  return { kind: "refused", problem };
}

export function delivered(answer: string, thread: string | null = null): Delivery {
  return { kind: "delivered", answer, thread, problem: null };
}
