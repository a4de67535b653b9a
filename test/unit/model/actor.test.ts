import { describe, expect, test } from "@jest/globals";
import {
  actorId,
  isOfProvider,
  isPerson,
  personActor,
  recordedSubject,
} from "../../../src/model/people/actor.ts";

describe("the actor of a person", () => {
  test.each([
    { name: "Dana Ruiz", id: "https://idp#00u1", actor: "Dana Ruiz <https://idp#00u1>" },
    { name: "", id: "local", actor: "local" },
    { name: "<>", id: "local", actor: "local" },
    { name: "local>", id: "https://idp#00u1", actor: "local <https://idp#00u1>" },
    {
      name: "Eve <https://idp#00u1>",
      id: "https://idp#00u2",
      actor: "Eve https://idp#00u1 <https://idp#00u2>",
    },
  ])("of $name with the id $id is $actor, and has that id", ({ name, id, actor }) => {
    expect(personActor(name, id)).toBe(actor);
    expect(actorId(personActor(name, id))).toBe(id);
  });

  test("differs from the name of a token", () => {
    const persons = ["dana <local>", "https://idp#00u1", "Dana <https://idp#00u1>"];

    expect(persons.map(isPerson)).toEqual([true, true, true]);
    expect(["ci-orders", "local"].map(isPerson)).toEqual([false, false]);
    expect(actorId("ci-orders")).toBe("ci-orders");
  });

  test("is of a provider if the id has an issuer and a subject", () => {
    const actors = ["https://idp#00u1", "local <https://idp#00u1>", "dana#1 <local>", "local", "ci-orders"];

    expect(actors.map(isOfProvider)).toEqual([true, true, false, false, false]);
  });

  test.each(["dana ruiz", "J\u00f6rg", "a#b", "100%", "<a>", "\ud800"])(
    "with the subject %j has an id of printable characters that ends with it",
    (subject) => {
      const id = `https://idp#${recordedSubject(subject)}`;

      expect(actorId(personActor("Dana", id))).toBe(id);
      expect(recordedSubject(subject)).toMatch(/^[!-~]+$/);
      expect(decodeURIComponent(recordedSubject(subject))).toBe(subject.toWellFormed());
    },
  );
});
