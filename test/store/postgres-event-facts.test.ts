import { describe, expect, test } from "@jest/globals";
import type { AccountEventFacts } from "../../src/model/passes/event-facts.ts";
import type { ChangeQueueView } from "../../src/model/answers/queue-health.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { ACCOUNT, OTHER_ACCOUNT } from "../support/record/audit-facts.ts";
import { changed } from "../unit/settle/attribution/changes.ts";
import { Places } from "./places.ts";
import { runIn, Sharing } from "./sharing.ts";

const sharing = new Sharing(new Places());
const NOTHING: AccountEventFacts = { denials: [], searched: null };

(HAS_POSTGRES ? describe : describe.skip)("what the active replica states of change events", () => {
  test("is read by the other replica, each account when it is new, with its age; and a replica without the lease states nothing", async () => {
    const { folder, one, two } = await sharing.shared();
    const records = [changed(1, { kind: "deleted" })];
    const searched = { records, searches: new Map([["arn", { kind: "searched" } as const]]) };
    const facts: AccountEventFacts = { denials: [], searched };
    const queues: readonly ChangeQueueView[] = [
      { url: "https://sqs", accounts: [ACCOUNT], health: { kind: "read" } },
    ];
    expect(await two.eventFacts.queues()).toBeNull();

    await one.eventFacts.writeQueues(queues);
    await one.eventFacts.writeAccounts(
      new Map([
        [ACCOUNT, facts],
        [OTHER_ACCOUNT, NOTHING],
      ]),
    );
    expect(await two.eventFacts.queues()).toMatchObject({ queues });
    expect(await two.eventFacts.accounts([ACCOUNT])).toEqual(new Map([[ACCOUNT, facts]]));
    expect(await two.eventFacts.accounts([ACCOUNT])).toEqual(new Map());

    // The same text is new too: it was stated for another assignment.
    await one.eventFacts.writeAccounts(new Map([[ACCOUNT, NOTHING]]));
    await one.eventFacts.writeAccounts(new Map([[ACCOUNT, NOTHING]]));
    expect(await two.eventFacts.accounts([ACCOUNT, OTHER_ACCOUNT])).toEqual(
      new Map([
        [ACCOUNT, NOTHING],
        [OTHER_ACCOUNT, NOTHING],
      ]),
    );

    expect(await one.eventFacts.statedDenials()).toEqual(
      new Map([
        [ACCOUNT, []],
        [OTHER_ACCOUNT, []],
      ]),
    );
    await runIn(folder, "UPDATE queue_facts SET at = at - interval '90 seconds'");
    expect((await two.eventFacts.queues())?.ageMs).toBeGreaterThanOrEqual(90_000);
    await runIn(folder, "UPDATE lease SET epoch = epoch + 1");
    await expect(one.eventFacts.writeQueues(queues)).rejects.toMatchObject({ name: "StoreError" });
  });
});
