import { expect, test } from "@jest/globals";
import type { RoleDocuments } from "../../../../src/diff/documents/permissions.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import { isNarrowerBoundary, isSafeOrder, unreadPolicies } from "../../../../src/plan/adoption/safe-order.ts";
import {
  allow,
  binding,
  BOUNDARY,
  deny,
  documentOf,
  OTHER_BOUNDARY,
} from "../../../support/pass/bindings.ts";
import { accountWith, livePolicyOf } from "../../../support/pass/live-state.ts";
import { context } from "../../../support/pass/plans.ts";

const UNREAD = "arn:aws:iam::aws:policy/unread" as Arn;
const READ = "arn:aws:iam::aws:policy/read" as Arn;
const live = accountWith({
  policies: [
    livePolicyOf(BOUNDARY, [documentOf(allow("*"))]),
    livePolicyOf(OTHER_BOUNDARY, [documentOf(allow("*"), deny("s3:PutObject", "*"))]),
    livePolicyOf(READ, [documentOf(allow("sqs:*"))]),
  ],
});
const AT = { binding: binding(), context: context(live) };

const moment = (
  inline: Readonly<Record<string, string>>,
  attachments: readonly Arn[] = [],
  boundary: Arn | null = null,
): RoleDocuments => ({ inline: new Map(Object.entries(inline)), attachments, boundary });

const A = documentOf(allow("s3:GetObject"));
const B = documentOf(allow("sqs:SendMessage"));

test.each([
  { moments: [], isSafe: true, because: "there is no moment" },
  { moments: [moment({ a: A }), moment({ b: B })], isSafe: true, because: "none is in between" },
  {
    moments: [moment({ a: A }), moment({ a: A, b: B }), moment({ b: B })],
    isSafe: true,
    because: "neither state denies",
  },
  {
    moments: [moment({ a: A }), moment({ a: A }, [UNREAD]), moment({}, [UNREAD])],
    isSafe: true,
    because: "what was not read is added in one call, with each Deny that it may have",
  },
  {
    moments: [moment({ a: A }, [UNREAD]), moment({ a: A, b: B }), moment({ b: B }, [READ])],
    isSafe: false,
    because: "what was not read may have denied, and is missing in between",
  },
  {
    moments: [moment({ a: A }, [], BOUNDARY), moment({ a: A, b: B }), moment({ b: B }, [], BOUNDARY)],
    isSafe: false,
    because: "the boundary is missing in between",
  },
])("is the order safe? $isSafe, because $because", ({ moments, isSafe }) => {
  expect(isSafeOrder(moments, AT)).toBe(isSafe);
});

test.each([
  { inner: BOUNDARY, outer: null, is: true, because: "a role without a boundary is not limited" },
  { inner: null, outer: BOUNDARY, is: false, because: "no boundary limits nothing" },
  { inner: UNREAD, outer: BOUNDARY, is: false, because: "the inner one was not read" },
  { inner: BOUNDARY, outer: UNREAD, is: false, because: "the outer one was not read" },
  { inner: BOUNDARY, outer: OTHER_BOUNDARY, is: false, because: "the outer one has a Deny more" },
  { inner: OTHER_BOUNDARY, outer: BOUNDARY, is: true, because: "it has a Deny more and allows nothing more" },
])("is the boundary $inner narrower than $outer? $is, because $because", ({ inner, outer, is }) => {
  expect(isNarrowerBoundary(inner, outer, AT)).toBe(is);
});

test("names the managed policies that were not read, also a boundary", () => {
  expect(unreadPolicies(moment({}, [UNREAD, READ]), AT.context)).toEqual([UNREAD]);
  expect(unreadPolicies(moment({}, [READ], UNREAD), AT.context)).toEqual([UNREAD]);
});
