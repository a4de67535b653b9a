import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { unknownAuthors, type Authors } from "../../../../src/model/authors.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { profileText } from "../../../support/profiles.ts";
import { ACCOUNT, HOUR_MS, KEY } from "./operator.ts";

const PROFILE = { "platform/profile.yaml": profileText("assistants", "{base: agents}") };
const FILE = "teams/orders/a.yaml";
const DANA: Authors = { people: ["dana@example.com"], assistants: [], unknown: null };
const CLAUDE: Authors = { ...DANA, assistants: [{ assistant: "Claude", commit: "1a2b3c4d" }] };

let fake: FakeController;
let aws: FakeAws;

beforeEach(async () => {
  fake = new FakeController();
  fake.source.push({ ...manifests({ a: READ_ORDERS, b: READ_ORDERS }), ...PROFILE });
  await fake.start();
  await fake.converge();
  aws = fake.cloud.account(ACCOUNT);
});

afterEach(() => fake.stop());

type Files = Parameters<FakeController["push"]>[0];

async function push(files: Files, byFile: Readonly<Record<string, Authors>>): Promise<void> {
  fake.source.authors = { kind: "read", byFile: new Map(Object.entries(byFile)) };
  await fake.push({ ...files, ...PROFILE });
  await settled();
}

const holds = async () => (await fake.control.overview()).holds;
const heldKeys = async () => (await holds()).flatMap(({ keys }) => keys);

describe("new access in a change", () => {
  test.each([
    { byFile: { [FILE]: CLAUDE }, held: true, because: "an assistant made it" },
    { byFile: { [FILE]: unknownAuthors("a force-push") }, held: true, because: "its author is unknown" },
    { byFile: { [FILE]: DANA }, held: false, because: "a person made it" },
    { byFile: {}, held: false, because: "no commit of the step is about it" },
    { byFile: { "teams/orders/b.yaml": CLAUDE }, held: false, because: "an assistant made another file" },
    {
      byFile: { [FILE]: DANA, "platform/accounts.yaml": CLAUDE },
      held: true,
      because: "an assistant changed a document that decides about every function",
    },
    {
      byFile: { [FILE]: DANA, "platform/boundary.yaml": CLAUDE },
      held: false,
      because: "a policy of the platform decides only about itself",
    },
    {
      byFile: { [FILE]: DANA, "platform/removed.yaml": CLAUDE },
      held: true,
      because: "a removed file of the platform may have held anything",
    },
  ])("is held or not: $because", async ({ byFile, held }) => {
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }), byFile);

    expect(await heldKeys()).toEqual(held ? [KEY] : []);
    expect(aws.writes.length > 0).toBe(!held);
  });

  test("is held with the assistant and its commit in the reason, until any person approves it", async () => {
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }), { [FILE]: CLAUDE });

    const [hold] = await holds();
    expect(hold).toMatchObject({
      code: "profile-approval",
      reason: "grants new access, which needs an approval; made by Claude in commit 1a2b3c4d",
    });
    const request = { subject: hold?.subject ?? "", reason: "seen", forMs: HOUR_MS };
    expect(await fake.control.approve(request, "dana")).toMatchObject({ kind: "ok" });
    await settled();
    expect(aws.writes.length).toBeGreaterThan(0);
  });

  test("is approved by another person than its authors, where the operator's file knows their addresses", async () => {
    await fake.stop();
    await fake.start({ mails: { dana: ["dana@example.com"], lee: ["lee@example.com"] } });
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }), { [FILE]: CLAUDE });
    const [hold] = await holds();
    const request = { subject: hold?.subject ?? "", reason: "seen", forMs: HOUR_MS };

    expect(await fake.control.approve(request, "dana")).toEqual({
      kind: "err",
      error: {
        code: "invalid",
        message: "dana@example.com is an author of the change, and may not approve it",
        hint: "ask another operator to review and approve it",
      },
    });
    expect(await fake.control.approve(request, "lee")).toMatchObject({
      kind: "ok",
      value: { mails: ["lee@example.com"] },
    });
    await settled();
    expect(aws.writes.length).toBeGreaterThan(0);
  });

  test("is approved by a known person where its authors are not all known", async () => {
    await fake.stop();
    await fake.start({ mails: { lee: ["lee@example.com"], kim: [] } });
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }), { [FILE]: unknownAuthors("a force-push") });
    const [hold] = await holds();
    const request = { subject: hold?.subject ?? "", reason: "seen", forMs: HOUR_MS };

    for (const actor of ["kim", "local"])
      expect(await fake.control.approve(request, actor)).toEqual({
        kind: "err",
        error: {
          code: "invalid",
          message: `the authors of the change are not all known (a force-push), and token ${actor} has no address to compare them with`,
          hint: "approve it with a token that has mails in grantkeeper.yaml",
        },
      });
    expect(await fake.control.approve(request, "lee")).toMatchObject({ kind: "ok" });
    await settled();
    expect(aws.writes.length).toBeGreaterThan(0);
  });

  test("is held of everything if the source knows no authors", async () => {
    fake.source.authors = { kind: "unknown", reason: "the source is a folder" };
    await fake.push({ ...manifests({ a: WRITE_ORDERS, b: READ_ORDERS }), ...PROFILE });

    expect(await heldKeys()).toEqual([KEY]);
  });
});

describe("while a change of an assistant is not applied", () => {
  beforeEach(() => push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }), { [FILE]: CLAUDE }));

  test("a later commit of a person does not make it the person's", async () => {
    const later = manifests({ a: `${WRITE_ORDERS}  logs: false\n`, b: READ_ORDERS });
    await push(later, { [FILE]: DANA });

    expect(await heldKeys()).toEqual([KEY]);
    expect(aws.writes).toEqual([]);
  });

  test("neither a restart nor a push elsewhere nor time ends it", async () => {
    await fake.stop();
    await fake.start();
    await push(manifests({ a: WRITE_ORDERS, b: `${READ_ORDERS}  logs: false\n` }), {});
    await fake.clock.pass(SWEEP_MS);

    expect(await heldKeys()).toEqual([KEY]);
    expect(aws.writes.filter(({ key }) => key === KEY)).toEqual([]);
  });

  test("a person's revert ends it, and the next change is the person's", async () => {
    await push(manifests({ a: READ_ORDERS, b: READ_ORDERS }), {});
    await fake.clock.pass(SWEEP_MS);
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }), { [FILE]: DANA });

    expect(await holds()).toEqual([]);
    expect(aws.writes.length).toBeGreaterThan(0);
  });
});

test("AI-001: block refuses what an assistant made, and nothing else", async () => {
  const refusing = {
    "platform/profile.yaml": profileText("assistants", "{agent: true, rules: {AI-001: block}}"),
  };
  fake.source.authors = {
    kind: "read",
    byFile: new Map([
      [FILE, CLAUDE],
      ["teams/orders/b.yaml", DANA],
    ] as const),
  };
  await fake.push({ ...manifests({ a: WRITE_ORDERS, b: WRITE_ORDERS }), ...refusing });

  expect(fake.condition(KEY, "Ready")).toBe("False GuardrailRefused");
  expect(new Set(aws.writes.map(({ key }) => key))).toEqual(new Set([KEY.replace("/a", "/b")]));
});

test.each([
  { broken: `${WRITE_ORDERS}\tx: [`, because: "a file that is no YAML" },
  { broken: `${WRITE_ORDERS}  unknownField: 1\n`, because: "a field that does not exist" },
])(
  "a person who corrects what an assistant wrote does not make it the person's: $because",
  async ({ broken }) => {
    await push(manifests({ a: READ_ORDERS, b: READ_ORDERS, c: broken }), { "teams/orders/c.yaml": CLAUDE });
    await fake.clock.pass(SWEEP_MS);
    await push(manifests({ a: READ_ORDERS, b: READ_ORDERS, c: WRITE_ORDERS }), {
      "teams/orders/c.yaml": DANA,
    });

    expect(await heldKeys()).toEqual([KEY.replace("/a", "/c")]);
  },
);
