import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { unreadableIncidents } from "../../../src/controller/unreadable-accounts.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { awsError, type FakeAws } from "../../support/fakes/fake-aws.ts";
import { FakeController, manifests, READ_ORDERS } from "../../support/fakes/fake-controller.ts";

const MINUTE_MS = 60_000;
const IDS = ["111122223333", "222233334444", "333344445555"] as const;
const NAMES = { prod: IDS[0], dev: IDS[1], ops: IDS[2] };

let fake: FakeController;
beforeEach(async () => {
  fake = new FakeController();
  fake.source.push(manifests({ a: READ_ORDERS }, NAMES));
  await fake.start();
});
afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

const account = (id: string): FakeAws => fake.cloud.account(id as AccountId);

/** As AWS answers an AssumeRole that no policy of the base role allows. */
function denied(id: string) {
  const role = `arn:aws:iam::${id}:role/grantkeeper-system/observer`;
  return awsError("circuit", {
    code: "AccessDenied",
    message: `no policy allows sts:AssumeRole on ${role}`,
    requestId: `request-${id}`,
  });
}

function alerts(): readonly unknown[] {
  return fake.recorder.alerts.filter(({ kind }) => kind === "account-unreadable" || kind === "account-read");
}

async function pass(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) await fake.clock.pass(MINUTE_MS);
}

describe("an account that is not read", () => {
  test("is one incident after a quarter of an hour, which closes by itself", async () => {
    account(IDS[0]).readError = denied(IDS[0]);
    await pass(14);
    const before = alerts();
    await pass(8);

    expect(before).toEqual([]);
    expect(alerts()).toEqual([
      {
        kind: "account-unreadable",
        incident: `unreadable/${IDS[0]}`,
        account: "prod",
        since: expect.any(String),
        reason: expect.stringContaining("no policy allows sts:AssumeRole"),
        fix: expect.any(String),
      },
    ]);
    account(IDS[0]).readError = null;
    await pass(10);
    expect(alerts().slice(1)).toEqual([{ kind: "account-read", incident: `unreadable/${IDS[0]}` }]);
  });

  test("is no incident if it is read again within that time", async () => {
    account(IDS[0]).readError = denied(IDS[0]);
    await pass(8);
    account(IDS[0]).readError = null;
    await pass(20);

    expect(alerts()).toEqual([]);
  });

  test("shares one message with others that fail for the same reason, until the last is read", async () => {
    for (const id of IDS) account(id).readError = denied(id);
    await pass(25);
    const [opened] = alerts();

    expect(alerts()).toHaveLength(1);
    expect(opened).toMatchObject({ accounts: ["dev", "ops", "prod"] });
    account(IDS[0]).readError = null;
    account(IDS[1]).readError = null;
    await pass(10);
    expect(alerts().at(-1)).toMatchObject({ accounts: ["ops"] });
    account(IDS[2]).readError = null;
    await pass(10);
    expect(alerts().at(-1)).toMatchObject({ kind: "account-read" });
  });

  test.each([
    {
      because: "others joined later, each with a message of its own",
      prepare: async () => {
        account(IDS[0]).readError = denied(IDS[0]);
        await pass(22);
        account(IDS[1]).readError = denied(IDS[1]);
        await pass(22);
      },
    },
    {
      because: "it is the last one of a shared message",
      prepare: async () => {
        for (const id of IDS) account(id).readError = denied(id);
        await pass(25);
        account(IDS[0]).readError = null;
        account(IDS[1]).readError = null;
        await pass(10);
      },
    },
  ])("keeps its incident over a restart, if $because", async ({ prepare }) => {
    await prepare();
    const open = fake.recorder.openIncidents("unreadable/");
    const before = alerts().length;
    const stopped = fake.stop();
    await fake.clock.pass(11_000);
    await stopped;
    await fake.start();
    await pass(5);

    expect(alerts().slice(before)).not.toContainEqual(expect.objectContaining({ kind: "account-read" }));
    expect(fake.recorder.openIncidents("unreadable/")).toEqual(open);
  });

  test("is no incident any more if no manifest declares it", async () => {
    account(IDS[0]).readError = denied(IDS[0]);
    await pass(22);
    fake.source.push(manifests({ a: READ_ORDERS }, { dev: IDS[1], ops: IDS[2] }));
    await pass(5);

    expect(alerts().at(-1)).toEqual({ kind: "account-read", incident: `unreadable/${IDS[0]}` });
  });
});

describe("the incidents of failing accounts", () => {
  const failing = (name: string, minutesAgo: number, reason: string, cause?: string) => ({
    id: NAMES[name as keyof typeof NAMES] as AccountId,
    name,
    failing: { sinceMs: -minutesAgo * MINUTE_MS, reason, ...(cause !== undefined && { cause }) },
  });

  test.each([
    {
      because: "another text of AWS is no other reason if the cause is the same",
      accounts: [
        failing("prod", 20, "denied in prod", "denied"),
        failing("dev", 20, "denied in dev", "denied"),
      ],
      members: [["prod", "dev"]],
    },
    {
      because: "another cause is another incident, also with the same text",
      accounts: [
        failing("prod", 20, "denied", "by a boundary"),
        failing("dev", 20, "denied", "by a trust policy"),
      ],
      members: [["prod"], ["dev"]],
    },
    {
      because: "another reason is another incident",
      accounts: [failing("prod", 20, "AccessDenied"), failing("dev", 20, "ECONNREFUSED")],
      members: [["prod"], ["dev"]],
    },
    {
      because: "an account that fails since a short time joins those that fail for the same reason",
      accounts: [failing("prod", 15, "expired"), failing("dev", 1, "expired")],
      members: [["prod", "dev"]],
    },
    {
      because: "no account of the reason fails long enough",
      accounts: [failing("prod", 14, "expired"), failing("dev", 1, "expired")],
      members: [],
    },
  ])("$because", ({ accounts, members }) => {
    const found = unreadableIncidents(new Map(), accounts, 0);

    const idsOf = (names: readonly string[]) =>
      names.map((name) => NAMES[name as keyof typeof NAMES] as AccountId);
    expect([...found.values()].map((one) => [...one.members])).toEqual(members.map(idsOf));
  });

  test("stay the same while an account fails for alternating reasons, and while another account joins", () => {
    const alone = unreadableIncidents(new Map(), [failing("prod", 20, "AccessDenied")], 0);
    const other = unreadableIncidents(alone, [failing("prod", 21, "ECONNREFUSED")], 0);
    const joined = unreadableIncidents(
      other,
      [failing("prod", 21, "x"), failing("dev", 20, "AccessDenied")],
      0,
    );

    expect(other).toEqual(alone);
    expect([...joined.keys()]).toEqual([`unreadable/${IDS[0]}`, `unreadable/${IDS[1]}`]);
  });
});
