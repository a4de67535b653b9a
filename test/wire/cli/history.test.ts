import { afterEach, describe, expect, test } from "@jest/globals";
import type { AuditFact } from "../../../src/audit/entry.ts";
import { reconcileFact } from "../../../src/model/reads/reconcile-fact.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { cli, type CliRun } from "../../support/screens/cli.ts";
import { checked, intent, KEY } from "../../support/record/audit-facts.ts";
import { getAs } from "../../support/kubernetes/requests.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { ORDERS_API, REFUNDS } from "../../support/screens/world-keys.ts";
import { chainOf } from "../../support/record/chain.ts";
import {
  LOCAL_TOKEN,
  ORDERS_TOKEN,
  startTestServer,
  type TestServer,
} from "../../support/screens/http-server.ts";

const UNTIL = "2026-12-01T00:00:00.000Z";
const STOPPED = { kind: "stopped", version: "1", reason: "asked" } as const;

function suspended(scope: string): AuditFact {
  return { kind: "suspended", id: "s1", scope, actor: "dana", reason: `of ${scope}`, until: UNTIL };
}

function approved(keys: readonly Key[]): AuditFact {
  const covers = keys.map((key) => ({ key, permissions: [], calls: [] }));
  const subject = `sha256:${"7f3a91c2".padEnd(64, "0")}`;
  return { kind: "approved", subject, actor: "dana", reason: "CHG-88", expiresAt: UNTIL, covers };
}

/** A write and its result, which are the entries `number` and `number + 1`. */
function write(number: number, key: Key = ORDERS_API): readonly AuditFact[] {
  return [
    intent({ key }),
    { kind: "write-finished", intent: number, key, requestId: "r1", outcome: "applied", error: null },
  ];
}

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function history(
  facts: readonly AuditFact[],
  argv: readonly string[],
  token = LOCAL_TOKEN,
): Promise<CliRun> {
  const { entries } = chainOf(facts);
  server = await startTestServer({ state: { ...fakeState(), history: entries } });
  return cli(["history", ...argv, "--server", server.url], {
    env: { GRANTKEEPER_TOKEN: token, NO_COLOR: "1" },
  });
}

const lines = ({ out }: CliRun): readonly string[] => out.trimEnd().split("\n");

describe("--limit", () => {
  const facts = [...write(1), ...write(3), ...write(5)];

  test("counts lines, and splits no write from its result", async () => {
    const { out } = await history(facts, ["--limit", "2", "-o", "name"]);

    expect(out).toBe("5\n3\n");
  });

  test("is named where there may be older lines, and not where all are shown", async () => {
    const cut = await history(facts, ["--limit", "2"]);
    await server?.close();
    const all = await history(facts, ["--limit", "4"]);

    expect(cut.out).toMatch(/\n\nThe newest 2 lines; there may be older ones: --limit, up to 1000\n$/);
    expect(all.out).not.toContain("newest");
  });

  test("-o json has the entries of these lines, both of each write", async () => {
    const { out } = await history(facts, ["--limit", "2", "-o", "json"]);

    const { items } = JSON.parse(out) as { readonly items: readonly { readonly seq: number }[] };
    expect(items.map(({ seq }) => seq)).toEqual([6, 5, 4, 3]);
  });

  test("of a target is filled from as many pages as it takes", async () => {
    const many = Array.from({ length: 700 }, (_, at) => write(2 * at + 1)).flat();

    const { out } = await history(many, ["orders/orders-api", "--limit", "600", "-o", "name"]);

    expect(out.trimEnd().split("\n")).toEqual(Array.from({ length: 600 }, (_, at) => String(1_399 - 2 * at)));
  });
});

describe("-n", () => {
  test.each([
    { because: "a suspension of everything covers it", fact: suspended("everything"), isIn: true },
    { because: "a suspension of an account covers it", fact: suspended("account 111122223333"), isIn: true },
    { because: "a suspension of itself covers it", fact: suspended("namespace orders"), isIn: true },
    { because: "a suspension of its function covers it", fact: suspended(KEY), isIn: true },
    { because: "an approval of one of its functions covers it", fact: approved([ORDERS_API]), isIn: true },
    {
      because: "a suspension of another namespace does not",
      fact: suspended("namespace payments"),
      isIn: false,
    },
    { because: "a suspension of another function does not", fact: suspended(REFUNDS), isIn: false },
    { because: "an approval of other functions does not", fact: approved([REFUNDS]), isIn: false },
    { because: "a stop of the controller is about no namespace", fact: STOPPED, isIn: false },
  ])("$because", async ({ fact, isIn }) => {
    const { out } = await history([...write(1), fact], ["-n", "orders", "-o", "name"]);

    expect(out).toBe(isIn ? "3\n1\n" : "1\n");
  });

  test("finds what is older than all that is looked through for a page", async () => {
    const busy = Array.from({ length: 6_000 }, () => STOPPED);

    const { out } = await history([...write(1), ...busy], ["-n", "orders", "-o", "name"]);

    expect(out).toBe("1\n");
  });
});

test("a team's token sees the decisions that cover its functions, and no other function in them", async () => {
  const facts = [approved([ORDERS_API, REFUNDS]), suspended("account 111122223333"), suspended(REFUNDS)];

  const run = await history([...facts, approved([REFUNDS])], [], ORDERS_TOKEN);

  expect(lines(run).map((line) => line.split(/ +/)[0])).toEqual(["ENTRY", "2", "1"]);
  expect(run.out).toContain("orders/orders-api@prod/eu-west-1");
  expect(run.out).not.toContain("refunds");
});

test("who asked for a reconcile is in the history: of every key for everyone, of named keys for those who see one, without the others", async () => {
  const facts = [
    reconcileFact("dana", null),
    reconcileFact("lee", [ORDERS_API, REFUNDS]),
    reconcileFact("kim", [REFUNDS]),
  ];

  const seen = lines(await history(facts, [], ORDERS_TOKEN));
  await server?.close();
  const all = lines(await history(facts, ["--by", "kim"]));

  expect(seen.slice(1).map((line) => line.replaceAll(/ +/g, " "))).toEqual([
    expect.stringMatching(
      /^2 \S+ reconcile-requested lee orders\/orders-api@prod\/eu-west-1: to be read and/,
    ),
    expect.stringMatching(/^1 \S+ reconcile-requested dana everything: to be read and compared again$/),
  ]);
  expect(all.slice(1)).toEqual([expect.stringContaining("payments/refunds@prod/eu-west-1")]);
});

describe("selected lines", () => {
  const facts = [...write(1), approved([ORDERS_API]), suspended("everything"), STOPPED];

  test.each([
    { because: "of a person", argv: ["--by", "DANA"], lines: ["4", "3"] },
    { because: "of a kind of acts", argv: ["--kind", "decisions"], lines: ["3"] },
    {
      because: "of a person and a kind",
      argv: ["--by", "dana", "--kind", "suspensions,writes"],
      lines: ["4"],
    },
    {
      because: "of a function and a kind",
      argv: ["orders/orders-api@prod", "--kind", "writes"],
      lines: ["1"],
    },
    { because: "of a time before the record", argv: ["--until", "2026-01-01"], lines: [""] },
    { because: "since a day", argv: ["--since", "2026-01-01", "--limit", "1"], lines: ["5"] },
  ])("$because", async ({ argv, lines: expected }) => {
    expect(lines(await history(facts, [...argv, "-o", "name"]))).toEqual(expected);
  });

  test("an unknown kind is an error that names the kinds", async () => {
    const { code, err } = await history([], ["--kind", "reverted"]);

    expect(code).toBe(1);
    expect(err).toContain('"reverted" is none of: decisions, suspensions');
  });
});

describe("a record that is broken after entry 2", () => {
  const facts = [...write(1), approved([ORDERS_API]), suspended("everything")];
  const broken = {
    kind: "broken",
    entry: 4,
    provedUpTo: 2,
    reason: "its content does not have the hash",
    since: UNTIL,
  } as const;

  async function ask(argv: readonly string[]): Promise<CliRun> {
    const { entries } = chainOf(facts);
    const state = fakeState();
    const overview = { ...state.overview, verification: broken };
    server = await startTestServer({ state: { ...state, overview, history: entries } });
    return cli([...argv, "--server", server.url], { env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN, NO_COLOR: "1" } });
  }

  test("has its unproved entries marked in history, in the API and in the events of kubectl", async () => {
    const run = await ask(["history"]);

    expect(lines(run).map((line) => line.includes("(not verified)"))).toEqual([false, true, true, false]);
    expect(run.err).toContain("no entry from 3 on is proved to be what was written");
    const { json } = await checked(server).get("/events");
    expect(json.items.map(({ verified }: { readonly verified?: false }) => verified)).toEqual([
      false,
      false,
      undefined,
      undefined,
    ]);
    const events = await getAs(checked(server), "/api/v1/events");
    const ofApproval = events.json.items.filter(
      ({ reason }: { readonly reason: string }) => reason === "Approved",
    );
    expect(ofApproval).toMatchObject([{ message: expect.stringMatching(/^\(not verified\) /) }]);
  });

  test("has it in the structured answer, and in that about one entry", async () => {
    const listed = JSON.parse((await ask(["history", "-o", "json"])).out) as unknown;

    expect(listed).toMatchObject({ unverifiedFrom: 3 });
    const shown = (number: string): Promise<CliRun> =>
      cli(["audit", "show", number, "--server", checked(server).url], {
        env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN },
      });
    expect((await shown("3")).out).toContain("\nnot verified: ");
    expect((await shown("1")).out).not.toContain("not verified");
  });
});
