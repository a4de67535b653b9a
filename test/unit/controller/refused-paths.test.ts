import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { LiveRole, Reading } from "../../../src/model/live.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { FakeController, manifests, READ_ORDERS, SETTINGS } from "../../support/fakes/fake-controller.ts";
import { settled } from "../../support/fakes/fake-clock.ts";
import { profileText } from "../../support/profiles.ts";
import { teamText } from "../guard/fences/fenced.ts";

const ACCOUNT = "111122223333" as AccountId;
const KEY = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;
const FOREIGN = "999999999999";

type Files = Readonly<Record<string, string>>;

interface Refused {
  readonly rule: string;
  /** What the rule refuses; each names the table `marked`. */
  readonly spec: string;
  /** The platform's files that allow it, and those that do not. */
  readonly wide: (files: Files) => Files;
  readonly narrow: (files: Files) => Files;
}

const MARKED = "  grants: [{dynamodb: {table: marked, allow: [read]}}]\n";
const asIs = (files: Files): Files => files;
const withFence = (line: string) => (files: Files) => ({
  ...files,
  "platform/accounts.yaml": `${files["platform/accounts.yaml"] ?? ""}  ${line}\n`,
});
const withFile = (text: string) => (files: Files) => ({ ...files, "platform/more.yaml": text });
const team = (resources: string) =>
  withFile(teamText("orders", `accounts: [prod], functions: [a], resources: [${resources}]`));

const REFUSED: readonly Refused[] = [
  {
    rule: "INV-004",
    spec: `${MARKED}  invokedBy: [{account: {id: "${FOREIGN}"}}]\n`,
    wide: withFence(`callerAccounts: ["${FOREIGN}"]`),
    narrow: asIs,
  },
  {
    rule: "RES-005",
    spec: MARKED.replace("marked", `"arn:aws:dynamodb:eu-west-1:${FOREIGN}:table/marked"`),
    wide: withFence(`resourceAccounts: ["${FOREIGN}"]`),
    narrow: asIs,
  },
  { rule: "TEN-004", spec: MARKED, wide: team("orders, marked"), narrow: team("orders") },
  {
    rule: "OWN-001",
    spec: MARKED,
    wide: asIs,
    narrow: withFile(profileText("strict-orders", "{requiredAnnotations: [ticket]}")),
  },
];

let fake: FakeController;

beforeEach(() => {
  fake = new FakeController();
});
afterEach(stop);

async function stop(): Promise<void> {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
}

const calm = (): Files => manifests({ a: READ_ORDERS });
const asked = ({ spec }: Refused): Files => manifests({ a: spec });

/** Approves everything that is held, and gives every path the time to write. */
async function carryOn(): Promise<void> {
  await fake.clock.pass(5_000);
  await fake.approveAll();
  await fake.clock.pass(600_000);
}

/** The calls that would write what the rule refuses. */
const applied = (): readonly string[] =>
  fake.cloud
    .account(ACCOUNT)
    .writes.filter((action) => JSON.stringify(action).includes("table/marked"))
    .map(({ call }) => call);

async function suspended(between: () => Promise<void>): Promise<void> {
  const scope = { accountId: null, namespace: "orders", key: null };
  const until = new Date(fake.clock.nowMs() + 3_600_000).toISOString();
  const suspension = await fake.control.suspend({ scope, reason: "test", until }, "dana");
  if (suspension.kind !== "ok") throw new Error(suspension.error.message);
  await between();
  await fake.control.resume({ id: suspension.value.id, reason: "over" }, "dana");
  await settled();
}

/** What someone does in AWS: the permissions of the role are gone. */
function tamper(): void {
  const aws = fake.cloud.account(ACCOUNT);
  const roles = [...aws.live.roles].map(([name, role]): readonly [string, Reading<LiveRole>] =>
    role.kind === "present" ? [name, { ...role, value: { ...role.value, inline: [] } }] : [name, role],
  );
  aws.live = { ...aws.live, roles: new Map(roles) };
}

const PATHS: Readonly<Record<string, (refused: Refused) => Promise<void>>> = {
  "the loop": async (refused) => {
    await fake.startConverged(refused.narrow(calm()));
    await fake.push(refused.narrow(asked(refused)));
  },
  "an approval from before": async (refused) => {
    const limits = { deletes: 0, changedCount: 0, changedShare: 0 };
    fake.source.push(refused.wide(calm()));
    await fake.start({ limits: { ...SETTINGS.limits, ...limits } });
    await fake.converge();
    await suspended(async () => {
      await fake.push(refused.wide(asked(refused)));
      if ((await fake.control.overview()).holds.length === 0) throw new Error("nothing is held");
      await fake.approveAll();
      await fake.push(refused.narrow(asked(refused)));
    });
  },
  "the end of a suspension": async (refused) => {
    await fake.startConverged(refused.narrow(calm()));
    await suspended(() => fake.push(refused.narrow(asked(refused))));
  },
  "a restart": async (refused) => {
    await fake.startConverged(refused.narrow(calm()));
    await stop();
    fake.source.push(refused.narrow(asked(refused)));
    await fake.start();
  },
  "an undo plan": async (refused) => {
    await fake.startConverged(refused.wide(asked(refused)));
    await fake.push(refused.narrow(asked(refused)));
    tamper();
  },
};

describe.each(REFUSED)("what $rule refuses in a plan", (refused) => {
  test.each(Object.entries(PATHS))("is not applied by %s", async (_, act) => {
    await act(refused);
    await carryOn();
    const verdict = fake.control.keyView(KEY)?.verdict;
    const rules = verdict?.kind === "refuse" ? verdict.findings.map(({ rule }) => rule) : [];

    expect(applied()).toEqual([]);
    expect([...new Set(rules)]).toEqual([refused.rule]);
  });

  test("is applied, and restored, while nothing refuses it", async () => {
    await fake.startConverged(refused.wide(calm()));
    await fake.push(refused.wide(asked(refused)));
    await carryOn();
    const first = applied();
    tamper();
    await carryOn();

    expect(first).not.toEqual([]);
    expect(applied().length).toBeGreaterThan(first.length);
  });
});
