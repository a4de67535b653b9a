import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { unknownAuthors, type Authors } from "../../../../src/model/authors.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { profileText } from "../../../support/profiles.ts";
import { HOUR_MS } from "./operator.ts";

const PROFILE = { "platform/profile.yaml": profileText("assistants", "{base: agents}") };
const FILE = "teams/orders/a.yaml";
const BY_DANA: Authors = {
  people: ["dana@example.com"],
  assistants: [{ assistant: "Claude", commit: "1a2b3c4d" }],
  unknown: null,
};
const DANA = "Dana Ruiz <https://idp#00u1>";

let fake: FakeController;
beforeEach(() => {
  fake = new FakeController();
});
afterEach(() => fake.stop());

/** A change that needs an approval. */
async function held(authors: Authors, settings: Parameters<FakeController["start"]>[0]) {
  fake.source.push({ ...manifests({ a: READ_ORDERS }), ...PROFILE });
  await fake.start(settings);
  await fake.converge();
  fake.source.authors = { kind: "read", byFile: new Map([[FILE, authors]]) };
  await fake.push({ ...manifests({ a: WRITE_ORDERS }), ...PROFILE });
  await settled();
  const [hold] = (await fake.control.overview()).holds;
  return { subject: hold?.subject ?? "", reason: "seen", forMs: HOUR_MS };
}

const MAILS = { lee: ["lee@example.com"] };

test("a person of the provider who is an author of the change may not approve it", async () => {
  const request = await held(BY_DANA, { mails: MAILS });

  const answer = await fake.control.approve({ ...request, mail: "dana@example.com" }, DANA);

  expect(answer).toMatchObject({
    kind: "err",
    error: { message: "dana@example.com is an author of the change, and may not approve it" },
  });
});

test("another person of the provider may approve it, and is in the approval with the address", async () => {
  const request = await held(BY_DANA, { mails: MAILS });

  const answer = await fake.control.approve(
    { ...request, mail: "sam@example.com" },
    "Sam <https://idp#00u2>",
  );

  expect(answer).toMatchObject({ kind: "ok", value: { mails: ["sam@example.com"] } });
});

test("no person of the provider may approve a change whose authors are not all known", async () => {
  const request = await held(unknownAuthors("a force-push"), { mails: MAILS });

  const answer = await fake.control.approve({ ...request, mail: "dana@example.com" }, DANA);

  expect(answer).toMatchObject({
    kind: "err",
    error: {
      message: `the authors of the change are not all known (a force-push), and ${DANA} may be one of them`,
    },
  });
});

test("the rule is off for persons too where the operator's file has no addresses", async () => {
  const request = await held(BY_DANA, {});

  expect(await fake.control.approve({ ...request, mail: "dana@example.com" }, DANA)).toMatchObject({
    kind: "ok",
  });
});

test.each([
  { mails: MAILS, because: "a token has an address" },
  { mails: {}, because: "the group names people of the provider" },
])("a member of the group without a verified address may not approve, as $because", async ({ mails }) => {
  const request = await held(BY_DANA, { mails, approvers: { security: ["https://idp#00u1"] } });

  expect(await fake.control.approve(request, DANA)).toMatchObject({
    kind: "err",
    error: { message: expect.stringContaining(`no verified e-mail address of ${DANA}`) },
  });
  expect(await fake.control.approve({ ...request, mail: "dana@example.com" }, DANA)).toMatchObject({
    kind: "err",
    error: { message: "dana@example.com is an author of the change, and may not approve it" },
  });
  expect(await fake.control.approve({ ...request, mail: "sam@example.com" }, DANA)).toMatchObject({
    kind: "ok",
    value: { mails: ["sam@example.com"] },
  });
});

test("a group with people of the provider asks tokens for no address", async () => {
  const request = await held(BY_DANA, { approvers: { security: ["https://idp#00u1"] } });

  expect(await fake.control.approve(request, "lee")).toMatchObject({ kind: "ok" });
});

test("a local sign-in is in the groups that name local, by its id and not by its name", async () => {
  const profile = {
    "platform/profile.yaml": profileText("reviewed", "{approval: {for: new-access, group: ops}}"),
  };
  fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start({ approvers: { ops: ["local"] } });
  await fake.converge();
  await fake.push({ ...manifests({ a: WRITE_ORDERS }), ...profile });
  await settled();
  const [hold] = (await fake.control.overview()).holds;
  const request = { subject: hold?.subject ?? "", reason: "seen", forMs: HOUR_MS };

  expect(await fake.control.approve(request, "local <https://idp#00u3>")).toMatchObject({ kind: "err" });
  expect(await fake.control.approve(request, "dana <local>")).toMatchObject({
    kind: "ok",
    value: { actor: "dana <local>", groups: ["ops"] },
  });
});
