import { expect, test } from "@jest/globals";
import { onRoles, sharedRoles } from "../../../../src/explain/reverse/shared-roles.ts";
import type { PermissionState } from "../../../../src/model/answers/permission-state.ts";
import { key, mapped, read } from "./mapped.ts";

type Read = Extract<PermissionState["effective"], { readonly kind: "read" }>;

const onRole = (arn: string): Read => ({ ...read([]), role: { kind: "declared", arn } });

const [ROLE, OTHER_ROLE] = ["arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"];
const UNREAD = { kind: "unknown", reason: "AccessDenied" } as const;

const on = (name: string, arn: string) => onRoles(mapped(name, onRole(arn)));

test("the others on a role are named, also those with a version on it", () => {
  const comparisons = [{ kind: "equal", arn: ROLE } as const];
  const functions = [
    on("one", ROLE),
    on("two", ROLE),
    on("three", OTHER_ROLE),
    onRoles(mapped("four", onRole(OTHER_ROLE), { comparisons })),
  ];

  const { roles } = sharedRoles(functions, key("one"));

  const others = ["two", "four"].map((name) => ({ key: key(name), target: `orders/${name}@prod/eu-west-1` }));
  expect(roles).toEqual([{ arn: ROLE, others, more: 0 }]);
});

test("functions whose roles were not read are counted, and a function without a role that was read has no answer", () => {
  const functions = [on("one", ROLE), onRoles(mapped("two", UNREAD)), onRoles(mapped("three", UNREAD))];

  expect(sharedRoles(functions, key("one"))).toEqual({
    roles: [{ arn: ROLE, others: [], more: 0 }],
    unreadRoles: 2,
  });
  expect(sharedRoles(functions, key("two"))).toEqual({ roles: null, unreadRoles: 1 });
});

test("at most 100 functions on a role are named, and the others are counted", () => {
  const functions = Array.from({ length: 111 }, (_, at) => on(`f${at}`, ROLE));

  const [role] = sharedRoles(functions, key("f0")).roles ?? [];

  expect([role?.others.length, role?.more]).toEqual([100, 10]);
});
