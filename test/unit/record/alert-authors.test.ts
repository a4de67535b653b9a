import { describe, expect, test } from "@jest/globals";
import type { AttributedDrift, Attribution } from "../../../src/model/changes/attribution.ts";
import { ALICE_TEXT, BY_ALICE, BY_ALICE_OR_BOB, BY_NO_ONE } from "../../support/screens/authors.ts";
import { lines } from "./alert-lines.ts";
import { opened } from "./settlements.ts";

describe("an opened drift with known callers", () => {
  const [first, second] = ["+ a", "+ b"];
  const carol = JSON.parse(JSON.stringify(BY_ALICE_OR_BOB).replaceAll("alice", "carol")) as Attribution;
  const whoOf = (...authors: readonly AttributedDrift[]): readonly string[] => {
    const all = lines(opened({ authors }));
    return all.slice(
      all.findIndex((text) => text.startsWith("Who:")),
      all.findIndex((text) => text.startsWith("Next:")),
    );
  };

  test("names the caller of all differences once, without the command that finds the event", () => {
    expect(
      whoOf({ difference: first, attribution: BY_ALICE }, { difference: second, attribution: BY_ALICE }),
    ).toEqual([`Who:  last call seen that set this: ${ALICE_TEXT}`]);
  });

  test("keeps the candidates of each difference apart, and has the command", () => {
    const found = whoOf(
      { difference: first, attribution: BY_ALICE_OR_BOB },
      { difference: second, attribution: carol },
    );

    expect(found.map((text) => text.replace(/@.*/, ""))).toEqual([
      "Who:  not certain, one of these calls:",
      "      alice",
      "      bob",
      "      not certain, one of these calls:",
      "      carol",
      "      bob",
      "      not known of every difference; CloudTrail usually shows it after 5 minutes",
      "      aws cloudtrail lookup-events --region us-east-1",
    ]);
  });

  test("has the command if the caller of one difference is not known", () => {
    const found = whoOf(
      { difference: first, attribution: BY_ALICE },
      { difference: second, attribution: BY_NO_ONE },
    );

    expect(found.map((text) => text.slice(0, 23))).toEqual([
      "Who:  last call seen th",
      "      not known of ever",
      "      aws cloudtrail lo",
    ]);
  });
});
