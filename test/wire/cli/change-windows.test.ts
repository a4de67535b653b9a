import { expect, test } from "@jest/globals";
import type { DesiredWindow } from "../../../src/model/windows/change-window.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { ApiCli } from "../../support/screens/api-cli.ts";
import { ORDERS_API, REFUNDS } from "../../support/screens/world-keys.ts";

const api = new ApiCli();
const { overview } = fakeState();
const [HOLD] = overview.holds;

const ORDER: DesiredWindow = {
  name: "staging-first",
  scope: { accounts: ["prod"], namespaces: null },
  schedule: { zone: "UTC", openings: [], overrunMs: 0 },
  after: { accounts: ["staging"], verifiedForMs: 1_800_000 },
  origin: { file: "platform/windows.yaml", line: 3, column: 1, path: "" },
};
const BROKEN: DesiredWindow = { ...ORDER, name: "office", schedule: null };

test("get changewindows shows the account that is waited for, and a window that must be corrected", async () => {
  if (HOLD === undefined) throw new Error("the world has no pending approval");
  const reason =
    "waits for account staging (change window staging-first): orders/a@staging/eu-west-1 differs from Git";
  const cause = { code: "account-order", account: "staging", windows: ["staging-first"] } as const;
  const waiting = { ...HOLD, code: cause.code, cause, account: "prod", keys: [REFUNDS], reason };
  await api.start({ state: { overview: { ...overview, holds: [waiting], windows: [BROKEN, ORDER] } } });

  const { code, out } = await api.run(["get", "changewindows"]);

  expect(code).toBe(0);
  expect(out.replaceAll(/\s+/g, " ")).toContain(
    `staging-first waiting-for-accounts - 1 applies to account prod, all namespaces after staging, verified for 30m 1 binding: ${reason}; grantkeeper describe approval`,
  );
  expect(out.replaceAll(/\s+/g, " ")).toContain(
    "office unusable - 0 closed until platform/windows.yaml:3:1 is corrected",
  );
  const json = await api.run(["get", "cw", "staging-first", "-o", "json"]);
  expect(JSON.parse(json.out)).toMatchObject({
    kind: "ChangeWindowList",
    items: [{ spec: { after: { accounts: ["staging"] } }, status: { waiting: [{ keys: [REFUNDS] }] } }],
  });
});

test.each([
  { namespace: "payments", keys: [[REFUNDS]], count: 1 },
  { namespace: "search", keys: [], count: 0 },
])(
  "get changewindows -n $namespace shows $count of the bindings that wait",
  async ({ namespace, keys, count }) => {
    if (HOLD === undefined) throw new Error("the world has no pending approval");
    const cause = { code: "account-order", account: "staging", windows: ["staging-first"] } as const;
    const waiting = { ...HOLD, code: cause.code, cause, account: "prod", keys: [ORDERS_API, REFUNDS] };
    await api.start({ state: { overview: { ...overview, holds: [waiting], windows: [ORDER] } } });

    const { out } = await api.run(["get", "changewindows", "-n", namespace]);
    const json = await api.run(["get", "changewindows", "-n", namespace, "-o", "json"]);

    expect(out).toMatch(new RegExp(`^staging-first +waiting-for-accounts +- +${count} +applies`, "m"));
    expect(out.match(/describe approval/g) ?? []).toHaveLength(count);
    const { items } = JSON.parse(json.out) as {
      readonly items: readonly {
        readonly status: { readonly waiting: readonly { readonly keys: unknown }[] };
      }[];
    };
    expect(items.flatMap(({ status }) => status.waiting.map((one) => one.keys))).toEqual(keys);
  },
);

test("get changewindows shows the date of the next opening once, in UTC and in the zone of the window", async () => {
  const openings = [{ day: "mon" as const, atMinute: 570, lengthMs: 7_200_000 }];
  const office = { ...ORDER, name: "office", schedule: { zone: "Europe/Berlin", openings, overrunMs: 0 } };
  await api.start({ state: { overview: { ...overview, holds: [], windows: [office] } } });

  const { out } = await api.run(["get", "changewindows"]);

  expect(out).toMatch(/^office +closed +\d{4}-\d\d-\d\d \d\d:30Z +0 +until .*09:30 Europe\/Berlin/m);
  expect(out.match(/Europe\/Berlin/g)).toHaveLength(1);
});

test("get changewindows without a window answers what that means", async () => {
  await api.start();

  expect((await api.run(["get", "changewindows"])).out).toBe(
    "No change windows found: changes from Git are written at any time\n",
  );
});

test.each([
  { list: "changewindows", namespace: "orders", names: ["office", "staging-first"] },
  { list: "changewindows", namespace: "search", names: ["staging-first"] },
  { list: "waivers", namespace: "orders", names: ["ord-77"] },
  { list: "teams", namespace: "payments", names: ["payments"] },
])(
  "get $list -n $namespace lists what applies to the namespace, within 80 columns",
  async ({ list, namespace, names }) => {
    const scope = { accounts: ["prod", "staging"], namespaces: ["orders", "payments"] };
    const openings = [{ day: "mon" as const, atMinute: 570, lengthMs: 7_200_000 }];
    const schedule = { zone: "America/Argentina/Buenos_Aires", openings, overrunMs: 0 };
    const office = { ...ORDER, name: "office", scope, schedule };
    await api.start({ state: { overview: { ...overview, holds: [], windows: [office, ORDER] } } });
    const argv = ["get", list, "-n", namespace];

    const { out } = await api.run(argv, {}, { terminal: { columns: 80, isTerminal: true } });
    const found = await api.run([...argv, "-o", "json"]);

    const { items } = JSON.parse(found.out) as { items: { metadata: { name: string } }[] };
    expect(items.map(({ metadata }) => metadata.name)).toEqual(names);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(out.split("\n")[1]).toMatch(new RegExp(`^${names[0] ?? ""} `));
  },
);
