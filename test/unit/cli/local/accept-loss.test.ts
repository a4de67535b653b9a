import { expect, test } from "@jest/globals";
import type { LossOutcome } from "../../../../src/audit/backup.ts";
import { cli } from "../../../support/screens/cli.ts";

const LOST = { database: "db:5432/gk", last: 2, lostUpTo: 3 };

async function acceptLoss(outcome: LossOutcome, ...args: readonly string[]) {
  const asked: unknown[] = [];
  const installation = {
    acceptLoss: async (request: unknown) => {
      asked.push(request);
      return outcome;
    },
  };
  return { ...(await cli(["store", "accept-loss", "--config", "x", ...args], { installation })), asked };
}

test("without a reason, the loss is shown as an error with both ways to go on", async () => {
  const lost = { kind: "lost", ...LOST, file: "/state/audit-newest-entry.json" } as const;

  const shown = await acceptLoss({ ...lost, isRecorded: false });
  const recorded = await acceptLoss({ ...lost, isRecorded: true });

  expect(shown.asked).toEqual([{ reason: null }]);
  expect(shown.code).toBe(3);
  expect(shown.err).toContain("ends at entry 2, but /state/audit-newest-entry.json proves entries up to 3");
  expect(shown.err).toContain("accept the loss with --reason");
  expect(recorded.code).toBe(3);
  expect(recorded.err).toContain("the record states this loss already");
});

test("an accepted loss shows where the evidence is, and what to do next", async () => {
  const outcome = { kind: "accepted", ...LOST, isRecorded: false, setAside: ["/state/a.lost-3"] } as const;

  const shown = await acceptLoss(outcome, "--reason", "INC-204");

  expect(shown.asked).toEqual([{ reason: "INC-204" }]);
  expect(shown.code).toBe(0);
  expect(shown.out).toContain("entries up to 3 are lost, with the reason");
  expect(shown.out).toContain("Set aside as evidence: /state/a.lost-3");
  expect(shown.out).toContain("Next: the same command at each other replica");
});

test("an empty reason is refused, and a complete record is not changed", async () => {
  const refused = await acceptLoss({ kind: "complete", database: LOST.database }, "--reason", " ");
  const complete = await acceptLoss({ kind: "complete", database: LOST.database });

  expect([refused.code, refused.asked]).toEqual([1, []]);
  expect(complete.out).toContain("nothing was changed");
});
