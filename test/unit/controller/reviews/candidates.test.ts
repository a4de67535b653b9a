import { expect, test } from "@jest/globals";
import { isOnlyOf, reviewable } from "../../../../src/controller/reviews/candidates.ts";
import type { ControllerContext } from "../../../../src/controller/settings.ts";
import type { Namespace } from "../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { MergedChange } from "../../../../src/model/records/pull-requests/merged-change.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";
import { keyOf } from "../revision/two-sources.ts";

const PAYMENTS = "payments" as Namespace;
const KEY = keyOf("payments", "refunds");
const revisionOf = (digit: string): Revision => `main@sha1:${digit.repeat(40)}` as Revision;
const [BEFORE, NOW, PLATFORM, OTHER] = ["1", "2", "3", "4"].map(revisionOf) as [
  Revision,
  Revision,
  Revision,
  Revision,
];
const CHANGE: MergedChange = {
  revision: NOW,
  previous: BEFORE,
  platformRevision: PLATFORM,
  acceptedAt: "2026-10-01T11:00:00.000Z",
  commits: ["c".repeat(40)],
  keys: { kind: "followed", open: [KEY], done: [], replaced: [] },
  isExact: true,
  errors: { count: 0, shown: [] },
  isEnded: false,
};
const { platformRevision: _, ...UNKNOWN_PLATFORM } = CHANGE;
const APPLIED = { revision: BEFORE, platformRevision: PLATFORM };

test.each([
  { change: CHANGE, applied: APPLIED, isOnly: true, because: "it was applied at the revision before" },
  { change: { ...CHANGE, added: [KEY] }, applied: null, isOnly: true, because: "it is new" },
  { change: CHANGE, applied: null, isOnly: false, because: "it was never applied" },
  {
    change: CHANGE,
    applied: { ...APPLIED, platformRevision: OTHER },
    isOnly: false,
    because: "it was applied with another revision of the platform",
  },
  {
    change: { ...CHANGE, platformRevision: OTHER },
    applied: APPLIED,
    isOnly: false,
    because: "the platform changed since it was accepted",
  },
  {
    change: { ...CHANGE, platformRevision: OTHER, added: [KEY] },
    applied: null,
    isOnly: false,
    because: "it is new, and the platform changed since it was accepted",
  },
  {
    change: { ...UNKNOWN_PLATFORM, added: [KEY] },
    applied: null,
    isOnly: false,
    because: "an earlier version accepted it, without the revision of the platform",
  },
])("all that is planned is of the revision: $isOnly if $because", ({ change, applied, isOnly }) => {
  const enforced = { revision: PLATFORM, namespaceRevisions: new Map([[PAYMENTS, NOW]]) };

  expect(isOnlyOf(change, KEY, { changes: [change], applied, enforced })).toBe(isOnly);
});

interface Scene {
  readonly keys?: readonly Key[];
  readonly pin?: object | null;
  readonly uncompared?: ReadonlyMap<Key, number>;
}

function reviewableIn({ keys = [KEY], pin = null, uncompared = new Map() }: Scene) {
  const hold = { code: "profile-approval", subject: "sha256:1", keys };
  const state = {
    enforced: { inputs: new Map([[PAYMENTS, { revision: NOW }]]) },
    accounts: [{ holds: [hold], rejected: new Set() }],
    uncompared,
    sourceOf: () => ({ memory: { pin } }),
    merged: { of: () => ({ revision: NOW, changes: [CHANGE] }) },
  };
  const settings = { compile: { namespaceSources: new Set([PAYMENTS]) } };
  return reviewable(PAYMENTS, { state, settings } as unknown as ControllerContext);
}

test.each<Scene & { readonly change: MergedChange | null | undefined; readonly because: string }>([
  { change: CHANGE, because: "the revision in force was accepted from Git" },
  { pin: {}, change: null, because: "an operator rolled back to it" },
  {
    keys: [KEY, keyOf("orders", "api")],
    change: undefined,
    because: "the plan is also of a function of another source",
  },
  {
    uncompared: new Map([[KEY, 1]]),
    change: undefined,
    because: "Git changed the function after it was planned",
  },
])("a review may approve the change $change.revision if $because", ({ change, ...scene }) => {
  expect(reviewableIn(scene)?.change).toEqual(change);
});
