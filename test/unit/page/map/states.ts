import type { PermissionsObject } from "../../../../src/api/permissions.ts";
import type { PermissionLine } from "../../../../src/model/answers/permission-line.ts";
import type {
  EffectiveLine,
  EffectiveState,
  PermissionState,
} from "../../../../src/model/answers/permission-state.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";

export const KEY = "function/111122223333/eu-west-1/payments/refunds" as Key;

export const ROLE = "arn:aws:iam::111122223333:role/x";
export const OTHER_ROLE = "arn:aws:iam::111122223333:role/y";

export function line(what: string, on: string, change: Partial<EffectiveLine> = {}): EffectiveLine {
  return {
    kind: what.startsWith("caller") ? "caller" : "permission",
    what,
    on,
    details: [],
    principal: null,
    actions: [],
    resources: [],
    more: 0,
    condition: "",
    place: { kind: "always" },
    isDeclared: true,
    wasDeclared: true,
    ...change,
  };
}

export function read(
  lines: readonly EffectiveLine[],
  unknown: readonly string[] = [],
): Extract<EffectiveState, { readonly kind: "read" }> {
  return {
    kind: "read",
    readAt: "2026-11-30T05:00:00Z",
    failing: null,
    role: { kind: "declared", arn: "arn:aws:iam::111122223333:role/x" },
    permissions: { lines, more: 0 },
    boundary: null,
    settings: [],
    withoutEffect: { lines: [], more: 0 },
    unknown,
  };
}

export function state(effective: EffectiveState, declared: readonly PermissionLine[] = []): PermissionState {
  return {
    key: KEY,
    declared: {
      kind: "declared",
      revision: "main@sha1:9c1d04e" as Revision,
      file: "teams/payments/refunds.yaml",
      permissions: { lines: declared, more: 0 },
    },
    effective,
    pending: [],
    comparisons: [],
    references: [],
  };
}

export const LINES = [
  line("dynamodb read", "table/refunds", {
    resources: ["arn:aws:dynamodb:eu-west-1:111122223333:table/refunds"],
  }),
  line("dynamodb write", "table/refunds"),
  line("sqs:SendMessage", "queue/refunds-dlq", { isDeclared: false, wasDeclared: false }),
  line("caller sns", "topic/orders-returned", { caller: "sns" }),
  line("s3:*", "bucket", { kind: "denial" }),
];

export function objectOf(
  effective: EffectiveState,
  declared: readonly PermissionLine[] = [],
): PermissionsObject {
  return {
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "Permissions",
    metadata: { name: "refunds", namespace: "payments" },
    status: state(effective, declared),
  };
}
