import { describe, expect, test } from "@jest/globals";
import {
  assistantText,
  isAssistants,
  joinedAuthors,
  NOT_RECORDED,
  pendingAuthorsOf,
  unknownAuthors,
  type Authors,
} from "../../../src/model/authors.ts";
import type { Key } from "../../../src/model/keys/key.ts";

const by = (...people: readonly string[]): Authors => ({ people, assistants: [], unknown: null });
const claude = (commit: string): Authors => ({ ...by(), assistants: [{ assistant: "Claude", commit }] });
const KEY = "function/111122223333/eu-west-1/orders/a" as Key;

describe("authors together", () => {
  test.each([
    { parts: [by("b"), by("a", "b")], joined: by("a", "b"), because: "each person once, sorted" },
    {
      parts: [claude("2"), claude("1"), claude("2")],
      joined: { ...by(), assistants: [...claude("1").assistants, ...claude("2").assistants] },
      because: "each commit of an assistant once",
    },
    {
      parts: [by("a"), unknownAuthors("x")],
      joined: { ...by("a"), unknown: "x" },
      because: "one is unknown",
    },
    { parts: [], joined: by(), because: "no part has no author" },
  ])("$because", ({ parts, joined }) => {
    expect(joinedAuthors(parts)).toEqual(joined);
    expect(joinedAuthors(parts.toReversed())).toEqual(joined);
  });

  test("are bounded: a list that is too long is cut, which makes no assistant of people", () => {
    const many = joinedAuthors(Array.from({ length: 300 }, (_, at) => by(String(at).padStart(3, "0"))));

    expect(many.people).toHaveLength(200);
    expect(many).toMatchObject({ isPartial: true, unknown: null });
    expect(joinedAuthors([many, by("a")])).toMatchObject({ isPartial: true });
    expect(isAssistants(many)).toBe(false);
    expect(joinedAuthors(Array.from({ length: 30 }, (_, at) => claude(String(at)))).assistants).toHaveLength(
      5,
    );
  });
});

test.each([
  { authors: claude("1a2b3c4d"), text: "Claude in commit 1a2b3c4d" },
  { authors: unknownAuthors("a force-push"), text: "an unknown author (a force-push)" },
])("a change counts as made by an assistant: $text", ({ authors, text }) => {
  expect(isAssistants(authors)).toBe(true);
  expect(assistantText(authors)).toBe(text);
});

test("a change of people counts as made by no assistant", () => {
  expect(isAssistants(by("a"))).toBe(false);
});

test("the authors of a key are those of its own change and of what decides about every key", () => {
  const pending = { all: claude("1"), byKey: { [KEY]: by("a") } };

  expect(pendingAuthorsOf(pending, KEY)).toEqual(joinedAuthors([by("a"), claude("1")]));
  expect(pendingAuthorsOf({ ...pending, byKey: { [KEY]: 1 }, sets: [by("b"), by("a")] }, KEY)).toEqual(
    joinedAuthors([by("a"), claude("1")]),
  );
  expect(pendingAuthorsOf({ ...pending, all: null }, "toString" as Key)).toBeNull();
  expect(pendingAuthorsOf(NOT_RECORDED, KEY)).toMatchObject({
    unknown: "an earlier version accepted the change",
  });
});
