import type { BindingObject } from "../../../src/api/bindings.ts";
import { describeLines, type DescribeFacts } from "../../../src/cli/describe/describe.ts";
import { lineText } from "../../../src/text/screen-line.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import type { PermissionLine } from "../../../src/model/answers/permission-line.ts";
import {
  limitedLines,
  type EffectiveLine,
  type PendingChange,
  type PermissionState,
} from "../../../src/model/answers/permission-state.ts";
import { parseRevision } from "../../../src/model/values/revision.ts";
import { checked } from "../record/audit-facts.ts";
import { accountText, compileTexts, functionText } from "../manifests.ts";
import { NO_NEEDS } from "../pass/live-state.ts";

export const NOW_MS = Date.parse("2026-11-25T10:41:00Z");
export const NOW_DAY = "2026-11-25";
export const REVISION = checked(parseRevision(`main@sha1:${"9c1d04e".padEnd(40, "0")}`));
export const APPLIED = checked(parseRevision(`main@sha1:${"4f0e2d1".padEnd(40, "0")}`));
const READ_AT = `${NOW_DAY}T10:40:22.000Z`;
export const FILE = "teams/payments/refunds.yaml";
const compiled = compileTexts({
  "platform/staging.yaml": accountText("staging", "111111111111"),
  [FILE]: functionText("refunds", "  grants: [{dynamodb: {table: refunds, allow: [read]}}]\n").replace(
    "accounts: [prod]",
    "accounts: [prod, staging]",
  ),
});

export function desiredIn(account: string): DesiredBinding {
  return checked([...compiled.desired.bindings.values()].find((binding) => binding.account === account));
}

export function object(account: string, change: Partial<BindingObject["status"]> = {}): BindingObject {
  const desired = desiredIn(account);
  const { key, accountId, region, role, functionName, functionArn } = desired;
  return {
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "Binding",
    metadata: { name: "x", namespace: "payments" },
    spec: { key, desired, source: { file: FILE, line: 1 } },
    status: {
      key,
      account,
      accountId,
      region,
      mode: "enforce",
      sync: "Synced",
      health: "Healthy",
      lastAttemptedRevision: APPLIED,
      lastAppliedRevision: APPLIED,
      lastVerifiedAt: READ_AT,
      inventory: [],
      drift: null,
      plan: null,
      conditions: [],
      notWatched: ["function URL", "layers"],
      notes: [],
      live: {
        readAt: READ_AT,
        role: null,
        function: {
          name: functionName,
          arn: functionArn,
          roleArn: role.arn,
          revisionId: "r",
          needs: NO_NEEDS,
          triggers: { kind: "unknown", reason: "not requested" },
          versions: {
            kind: "present",
            value: [
              { version: "40", roleArn: "arn:aws:iam::222222222222:role/payments-shared" },
              { version: "41", roleArn: role.arn },
            ],
          },
          aliases: { kind: "present", value: [{ name: "live", versions: ["41"] }] },
          edge: false,
          policies: {},
        },
      },
      ...change,
    },
  };
}

export function line(
  what: string,
  on: string,
  place: PermissionLine["place"],
  change: Partial<PermissionLine> = {},
): PermissionLine {
  return {
    kind: "permission",
    what,
    on,
    details: [],
    principal: null,
    actions: [],
    resources: [],
    more: 0,
    condition: "",
    place,
    ...change,
  };
}

const at = (n: number): PermissionLine["place"] => ({ kind: "line", file: FILE, line: n });
export const policy = (name: string): PermissionLine["place"] => ({ kind: "policy", name, arn: null });
export const effective = (isDeclared: boolean, found: PermissionLine): EffectiveLine => ({
  ...found,
  isDeclared,
  wasDeclared: false,
});

export const HOTFIX = line("sqs:SendMessage", "queue/refunds-dlq", policy("hotfix"));
const ALL = line("all actions", "all resources", at(20));
const INVOKE = line("lambda invoke", "function/payments-capture", at(12));

export const REFUSED: PendingChange = {
  reason: {
    kind: "refused",
    reason: "ACT-001",
    rules: [
      {
        rule: "ACT-001",
        file: FILE,
        line: 20,
        why: 'Action "*" allows every service',
        hint: "list the actions that the code calls",
        more: 0,
      },
    ],
  },
  add: limitedLines([ALL, INVOKE]),
  remove: limitedLines([]),
  settings: [],
  other: [],
  hint: "list the actions that the code calls",
};
export const DRIFT: PendingChange = {
  reason: { kind: "drift", revertsAt: `${NOW_DAY}T10:52:04.000Z` },
  add: limitedLines([]),
  remove: limitedLines([HOTFIX]),
  settings: [],
  other: [],
  hint: "grantkeeper suspend payments/refunds@prod/eu-west-1 --for 1h --reason TEXT",
};
export const pendingOf = (reason: PendingChange["reason"]): PendingChange => ({
  reason,
  add: limitedLines([]),
  remove: limitedLines([]),
  settings: [],
  other: [],
  hint: null,
});

export type Read = Extract<PermissionState["effective"], { readonly kind: "read" }>;

export function state(
  account: string,
  change: Partial<Omit<PermissionState, "effective">> & { readonly effective?: Partial<Read> } = {},
): PermissionState {
  const { key, role } = desiredIn(account);
  return {
    key,
    declared: {
      kind: "declared",
      revision: REVISION,
      file: FILE,
      permissions: limitedLines([
        line("dynamodb read", "table/refunds", at(10)),
        INVOKE,
        ALL,
        line("caller sns", "topic/orders-returned", at(17), { kind: "caller" }),
      ]),
    },
    pending: [],
    comparisons: [],
    references: [],
    ...change,
    effective: {
      kind: "read",
      readAt: READ_AT,
      failing: null,
      role: { kind: "declared", arn: role.arn },
      permissions: limitedLines([
        effective(true, line("dynamodb read", "table/refunds", policy("grantkeeper"))),
        effective(false, HOTFIX),
        effective(
          true,
          line(
            "caller sns",
            "topic/orders-returned",
            { kind: "declared-statement", sid: "gk" },
            { kind: "caller" },
          ),
        ),
        effective(
          false,
          line("caller events", "rule/nightly", { kind: "statement", sid: "nightly" }, { kind: "caller" }),
        ),
      ]),
      boundary: {
        kind: "boundary",
        name: "platform-default",
        arn: "arn:aws:iam::222222222222:policy/platform-default" as Arn,
        isDeclared: true,
        wasDeclared: false,
        declaredName: "platform-default",
        isRead: true,
      },
      settings: [],
      withoutEffect: limitedLines([]),
      unknown: [],
      ...change.effective,
    },
  };
}

export function facts(change: Partial<DescribeFacts> = {}): DescribeFacts {
  return {
    bindings: [object("prod")],
    states: [state("prod")],
    denials: [],
    events: new Map(),
    authors: new Map(),
    rolledBack: null,
    unverifiedFrom: null,
    nowMs: NOW_MS,
    ...change,
  };
}

/** Without colours. */
export function describedTexts(shown: DescribeFacts): readonly string[] {
  return describeLines(shown).map(lineText);
}
