import type { AlertEvent } from "../../../src/model/alert-event.ts";
import type { Key } from "../../../src/model/keys/key.ts";

/** Of changes that wait for long, and of a pending approval that has ended. */
export const WAITING_EVENTS = {
  "waiting-long": {
    kind: "waiting-long",
    incident: "waiting/222222222222/orders",
    account: "prod",
    namespace: "orders",
    since: "2026-11-24T10:00:00.000Z",
    reasons: ["waits for the change window office, which opens at 2026-12-01 08:30:00Z"],
    keys: ["function/222222222222/eu-west-1/orders/orders-api" as Key],
  },
  "waiting-ended": {
    kind: "waiting-ended",
    incident: "waiting/222222222222/orders",
    account: "prod",
    namespace: "orders",
  },
  "hold-ended": {
    kind: "hold-ended",
    incident: "hold/222222222222/x",
    account: "prod",
    subject: `sha256:${"7f3a91c2d4e5".padEnd(64, "0")}`,
    how: "approved",
  },
} as const satisfies { readonly [K in AlertEvent["kind"]]?: Extract<AlertEvent, { readonly kind: K }> };
