import { describe, expect, test } from "@jest/globals";
import type { Subject } from "../../../src/judge/subject.ts";
import type { Waiver } from "../../../src/model/desired.ts";
import type { LiveAccount } from "../../../src/model/live.ts";
import {
  ACCOUNT_ID,
  allow,
  appliedRecord,
  attachment,
  binding,
  caller,
  compiled,
  deny,
  documentOf,
  ORDERS_READ,
  ORIGIN,
  policy,
} from "../../support/pass/bindings.ts";
import { accountWith, livePolicyOf, liveRoleOf } from "../../support/pass/live-state.ts";
import { EVERYTHING, SEND, accountOf, verdictsIn, PLAIN, inline, OWN, called } from "./live-accounts.ts";

describe("the rules that AWS breaks and Git does not:", () => {
  const OPEN = binding({
    inline: compiled(SEND, allow("iam:CreateAccessKey", `arn:aws:iam::${ACCOUNT_ID}:user/deploy`)),
  });

  test("what Git declares as well is not live drift, unless AWS has lost what limited it", () => {
    const closing = documentOf(allow(["sqs:*", "dynamodb:*"]));
    const drifted = { role: { tags: [...OPEN.role.tags, { key: "team", value: "a" }] } };

    expect(verdictsIn(accountOf(OPEN, { ...drifted, boundary: closing }), OPEN)).toEqual(["TAG-001 block"]);
    expect(verdictsIn(accountOf(OPEN, { role: { boundary: null }, boundary: closing }), OPEN)).toEqual([
      "BND-001 block",
      "ESC-* block",
    ]);
  });

  test("a waiver lifts what Git declares, and nothing that someone else added", () => {
    const waiver: Waiver = {
      name: "w",
      rule: "RES-001",
      binding: PLAIN.key,
      reason: "t",
      owner: "o",
      until: "2030-01-01T00:00:00Z",
      origin: ORIGIN,
    };
    const live = accountOf(PLAIN, { role: inline(["grantkeeper", OWN], ["hotfix", documentOf(SEND)]) });

    expect(verdictsIn(live, PLAIN, { waivers: [waiver] })).toEqual(["RES-001 block"]);
  });

  test("a declared caller that is missing leaves the others as they are", () => {
    const state = binding({}, { callers: [caller("uploads"), caller("archive")] });
    const [kept] = state.callers;

    expect(verdictsIn(accountOf(state, { found: called(kept?.statement) }), state)).toEqual([]);
  });

  test("a policy of Git that someone attached may be attached, and is judged as declared", () => {
    const audit = policy(compiled(ORDERS_READ));
    const { arn } = attachment("audit-read");
    const live = accountOf(PLAIN, { role: { attachments: [arn] } });

    expect(verdictsIn(live, PLAIN, { states: [audit] })).toEqual([]);
  });

  test("a detached policy takes its denials with it", () => {
    const denials = policy(compiled(deny("sqs:SendMessage")));
    const state = binding({ inline: compiled(ORDERS_READ), attachments: [attachment("audit-read")] });
    const live = accountOf(state, { role: { attachments: [] } });

    expect(verdictsIn(live, state, { states: [denials] })).toEqual([]);
  });

  test("a ManagedPolicy is judged as AWS has it, in the roles that attach it", () => {
    const audit = policy(compiled(ORDERS_READ));
    const user = binding({ attachments: [attachment("audit-read")] });
    const inAws = (text: string): LiveAccount =>
      accountWith({
        role: liveRoleOf(user),
        policies: [livePolicyOf(audit.arn, [text], { tags: { kind: "present", value: audit.tags } })],
      });

    expect(verdictsIn(inAws(documentOf(ORDERS_READ)), audit, { states: [user] })).toBeNull();
    expect(verdictsIn(inAws(EVERYTHING), audit, { states: [user] })).toEqual(
      expect.arrayContaining(["ACT-001 block", "ESC-* block"]),
    );
  });

  test("an invalid manifest: what AWS has apart from the last applied state", () => {
    const live = accountOf(PLAIN, { role: inline(["grantkeeper", OWN], ["hotfix", documentOf(SEND)]) });
    const record = appliedRecord(PLAIN);
    const invalid: Subject = { kind: "invalid", key: PLAIN.key, record, diagnostics: [] };

    expect(verdictsIn(live, PLAIN, { subject: invalid })).toEqual(["RES-001 block"]);
    expect(verdictsIn(live, PLAIN, { subject: { kind: "removed", key: PLAIN.key, record } })).toBeNull();
  });
});
