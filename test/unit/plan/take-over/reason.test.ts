import { describe, expect, test } from "@jest/globals";
import { documentOf, deny, NOW_MS, allow, appliedRecord } from "../../../support/pass/bindings.ts";
import { contentOf } from "../../../../src/model/keys/adopted-role.ts";
import { emptyKeyRecord } from "../../../../src/model/keys/key-record.ts";
import { liveRoleOf } from "../../../support/pass/live-state.ts";
import { actionOf } from "../../../support/pass/passes.ts";
import { deltaRow } from "../../../support/policies/delta-rows.ts";
import { NO_DELTA } from "../../../../src/model/delta.ts";
import { takeOverReason } from "../../../../src/plan/take-over/take-over.ts";
import { DECLARED, ROLE_ARN } from "./scene.ts";

const ROLE = liveRoleOf(DECLARED, {});
const EMPTY = emptyKeyRecord(DECLARED.key);
const ADOPTED_IN_PLACE = {
  ...EMPTY,
  adoptedRole: {
    arn: ROLE_ARN,
    roleId: ROLE.roleId,
    atMs: NOW_MS,
    former: contentOf(ROLE),
    changedAtMs: null,
    lastWritten: null,
  },
};
const WRITE = actionOf({ target: ROLE_ARN, call: "iam:PutRolePolicy" });
const TAG = actionOf({ target: ROLE_ARN, call: "iam:TagRole" });
const cut = { ...NO_DELTA, noLongerAllowed: [deltaRow({ action: "iam:*" })] };
const boundaryCall = (delta: typeof cut, after: string | null) =>
  actionOf({ target: ROLE_ARN, call: "iam:PutRolePermissionsBoundary", delta, after });
const BOUNDARY_TEXT = documentOf(allow("s3:*"), deny("iam:*"));
const LIMIT = `replaces the policies of ${ROLE_ARN}, which was taken over in place, by those that Git declares; `;

describe("what the approval of a take-over is about", () => {
  test("is the ownership tags alone, as long as the role is not recorded", () => {
    expect(takeOverReason(DECLARED, EMPTY, { actions: [TAG] })).toBe(
      `takes over ${ROLE_ARN} in place: it gets the two ownership tags, and nothing else of it changes`,
    );
  });

  test("is the replacement of its policies, once it is recorded", () => {
    expect(takeOverReason(DECLARED, ADOPTED_IN_PLACE, { actions: [WRITE] })).toBe(
      `replaces the policies of ${ROLE_ARN}, which was taken over in place, by those that Git declares`,
    );
  });

  test("names the boundary if it limits what the role had", () => {
    const actions = [boundaryCall(cut, BOUNDARY_TEXT), WRITE];

    const reason = takeOverReason(DECLARED, ADOPTED_IN_PLACE, { actions }) ?? "";

    expect(reason.startsWith(LIMIT)).toBe(true);
    expect(reason.length).toBeGreaterThan(LIMIT.length);
  });

  test.each([
    { because: "limits nothing", call: boundaryCall(NO_DELTA as never, BOUNDARY_TEXT) },
    { because: "has no known text", call: boundaryCall(cut, null) },
  ])("does not name a boundary that $because", ({ call }) => {
    expect(takeOverReason(DECLARED, ADOPTED_IN_PLACE, { actions: [call] })).not.toContain(";");
  });

  test.each([
    {
      because: "no call changes the role",
      record: ADOPTED_IN_PLACE,
      actions: [actionOf({ target: "arn:aws:lambda:x" })],
    },
    { because: "the role was applied before", record: appliedRecord(DECLARED), actions: [WRITE] },
  ])("is nothing if $because", ({ record, actions }) => {
    expect(takeOverReason(DECLARED, record, { actions })).toBeNull();
  });
});
