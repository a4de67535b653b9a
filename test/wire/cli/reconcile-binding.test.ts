import { ApiCli } from "../../support/screens/api-cli.ts";
import { describe, expect, test } from "@jest/globals";
import { fakeState } from "../../support/screens/api-world.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { condition, plan, view } from "../../support/screens/world-states.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { actionOf } from "../../support/pass/passes.ts";
import {
  DONE,
  TARGET,
  SUBJECT,
  of,
  ready,
  PENDING,
  reconcileRun,
} from "../../support/screens/reconcile-cli.ts";
import { parseRevision } from "../../../src/model/values/revision.ts";
import { deltaRow } from "../../support/policies/delta-rows.ts";

const api = new ApiCli();
const REJECTED = { subject: SUBJECT, accountId: null, actor: "sam", reason: "no", at: NOW };
const DIGEST = SUBJECT.slice("sha256:".length, "sha256:".length + 8);

describe("reconcile --wait of one binding", () => {
  test.each([
    { status: {}, expected: "unchanged, aaaaaaa in effect", code: 0 },
    {
      status: { ...ready({ reason: "ObserveOnly" }), sync: "OutOfSync" as const },
      expected: "compared, observe only, not as in Git",
      code: 0,
    },
    {
      status: ready({ status: "Unknown", reason: "WaitingForFunction" }),
      expected: "its role is ready, the function does not exist yet",
      code: 0,
    },
    {
      status: ready({ status: "False", reason: "GuardrailRefused", message: 'ACT-001: Action "*"' }),
      expected: 'refused by ACT-001: Action "*"',
      code: 3,
    },
    {
      status: ready({ status: "False", reason: "GuardrailRefused", message: "BND-002, PASS-001: outside" }),
      expected: "refused by BND-002, PASS-001: outside",
      code: 3,
    },
    {
      status: ready({
        status: "False",
        reason: "ValidationFailed",
        message: "teams/orders/a.yaml:1:2: tabs",
      }),
      expected: "broken, teams/orders/a.yaml:1:2: tabs",
      code: 3,
    },
    {
      status: ready({ status: "False", reason: "AccessDenied", message: "iam:TagRole" }),
      expected: "access denied, iam:TagRole",
      code: 3,
    },
    {
      status: {
        ...ready({ status: "Unknown", reason: "Progressing", message: "throttled" }),
        sync: "Unknown" as const,
      },
      expected: "not read, throttled",
      code: 3,
    },
    {
      status: {
        conditions: [condition(), condition({ type: "Suspended", reason: "Suspended", message: "by dana" })],
        plan: { digest: SUBJECT, actions: 2, withheld: [] },
      },
      expected: 'suspended until 2026-11-25 13:00:00Z by dana: "migration of payments", 2 calls withheld',
      code: 3,
    },
    { status: { conditions: [] }, expected: "not compared yet", code: 3 },
  ])("prints `$expected` and exits with $code", async ({ status, expected, code }) => {
    const { out, ...end } = await reconcileRun(api, of(status));

    expect(out.split("\n")[0]).toBe(`${TARGET}: ${expected}`);
    expect(end.code).toBe(code);
  });

  test.each([
    { rejections: [], all: true, expected: `awaiting approval ${DIGEST}` },
    { rejections: [], all: false, expected: "awaiting approval; its digest: grantkeeper get approvals" },
    { rejections: [REJECTED], all: true, expected: `rejected ${DIGEST}, by sam` },
    { rejections: [REJECTED], all: false, expected: "rejected by sam" },
  ])("prints `$expected` with --all $all and exits with 3", async ({ rejections, all, expected }) => {
    const state = of(ready({ status: "False", reason: "AwaitingApproval" }));
    const overview = state.overview ?? fakeState().overview;
    const hold = {
      subject: SUBJECT,
      code: "limit-changes" as const,
      reason: "x",
      account: "prod",
      keys: [ORDERS_API],
      actions: 1,
      sinceMs: 0,
    };

    const shown = { ...state, overview: { ...overview, holds: [hold], rejections } };
    const progress = { ...DONE, keys: all ? null : DONE.keys };
    const { out, code } = await reconcileRun(api, shown, progress, all ? ["--all"] : undefined);

    expect([out.split("\n"), code]).toEqual([expect.arrayContaining([`${TARGET}: ${expected}`]), 3]);
  });

  test("waits for changes that continue by themselves, and times out with their name and exit code 3", async () => {
    const waiting = {
      ...ready({ status: "Unknown", reason: "Progressing", message: "changes are being applied" }),
      sync: "OutOfSync" as const,
      plan: { digest: SUBJECT, actions: 1, withheld: [] },
    };

    const { out, err, code } = await reconcileRun(api, of(waiting));

    expect([out.split("\n")[0], code]).toEqual([`${TARGET}: timed out after 2s: applying, 0 of 1 call`, 3]);
    expect(err).toBe(`fetched main@aaaaaaa\n${TARGET}: applying, 0 of 1 call\n`);
  });

  test("distinguishes the fetched revision from the one that a rollback has in force", async () => {
    const { overview } = fakeState();
    const waiting = ready({ status: "Unknown", reason: "Progressing", message: "changes are being applied" });
    const { accepted } = overview.source;
    const newer = parseRevision(`main@sha1:${"b".repeat(40)}`);
    if (accepted === null || newer === undefined) throw new Error("two revisions");
    const order = { actor: "dana", reason: "INC-1", at: NOW, until: NOW };
    const pin = { ...order, revision: accepted, from: newer, waiting: newer };
    const source = { ...overview.source, pin };

    const { err } = await reconcileRun(api, {
      ...of({ ...waiting, sync: "OutOfSync" }),
      overview: { ...overview, source },
    });

    expect(err.split("\n")[0]).toBe("fetched main@bbbbbbb; in force: main@aaaaaaa (rollback)");
  });

  test("does not wait for a revert that is due after the wait has ended", async () => {
    const waiting = {
      ...ready({ status: "Unknown", reason: "Progressing", message: "changes are being applied" }),
      sync: "OutOfSync" as const,
      plan: { digest: SUBJECT, actions: 1, withheld: [] },
    };
    const nextDueMs = Date.parse(NOW) + 900_000;
    const views = new Map([[ORDERS_API, view(ORDERS_API, { plan: plan(ORDERS_API, { nextDueMs }) })]]);

    expect((await reconcileRun(api, { ...of(waiting), views })).out).toContain(
      `${TARGET}: 1 call from 12:15Z on: `,
    );
  });

  test("prints when Grantkeeper reverts a change in AWS, and the change, and does not wait for it", async () => {
    const dueMs = Date.parse(NOW) + 900_000;
    const row = deltaRow({ resource: "arn:aws:sqs:eu-west-1:111122223333:refunds-dlq" });
    const revert = actionOf({
      key: ORDERS_API,
      cause: "out-of-band",
      due: { kind: "at", atMs: dueMs },
      delta: { allowed: [], noLongerAllowed: [row], unknownEffect: [] },
    });
    const planned = plan(ORDERS_API, { actions: [revert], nextDueMs: dueMs });

    const { out, code } = await reconcileRun(api, {
      ...of(PENDING),
      views: new Map([[ORDERS_API, view(ORDERS_API, { plan: planned })]]),
    });

    expect([out.split("\n")[0]?.replaceAll(/ +/g, " "), code]).toEqual([
      `${TARGET}: the revision is in effect; drift, Grantkeeper reverts it at 12:15Z: - sqs:SendMessage queue/refunds-dlq, policy "hotfix"`,
      3,
    ]);
  });
});
