import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { settled } from "../../../support/fakes/fake-clock.ts";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SETTINGS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { profileText } from "../../../support/profiles.ts";
import { ACCOUNT, HOUR_MS, KEY } from "./operator.ts";

const PROFILE = {
  "platform/profile.yaml": profileText("reviewed", "{approval: {for: new-access, group: security}}"),
};

let fake: FakeController;
let aws: FakeAws;

/** Converged with read access, before the profile exists; Lee belongs to the group, Dana does not. */
beforeEach(async () => {
  fake = new FakeController();
  fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start({ approvers: { security: ["lee"], audit: ["dana"] } });
  await fake.converge();
  aws = fake.cloud.account(ACCOUNT);
});

afterEach(() => fake.stop());

const holds = async () => (await fake.control.overview()).holds;
const approve = async (actor: string) => {
  const [hold] = await holds();
  const answer = await fake.control.approve(
    { subject: hold?.subject ?? "", reason: "ok", forMs: HOUR_MS },
    actor,
  );
  await settled();
  return answer;
};

test("a member of the group whose token has expired is not shown as one who can approve", async () => {
  await fake.stop();
  fake = new FakeController();
  fake.source.push(manifests({ a: READ_ORDERS }));
  const tokenExpiryMs = { lee: fake.clock.nowMs() + HOUR_MS, dana: fake.clock.nowMs() - 1 };
  await fake.start({ approvers: { security: ["lee", "dana"], audit: ["dana"] }, tokenExpiryMs });

  expect((await fake.control.overview()).approvers).toEqual({ security: ["lee"], audit: [] });
  await fake.clock.pass(2 * HOUR_MS);
  expect((await fake.control.overview()).approvers).toEqual({ security: [], audit: [] });
});

describe("a profile that asks for an approval of new access", () => {
  test("holds a change that grants something new, and names the group", async () => {
    await fake.push({ ...manifests({ a: WRITE_ORDERS }), ...PROFILE });

    expect(await holds()).toMatchObject([
      {
        code: "profile-approval",
        reason: "grants new access, which needs an approval of group security",
        group: "security",
        keys: [KEY],
      },
    ]);
    expect(aws.writes).toEqual([]);
  });

  test("takes the approval of a person of the provider who is in the group by issuer and subject", async () => {
    await fake.stop();
    fake = new FakeController();
    fake.source.push(manifests({ a: READ_ORDERS }));
    await fake.start({ approvers: { security: ["https://idp#00u1"] } });
    await fake.converge();
    await fake.push({ ...manifests({ a: WRITE_ORDERS }), ...PROFILE });

    const refused = await approve("Dana Ruiz <https://idp#00u2>");
    const accepted = await approve("Dana Ruiz <https://idp#00u1>");

    expect([refused.kind, accepted.kind]).toEqual(["err", "ok"]);
  });

  test("takes no approval of an operator outside the group, and names who can give it", async () => {
    await fake.push({ ...manifests({ a: WRITE_ORDERS }), ...PROFILE });

    expect(await approve("dana")).toEqual({
      kind: "err",
      error: { code: "invalid", message: "only group security may approve this", hint: "ask lee" },
    });
    expect(aws.writes).toEqual([]);
  });

  test("lets a member of the group approve it, and records the group", async () => {
    await fake.push({ ...manifests({ a: WRITE_ORDERS }), ...PROFILE });

    expect(await approve("lee")).toMatchObject({ kind: "ok", value: { actor: "lee", groups: ["security"] } });
    const { entries } = await fake.control.history({ key: KEY, namespace: null, before: null, limit: 50 });
    expect(entries).toContainEqual(
      expect.objectContaining({ kind: "approved", actor: "lee", groups: ["security"] }),
    );
    expect(aws.writes.length).toBeGreaterThan(0);
    expect(await holds()).toEqual([]);
  });

  test("holds nothing that is proved to grant nothing new", async () => {
    await fake.push({ ...manifests({ a: WRITE_ORDERS }) });
    await fake.converge();

    await fake.push({ ...manifests({ a: READ_ORDERS }), ...PROFILE });
    await fake.clock.pass(SWEEP_MS);

    expect(await holds()).toEqual([]);
    expect(aws.writes.length).toBeGreaterThan(0);
  });

  test("holds it also after a restart, and after a push that does not touch it", async () => {
    await fake.push({ ...manifests({ a: WRITE_ORDERS }), ...PROFILE });
    await fake.stop();
    await fake.start({ approvers: { security: ["lee"] } });
    await fake.push({ ...manifests({ a: WRITE_ORDERS, b: "  logs: false\n" }), ...PROFILE });

    expect((await holds()).flatMap(({ keys }) => keys)).toContain(KEY);
    expect(aws.writes.filter(({ key }) => key === KEY)).toEqual([]);
  });
});

test("a group that the operator's file does not have is in the log, with its fix", async () => {
  await fake.stop();
  await fake.start({ approvers: {}, compile: { ...SETTINGS.compile, approverGroups: [] } });
  await fake.push({ ...manifests({ a: READ_ORDERS }), ...PROFILE });

  expect(fake.telemetry.lines).toContainEqual(
    expect.objectContaining({
      text: "no approver",
      fields: expect.objectContaining({
        hint: "add it to grantkeeper.yaml: approvers: { security: [TOKEN] }",
      }),
    }),
  );
});

describe("preapproved grants of a profile", () => {
  const team = (more: string) => `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: orders}
spec: {accounts: ["*"], functions: ["*"], ${more}}
`;
  const OWNS = team("resources: [orders]");
  const approval = (preapproved: string) =>
    profileText("reviewed", `{approval: {for: new-access, group: security, preapproved: ${preapproved}}}`);
  const LISTED = approval("{dynamodb: [read, write]}");
  const LENDER = `${team("resources: []")}---\n${OWNS.replace("name: orders", "name: owner").replace(
    '["*"], resources',
    '["owner-*"], shares: [{with: orders, resources: [orders]}], resources',
  )}`.replace('functions: ["*"]', 'functions: ["a*"]');

  test.each([
    {
      profile: LISTED,
      teams: OWNS,
      spec: WRITE_ORDERS,
      held: false,
      because: "the verb is listed, and the table is the team's",
    },
    {
      profile: approval("{dynamodb: [read]}"),
      teams: OWNS,
      spec: WRITE_ORDERS,
      held: true,
      because: "the verb is not listed",
    },
    {
      profile: LISTED,
      teams: LENDER,
      spec: WRITE_ORDERS,
      held: true,
      because: "another team owns the table and shares it",
    },
    {
      profile: LISTED,
      teams: null,
      spec: WRITE_ORDERS,
      held: true,
      because: "without a Team no resource is the team's",
    },
    {
      profile: LISTED,
      teams: OWNS,
      spec: `${WRITE_ORDERS}  statements: [{reason: x, statement: {Effect: Allow, Action: "dynamodb:Scan", Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"}}]\n`,
      held: true,
      because: "a statement in IAM syntax is not a grant",
    },
    {
      profile: `${LISTED}---\n${approval("{}").replace("reviewed", "other")}`,
      teams: OWNS,
      spec: WRITE_ORDERS,
      held: true,
      because: "each profile must list the grant",
    },
  ])("need no approval or do: $because", async ({ profile, teams, spec, held }) => {
    await fake.push({
      ...manifests({ a: spec }),
      "platform/profile.yaml": profile,
      ...(teams !== null && { "platform/teams.yaml": teams }),
    });

    expect((await holds()).map(({ code }) => code)).toEqual(held ? ["profile-approval"] : []);
    expect(aws.writes.length > 0).toBe(!held);
  });
});

describe("the first enforcing pass of an account", () => {
  beforeEach(async () => {
    await fake.stop();
    fake = new FakeController();
    fake.source.push({ ...manifests({ a: READ_ORDERS }), ...PROFILE });
    await fake.start({ approvers: { security: ["lee"], audit: ["dana"] } });
    aws = fake.cloud.account(ACCOUNT);
  });

  test("is one pending approval that names the group, and a member lifts it with one answer", async () => {
    expect(await holds()).toMatchObject([
      { code: "first-enforcing-pass", reason: expect.stringContaining("an approval of group security") },
    ]);

    expect(await approve("lee")).toMatchObject({ kind: "ok" });

    expect(await holds()).toEqual([]);
    expect(aws.writes.some(({ key }) => key === KEY)).toBe(true);
  });

  test("keeps what the profile asks about for the group, if another operator approves it", async () => {
    expect(await approve("dana")).toMatchObject({ kind: "ok" });

    expect(await holds()).toMatchObject([{ code: "profile-approval", group: "security" }]);
    expect(aws.writes.some(({ key }) => key === KEY)).toBe(false);
  });

  test("keeps it also after the approval of a member who is in the history of the first revision", async () => {
    await fake.stop();
    fake = new FakeController();
    fake.source.authors = { kind: "unknown", reason: "nothing before", people: ["lee@example.com"] };
    fake.source.push({ ...manifests({ a: READ_ORDERS }), ...PROFILE });
    const mails = { lee: ["lee@example.com"], kim: [] };
    await fake.start({ approvers: { security: ["lee", "kim"] }, mails });
    aws = fake.cloud.account(ACCOUNT);
    expect(await approve("lee")).toMatchObject({ kind: "ok" });

    const [hold] = await holds();
    expect(hold).toMatchObject({ code: "profile-approval", authors: ["lee@example.com"] });
    expect(hold).not.toHaveProperty("unlistedAuthors");
    expect(aws.writes.some(({ key }) => key === KEY)).toBe(false);
    expect(await approve("kim")).toMatchObject({ kind: "ok" });
    expect(aws.writes.some(({ key }) => key === KEY)).toBe(true);
  });
});
