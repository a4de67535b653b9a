import { ApiCli } from "../../support/screens/api-cli.ts";
import { describe, expect, test } from "@jest/globals";
import { fakeState } from "../../support/screens/api-world.ts";
import { actionOf } from "../../support/pass/passes.ts";
import type { KeyView } from "../../../src/model/answers/key-view.ts";
import { plan, view } from "../../support/screens/world-states.ts";
import { REFUNDS } from "../../support/screens/world-keys.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import type { Digest } from "../../../src/model/values/digest.ts";

const api = new ApiCli();
const REVISION_HOLD = { code: "revision", account: null, keys: [], actions: 0 } as const;

describe("commanding the controller", () => {
  test("approve passes subject, reason and duration", async () => {
    const { code, out } = await api.run(["approve", "7f3a91c2", "--reason", "ORD-12", "--for", "30m"]);

    expect(code).toBe(0);
    expect(out).toMatch(/^approved 7f3a91c2: the revision, until /);
    expect(api.server?.control.commands).toMatchObject([
      { name: "approve", request: { subject: "7f3a91c2", reason: "ORD-12", forMs: 1_800_000 } },
    ]);
  });

  test("approve --override asks for the override, which no approval is without it", async () => {
    await api.run(["approve", "7f3a91c2", "--reason", "INC-7", "--override"]);

    expect(api.server?.control.commands).toMatchObject([{ name: "approve", request: { override: true } }]);
  });

  test("approve of a stricter verdict counts no calls, and names no end: the verdict stays", async () => {
    const { overview } = fakeState();
    const holds = overview.holds.map((hold) => ({ ...hold, code: "verdict-changed" as const, actions: 0 }));
    const state = { overview: { ...overview, holds } };

    const listed = await api.run(["get", "holds"], { state });
    const { out } = await api.run(["approve", "bbbbbbbb", "--reason", "agreed"], { state });

    expect(listed.out).toMatch(/^bbbbbbbb .* 0 +- /m);
    expect(out).toBe("approved bbbbbbbb: the rules refuse 1 binding from now on\n");
  });

  test("approve of a plan that waits for a change window states the window that it overrides", async () => {
    const { overview } = fakeState();
    const cause = { code: "change-window", windows: ["office"] } as const;
    const holds = overview.holds.map((hold) => ({ ...hold, code: cause.code, cause }));

    const { out } = await api.run(["approve", "bbbbbbbb", "--reason", "INC-1"], {
      state: { overview: { ...overview, holds } },
    });

    expect(out).toMatch(/^approved bbbbbbbb: .*, overrides the change window\s+office, until /);
  });

  test.each([
    { earliestAt: "2026-11-26T05:30:00.000Z", notes: ["ends before that; approve again with --for 19h"] },
    { earliestAt: "2026-11-25T11:59:00.000Z", notes: [] },
    { earliestAt: undefined, notes: [] },
  ])(
    "approve of another plan states what its changes wait for until $earliestAt",
    async ({ earliestAt, notes }) => {
      const { overview } = fakeState();
      const holds = overview.holds.filter(({ subject }) => subject.startsWith("sha256:bbbbbbbb"));
      const verdict = {
        kind: "hold",
        code: "limit-changes",
        reason: "",
        subject: holds[0]?.subject,
      } as const;
      const shown = view(REFUNDS, {
        verdict: verdict as KeyView["verdict"],
        plan: plan(REFUNDS, { actions: [actionOf({ key: REFUNDS })] }),
        heldBack: {
          code: "account-order",
          reason: "account staging (change window first)",
          ...(earliestAt !== undefined && { earliestAt }),
        },
      });

      const { out } = await api.run(["approve", "bbbbbbbb", "--reason", "INC-1"], {
        state: { overview: { ...overview, holds }, views: new Map([[REFUNDS, shown]]) },
      });

      expect(out.trim().split("\n").slice(1)).toEqual([
        "note:  no change from Git is written yet: the binding waits",
        "note:  unless overridden, 1 binding then waits for account staging (change window first)",
        ...notes.map((note) => `note:  the approval ${note}`),
      ]);
    },
  );

  test("approve does not name itself as the reason why a function that comes first is not in sync", async () => {
    const { overview } = fakeState();
    const holds = overview.holds.filter(({ subject }) => subject.startsWith("sha256:bbbbbbbb"));
    const verdict = { kind: "hold", code: "limit-changes", reason: "", subject: holds[0]?.subject } as const;
    const reason = "payments/refunds@prod/eu-west-1 (dependsOn): it awaits approval";
    const shown = view(REFUNDS, {
      verdict: verdict as KeyView["verdict"],
      plan: plan(REFUNDS, { actions: [actionOf({ key: REFUNDS })] }),
      heldBack: { code: "depends-on", reason, dependsOn: REFUNDS },
    });

    const { out } = await api.run(["approve", "bbbbbbbb", "--reason", "INC-1"], {
      state: { overview: { ...overview, holds }, views: new Map([[REFUNDS, shown]]) },
    });

    expect(out).toMatch(/waits for\s+payments\/refunds@.* \(dependsOn\),\s+which this approval covers$/m);
  });

  test("reject passes digest and reason", async () => {
    const { code, out } = await api.run(["reject", "7f3a91c2", "--reason", "ask the team first"]);

    expect({ code, out }).toEqual({ code: 0, out: "rejected 7f3a91c2: nothing is written\n" });
    expect(api.server?.control.commands).toMatchObject([
      { name: "reject", request: { subject: "7f3a91c2", reason: "ask the team first" } },
    ]);
  });

  test.each([
    { argv: ["approve", "bbbbbbbb", "--reason", "agreed"], line: "this ends the rejection by sam, 0s ago" },
    {
      argv: ["reject", "bbbbbbbb", "--reason", "not now"],
      line: "this replaces the rejection by sam, 0s ago",
    },
  ])("$argv.0 of a rejected plan states which rejection it ends or replaces", async ({ argv, line }) => {
    const { overview } = fakeState();
    const subject = overview.holds[0]?.subject;
    if (subject === undefined) throw new Error("nothing is held");
    const rejections = [{ subject, accountId: null, actor: "sam", reason: "ask the team", at: NOW }];
    const state = { overview: { ...overview, rejections } };

    const { out } = await api.run(argv, { state });

    expect(out).toContain(`\n${line}: "ask the team"\n`);
  });

  test.each([["approve"], ["reject"]])(
    "%s of a plan that has changed names its new digest",
    async (command) => {
      const former = "90be11a2".padEnd(64, "0");
      const state = { formerlyHeld: new Map([[former, [REFUNDS]]]) };

      const { code, err } = await api.run([command, former, "--reason", "x"], { state });

      expect(code).not.toBe(0);
      expect(err).toContain("error: 90be11a2: the plan has changed; new digest bbbbbbbb\n");
      expect(err).toContain("grantkeeper describe approval bbbbbbbb\n");
    },
  );

  test("approve of a plan that is no longer pending names where to look for what replaced it", async () => {
    const former = "90be11a2".padEnd(64, "0");
    const { overview } = fakeState();
    const state = {
      overview: { ...overview, holds: overview.holds.slice(1) },
      formerlyHeld: new Map([[former, [REFUNDS]]]),
    };

    const { err } = await api.run(["approve", former, "--reason", "x"], { state });

    expect(err).toContain(
      "90be11a2: it is no longer pending; it was applied, or another plan has replaced it\n",
    );
    expect(err).toContain("hint:  grantkeeper get approvals\n");
  });

  test("describe approval asks the controller for the held calls", async () => {
    const { code, out } = await api.run(["describe", "approval", "bbbbbbbb"]);

    expect(code).toBe(0);
    expect(out).toMatch(/^Pending approval bbbbbbbb: 1 binding in prod, 4 calls, risk low\n/);
    expect(out).toContain("To reject:  grantkeeper reject bbbbbbbb --reason TEXT\n");
  });

  test("describe approval of a revision of a namespace source shows what its own source accepted, and its fix", async () => {
    const { overview } = fakeState();
    const { source, holds } = overview;
    const orders = "orders" as Namespace;
    const held = `orders//main@sha1:${"e".repeat(40)}` as Revision;
    const accepted = `orders//main@sha1:${"d".repeat(40)}` as Revision;
    const message = "commit eeeeeeee is not signed (of 1 new commit)";
    const verified = { status: "False", reason: "Unsigned", message, fix: "sign it" } as const;
    const reason = `orders//main@eeeeeee is not verified: ${message}`;
    const ofOrders = { ...source, name: "orders", namespace: orders, accepted, verified, held: null };
    const revisions = holds.map((hold) => ({ ...hold, ...REVISION_HOLD, subject: held, reason }));
    const state = { overview: { ...overview, namespaceSources: [ofOrders], holds: revisions } };

    const { out } = await api.run(["describe", "hold", "orders//main@eeeeeee"], { state });

    expect(out).toContain(`Reason: ${reason}\n`);
    expect(out).toContain("accepted revision orders//main@ddddddd\n");
    expect(out).toContain("Fix: sign it\n");
  });

  test("describe approval of a force-push shows its authors and why others are unknown, also in JSON", async () => {
    const { overview } = fakeState();
    const subject = `main@sha1:${"e".repeat(40)}` as Revision;
    const authors = ["dana@example.com"];
    const unlistedAuthors = "the history does not continue the accepted revision";
    const holds = overview.holds.map((hold) => ({
      ...hold,
      ...REVISION_HOLD,
      subject,
      authors,
      unlistedAuthors,
    }));
    const state = { overview: { ...overview, holds } };

    const { out } = await api.run(["describe", "approval", "main@eeeeeee"], { state });
    const json = await api.run(["describe", "approval", "main@eeeeeee", "-o", "json"], { state });

    expect(out).toContain(
      "\nAuthors: dana@example.com (a token with one of these addresses cannot approve it)\n",
    );
    expect(out.replaceAll(/\s+/gu, " ")).toContain(`Authors not all known: ${unlistedAuthors} (a token`);
    expect(JSON.parse(json.out)).toMatchObject({ status: { authors, unlistedAuthors } });
  });

  test("describe approval of a plan of a namespace source shows the revision of that source", async () => {
    const { overview } = fakeState();
    const { source, holds } = overview;
    const accepted = `payments//main@sha1:${"d".repeat(40)}` as Revision;
    const own = { ...source, name: "payments", namespace: "payments" as Namespace, accepted };
    const [held] = holds;
    const state = { overview: { ...overview, namespaceSources: [own] } };

    const { out } = await api.run(["describe", "hold", held?.subject ?? ""], { state });

    expect(out).toContain("accepted revision payments//main@ddddddd\n");
  });

  test("describe approval of a prefix of two digests asks for more digits", async () => {
    const { overview } = fakeState();
    const twins = ["c", "d"].map((last) => `sha256:${"b".repeat(63)}${last}` as unknown as Digest);
    const holds = overview.holds.flatMap((hold) => twins.map((subject) => ({ ...hold, subject })));
    const formerlyHeld = new Map([["bbbbbbbb", [REFUNDS]]]);

    const { code, err } = await api.run(["describe", "hold", "bbbbbbbb"], {
      state: { overview: { ...overview, holds }, formerlyHeld },
    });

    expect({ code, err }).toEqual({
      code: 1,
      err: 'error: "bbbbbbbb" is the beginning of 2 digests\nhint:  add digits\n',
    });
  });

  test("get approvals counts the same in the table and in JSON, and hides what was rejected without --all", async () => {
    const table = await api.run(["get", "approvals"]);
    const json = JSON.parse((await api.run(["get", "approvals", "-o", "json"])).out) as {
      items: readonly { readonly status: { readonly bindings: number; readonly calls: number } }[];
    };
    const [item] = json.items;
    if (api.server === null) throw new Error("no server was started");
    const { overview } = api.server.control.state;
    const subject = overview.holds[0]?.subject;
    if (subject === undefined) throw new Error("nothing is held");
    const rejection = { subject, accountId: null, actor: "sam", reason: "no", at: NOW };
    api.server.control.state.overview = { ...overview, rejections: [rejection] };

    expect(table.out).toMatch(new RegExp(`prod +payments/refunds +${item?.status.calls} `));
    expect((await api.run(["get", "holds"])).out).not.toContain("bbbbbbbb");
    expect((await api.run(["get", "holds", "--all"])).out).toContain('rejected by sam: "no"');
  });
});
