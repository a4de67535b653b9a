import { describe, expect, test } from "@jest/globals";
import { fairRounds, type NamedPlaces } from "../../../../src/controller/revision/readings/references.ts";
import type { AccountId, Region } from "../../../../src/model/aws/ids.ts";
import type { ReferencePlace, ReferenceText } from "../../../../src/model/aws/reference.ts";
import type { Key } from "../../../../src/model/keys/key.ts";

const accountId = "222222222222" as AccountId;
const region = "eu-west-1" as Region;

function place(text: string): ReferencePlace {
  return { accountId, region, text: text as ReferenceText };
}

function many(team: string, count: number): readonly ReferencePlace[] {
  return Array.from({ length: count }, (_, index) => place(`ssm./${team}/${String(index).padStart(4, "0")}`));
}

function namedBy(byTeam: Readonly<Record<string, readonly ReferencePlace[]>>): NamedPlaces {
  return new Map(
    Object.entries(byTeam).map(([team, places]) => [
      `function/${accountId}/${region}/${team}/f` as Key,
      places,
    ]),
  );
}

function roundsOf(
  byTeam: Readonly<Record<string, readonly ReferencePlace[]>>,
): readonly (readonly string[])[] {
  const places = [
    ...new Map(Object.values(byTeam).flatMap((all) => all.map((one) => [one.text, one]))).values(),
  ];
  return fairRounds(places, namedBy(byTeam)).map((round) => round.map(({ text }) => text));
}

describe("the order of reads", () => {
  test("gives a namespace with two hundred references no more of the first round than five", () => {
    const rounds = roundsOf({ big: many("big", 200), small: many("small", 2) });

    expect(rounds.map(({ length }) => length)).toEqual([7, 10, 20, 40, 80, 45]);
    expect(rounds[0]).toEqual(expect.arrayContaining(["ssm./small/0000", "ssm./small/0001"]));
  });

  test("reads each place once, and a shared one as early as the namespace that has few", () => {
    const shared = place("ssm./zz/shared");
    const rounds = roundsOf({ big: [...many("big", 50), shared], small: [shared] });

    expect(rounds.flat().filter((text) => text === shared.text)).toHaveLength(1);
    expect(rounds[0]).toContain(shared.text);
    expect(rounds.flat()).toHaveLength(51);
  });

  test("keeps the outputs of a stack together", () => {
    const outputs = Array.from({ length: 30 }, (_, index) => place(`stack.orders.Out${index}`));

    expect(roundsOf({ orders: outputs })).toHaveLength(1);
  });

  test("reads what no manifest names at the end", () => {
    const rounds = fairRounds(
      [place("ssm./unknown"), ...many("small", 1)],
      namedBy({ small: many("small", 1) }),
    );

    expect(rounds.map((round) => round.map(({ text }) => text))).toEqual([
      ["ssm./small/0000"],
      ["ssm./unknown"],
    ]);
  });
});
