import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { settled } from "../../../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS } from "../../../../support/fakes/fake-controller.ts";
import { FILES, NEXT, PLATFORM } from "../shown-commits.ts";

let fake: FakeController;

beforeEach(async () => {
  fake = new FakeController();
  fake.source.push(FILES);
  await fake.start({ notedSources: PLATFORM });
});

afterEach(() => stopped());

async function stopped(): Promise<void> {
  const ended = fake.stop();
  await fake.clock.pass(11_000);
  await ended;
}

/** Of the newest revision. */
function firstText(): string {
  const notes = fake.recorder.alerts.filter((alert) => alert.kind === "pull-request-note" && alert.isNew);
  const note = notes.at(-1);
  return note?.kind === "pull-request-note" ? note.text : "";
}

/** With this many functions next to the one that is there. */
function withFunctions(count: number): Readonly<Record<string, string>> {
  const names = Array.from({ length: count }, (_, at) => [`f${at}`, READ_ORDERS] as const);
  return manifests({ a: READ_ORDERS, ...Object.fromEntries(names) });
}

test.each([
  { count: 200, title: "accepted, not applied yet", because: "each is listed" },
  { count: 201, title: "accepted", because: "of more, only the names are shown" },
])("a revision that changes $count functions is shown as $title: $because", async ({ count, title }) => {
  await fake.push(withFunctions(count));

  expect(firstText().split("\n")[0]).toBe(`### Grantkeeper: ${title}`);
  const listed = firstText()
    .split("\n")
    .filter((line) => line.startsWith("- "));
  expect(listed).toHaveLength(count);
  expect(listed.filter((line) => line.endsWith("not applied yet"))).toHaveLength(count === 200 ? 200 : 0);
  expect(firstText().includes(`It may change ${count} functions and policies`)).toBe(count === 201);
});

test("what a revision changed is shown as not exactly known if a restart came before it was accepted, and else as all", async () => {
  await fake.push(NEXT);
  expect(firstText()).toContain("This is all that changed since");
  await stopped();
  fake.recorder.alerts.splice(0);
  fake.source.authors = { kind: "unknown", reason: "the history does not continue" };
  fake.source.push(FILES);

  await fake.start({ notedSources: PLATFORM });
  await settled();

  expect(firstText()).toContain("Grantkeeper was restarted before it accepted the revision");
});
