import { describe, expect, test } from "@jest/globals";
import type { AuditFact } from "../../../src/audit/entry.ts";
import { ApiCli } from "../../support/screens/api-cli.ts";
import { chainOf } from "../../support/record/chain.ts";
import { REFUNDS } from "../../support/screens/world-keys.ts";

const api = new ApiCli();
const subject = `sha256:${"7f3a91c2".padEnd(64, "0")}`;
const OTHER = `sha256:${"7f3a91c2".padEnd(64, "1")}`;

function approved(change: Partial<Extract<AuditFact, { readonly kind: "approved" }>> = {}): AuditFact {
  const covers = [{ key: REFUNDS, permissions: [], calls: [] }];
  const expiresAt = "2026-12-01T00:00:00.000Z";
  return { kind: "approved", subject, actor: "dana", reason: "CHG-88", expiresAt, covers, ...change };
}

const REJECTED: AuditFact = {
  kind: "rejected",
  subject,
  actor: "sam",
  reason: "ask the team first",
  covers: [{ key: REFUNDS, permissions: [], calls: [] }],
};

describe("an approval that is not pending", () => {
  test.each([
    { facts: [REJECTED, approved()], line: 'Approved by dana 0s ago: "CHG-88"' },
    { facts: [approved(), REJECTED], line: 'Rejected by sam 0s ago: "ask the team first"' },
    {
      facts: [approved({ overrides: { code: "change-window", windows: ["night"] } })],
      line: 'Overridden by dana 0s ago: the change window night, "CHG-88"',
    },
  ])("shows the last answer of the record: $line", async ({ facts, line }) => {
    const { code, out } = await api.run(["describe", "approval", "7f3a91c2"], {
      state: { history: chainOf(facts).entries },
    });

    expect(code).toBe(0);
    expect(out.split("\n")).toEqual([
      "Approval 7f3a91c2: not pending",
      line,
      `hint:  grantkeeper describe entry ${facts.length}`,
      "",
    ]);
  });

  test("also names the plan that took its place, and has the entry in JSON", async () => {
    const state = {
      history: chainOf([approved()]).entries,
      formerlyHeld: new Map([["7f3a91c2", [REFUNDS]]]),
    };

    const { out } = await api.run(["describe", "approval", "7f3a91c2"], { state });
    const json = await api.run(["describe", "approval", "7f3a91c2", "-o", "json"], { state });

    expect(out).toContain("\n7f3a91c2: the plan has changed; new digest bbbbbbbb\n");
    expect(out).toContain("\nhint:  grantkeeper describe approval bbbbbbbb\n");
    expect(JSON.parse(json.out)).toMatchObject({ entry: { kind: "approved", subject }, related: null });
  });

  test.each([
    {
      facts: [approved({ subject: `sha256:${"c".repeat(64)}` })],
      error: 'no pending approval is named "7f3a91c2"',
    },
    { facts: [approved(), approved({ subject: OTHER })], error: '"7f3a91c2" is the beginning of 2 digests' },
  ])("is an error if the record has no answer or several: $error", async ({ facts, error }) => {
    const history = chainOf(facts).entries;

    const { code, err } = await api.run(["describe", "approval", "7f3a91c2"], { state: { history } });

    expect(code).toBe(1);
    expect(err).toContain(`error: ${error}\n`);
  });
});
