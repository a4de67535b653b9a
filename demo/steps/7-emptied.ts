import type { Stage } from "../stage.ts";
import type { Played, Step } from "../story.ts";
import { overviewOf, untilShown } from "./bindings.ts";

/** An empty branch deletes nothing, and no approval can make it. */
export const emptied: Step = {
  title: "All manifests are deleted by mistake",
  by: "git push: every file removed",
  play,
};

async function play(stage: Stage): Promise<Played> {
  const before = JSON.stringify(stage.simulator.world.accounts);
  const accepted = (await overviewOf(stage)).source.accepted;
  const mark = stage.ledger.mark();
  const nothing = Object.fromEntries(Object.keys(stage.files).map((path) => [path, null]));
  await stage.repository.push("Robin Okafor", "Clean up", nothing);
  const source = await untilShown(stage, "the empty branch is refused", async () => {
    const { source: seen } = await overviewOf(stage);
    return seen.failure?.message.startsWith("0 manifests") === true ? seen : undefined;
  });
  const compared = await stage.command("reconcile", "--all", "--wait");
  const writes = stage.ledger.writes(mark).length;
  const untouched = JSON.stringify(stage.simulator.world.accounts) === before;
  await stage.repository.undo("Robin Okafor");
  await untilShown(stage, "the branch is accepted again", async () => {
    const { source: seen } = await overviewOf(stage);
    return seen.failure === null && seen.accepted !== accepted ? true : undefined;
  });
  return {
    lines: [
      `Refused, ${untouched ? "nothing is deleted" : "SOMETHING CHANGED"}; the last accepted revision remains in effect.`,
    ],
    facts: { failure: source.failure?.message ?? null, writes, untouched },
    checks: [
      { claim: "the last accepted revision remained in effect", holds: source.accepted === accepted },
      {
        claim: `the refusal was reported: ${compared.out.split("\n", 1).join()}`,
        holds: compared.code === 3,
      },
      { claim: "nothing was written", holds: writes === 0 && untouched },
    ],
  };
}
