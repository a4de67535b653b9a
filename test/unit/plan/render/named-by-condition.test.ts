import { describe, expect, test } from "@jest/globals";
import { eventsDelta } from "../../../../src/wording/history/event-delta.ts";
import { NO_DELTA } from "../../../../src/model/delta.ts";
import { deltaLines } from "../../../../src/plan/render/delta-rows.ts";
import {
  permissionChanges,
  permissionText,
  rowsText,
} from "../../../../src/plan/render/permission-changes.ts";
import { permissionLines } from "../../../../src/plan/render/permission-lines.ts";
import { deltaRow, rowTexts, type RowTexts } from "../../../support/policies/delta-rows.ts";
import { ACCOUNT, HOME } from "./permission-row.ts";
import { lineText } from "../../../../src/text/screen-line.ts";

const KEY = `function/${ACCOUNT}/eu-west-1/orders/orders-api`;
const KEYS = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/*`;
const ALIAS = '{"ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/orders"}}';
const NAMESPACE = '{"StringEquals":{"cloudwatch:namespace":"Orders"}}';

/** The texts of every screen for one permission of another policy. */
function screens(change: Partial<RowTexts>): Readonly<Record<string, string>> {
  const { action, resource, condition } = rowTexts(change);
  const row = deltaRow(change);
  const delta = { ...NO_DELTA, allowed: [row] };
  const event = { seq: 1, at: "2026-09-30T12:00:00Z", kind: "write-intended", key: KEY, cause: "revision" };
  const [described] = permissionLines([row], {
    home: HOME,
    declared: new Map(),
    listing: "state",
    placeOf: () => ({ kind: "always" }),
  });
  return {
    describe: described?.on ?? "",
    hold: permissionChanges(delta, HOME).map(permissionText).join("\n"),
    plan: deltaLines(delta, HOME, "").map(lineText).join("\n"),
    drift: rowsText([row], HOME),
    history: eventsDelta([{ ...event, delta: { ...NO_DELTA, allowed: [{ action, resource, condition }] } }]),
  };
}

describe("every screen names the resource by its condition", () => {
  test.each([
    {
      because: "the grants of the catalogue name a key by its alias",
      change: { action: "kms:Decrypt", resource: KEYS, condition: ALIAS },
      name: "alias/orders",
      without: "key",
    },
    {
      because: "a pattern of aliases is shown as it is",
      change: {
        action: "kms:Decrypt",
        resource: KEYS,
        condition: '{"ForAnyValue:StringLike":{"kms:resourcealiases":["alias/a-*","alias/b"]}}',
      },
      name: "alias/a-*",
      without: "key",
    },
    {
      because: "a metric namespace is no resource",
      change: { action: "cloudwatch:PutMetricData", resource: "*", condition: NAMESPACE },
      name: "namespace/Orders",
      without: "all resources",
    },
  ])("$because", ({ change, name, without }) => {
    for (const text of Object.values(screens(change))) {
      expect(text).toContain(name);
      expect(text).not.toContain(without);
    }
  });

  test.each([
    {
      because: "a test that holds without an alias limits nothing",
      change: {
        action: "kms:Decrypt",
        resource: KEYS,
        condition: ALIAS.replace("ForAnyValue:StringEquals", "ForAllValues:StringEquals"),
      },
    },
    {
      because: "the aliases that are left out name no key",
      change: {
        action: "kms:Decrypt",
        resource: KEYS,
        condition: ALIAS.replace("StringEquals", "StringNotEquals"),
      },
    },
    {
      because: "a condition that is not understood names nothing",
      change: { action: "kms:Decrypt", resource: KEYS, condition: '{"StringEquals":7}' },
    },
    {
      because: "a text that is no condition names nothing",
      change: { action: "kms:Decrypt", resource: KEYS, condition: "not JSON" },
    },
  ])("not if $because", ({ change }) => {
    for (const text of Object.values(screens(change))) expect(text).toMatch(/all keys|key\/\*/);
  });

  test("the machine-readable resources stay as the document has them", () => {
    const row = deltaRow({ action: "kms:Decrypt", resource: KEYS, condition: ALIAS });
    const context = { home: HOME, declared: new Map(), listing: "state", placeOf } as const;

    expect(permissionLines([row], context)).toMatchObject([
      { on: "alias/orders", resources: [{ kind: "one", name: KEYS }] },
    ]);
  });
});

function placeOf() {
  return { kind: "always" } as const;
}
