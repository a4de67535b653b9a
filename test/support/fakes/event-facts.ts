import type { EventFactReader } from "../../../src/controller/ports/assigned/event-facts.ts";
import type { AccountEventFacts } from "../../../src/model/passes/event-facts.ts";

export const NO_EVENT_FACTS: AccountEventFacts = { denials: [], searched: null };

/** What a replica with assigned accounts reads while the active one has no change events. */
export const WITHOUT_EVENTS: EventFactReader = {
  queues: async () => ({ queues: [], ageMs: 0 }),
  accounts: async (accounts) => new Map(accounts.map((id) => [id, NO_EVENT_FACTS])),
};
