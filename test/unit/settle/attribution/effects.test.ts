import { expect, test } from "@jest/globals";
import { documentDigest } from "../../../../src/iam/trail/changes.ts";
import type { Region } from "../../../../src/model/aws/ids.ts";
import type { DriftChange } from "../../../../src/model/drift.ts";
import type { ChangedAspect, ChangedObject } from "../../../../src/model/changes/change-event.ts";
import { effectsOn } from "../../../../src/settle/drift/effects.ts";
import { ADMINISTRATOR, changed, drifted } from "./changes.ts";

const LIVE = '{"Version":"2012-10-17","Statement":[]}';
const REORDERED = '{"Statement": [], "Version": "2012-10-17"}';
const [same, another] = [documentDigest(REORDERED), documentDigest('{"Version":"2012-10-17"}')];
const TAGS = '{"env":"prod"}';
const SETTINGS = '{"description":"orders","maxSessionSeconds":7200}';

const of = (name: string, qualifier: string | null): ChangedObject => ({
  kind: "function",
  region: "eu-west-1" as Region,
  name,
  qualifier,
});

type Row = readonly [
  change: DriftChange,
  live: string | null,
  aspect: ChangedAspect,
  effect: "made" | "other" | "maybe" | null,
];

const LIVE_DELETED = { kind: "alias-deleted", alias: "live" } as const;
const BOUNDARY = { kind: "boundary" } as const;
const INLINE = { kind: "inline" } as const;
const CREATED = { kind: "created", id: null } as const;
const RECREATED = { kind: "role-recreated", knownRoleId: "A", liveRoleId: "B" } as const;

test.each<Row>([
  [{ kind: "role-missing" }, null, { kind: "deleted" }, "made"],
  [{ kind: "role-missing" }, null, { kind: "created", id: null }, "other"],
  [{ kind: "role-missing" }, null, { kind: "other" }, null],
  [{ kind: "role-missing" }, null, { kind: "unread" }, "maybe"],
  [{ kind: "policy-description" }, null, { kind: "unread" }, null],
  [RECREATED, "B", { kind: "created", id: null }, "maybe"],
  [{ kind: "role-path" }, "/x/", { kind: "created", id: null }, "maybe"],
  [{ kind: "role-path" }, "/x/", { kind: "deleted" }, null],
  [RECREATED, "B", { kind: "created", id: "B" }, "made"],
  [RECREATED, "B", { kind: "created", id: "A" }, "other"],
  [RECREATED, "B", { kind: "deleted" }, null],
  [{ kind: "not-released" }, null, { kind: "tags-set", tags: {} }, null],
  [{ kind: "trust" }, LIVE, { kind: "trust", document: same }, "made"],
  [{ kind: "trust" }, LIVE, { kind: "trust", document: another }, "other"],
  [{ kind: "trust" }, LIVE, { kind: "trust", document: null }, "maybe"],
  [{ kind: "trust" }, LIVE, { kind: "other" }, null],
  [BOUNDARY, ADMINISTRATOR, { kind: "boundary-set", arn: ADMINISTRATOR }, "made"],
  [BOUNDARY, null, { kind: "boundary-set", arn: ADMINISTRATOR }, "other"],
  [BOUNDARY, null, { kind: "boundary-deleted" }, "made"],
  [BOUNDARY, ADMINISTRATOR, { kind: "boundary-deleted" }, "other"],
  [BOUNDARY, null, { kind: "other" }, null],
  [INLINE, LIVE, { kind: "inline-set", policyName: "grantkeeper", document: same }, "made"],
  [INLINE, null, { kind: "inline-set", policyName: "grantkeeper", document: same }, "other"],
  [INLINE, null, { kind: "inline-deleted", policyName: "grantkeeper" }, "made"],
  [INLINE, LIVE, { kind: "inline-set", policyName: "extra", document: same }, null],
  [INLINE, LIVE, { kind: "inline-deleted", policyName: "extra" }, null],
  [
    { kind: "inline-extra", policyName: "extra" },
    LIVE,
    { kind: "inline-deleted", policyName: "extra" },
    "other",
  ],
  [{ kind: "attachment-extra", arn: ADMINISTRATOR }, null, { kind: "attached", arn: ADMINISTRATOR }, "made"],
  [{ kind: "attachment-extra", arn: ADMINISTRATOR }, null, { kind: "detached", arn: ADMINISTRATOR }, "other"],
  [
    { kind: "attachment-extra", arn: ADMINISTRATOR },
    null,
    { kind: "boundary-set", arn: ADMINISTRATOR },
    null,
  ],
  [{ kind: "attachment-extra", arn: ADMINISTRATOR }, null, { kind: "attached", arn: "arn:x" }, null],
  [
    { kind: "attachment-missing", arn: ADMINISTRATOR },
    null,
    { kind: "detached", arn: ADMINISTRATOR },
    "made",
  ],
  [{ kind: "attachment-missing", arn: ADMINISTRATOR }, null, { kind: "deleted" }, null],
  [
    { kind: "description" },
    SETTINGS,
    { kind: "settings", description: "orders", maxSessionSeconds: null },
    "made",
  ],
  [{ kind: "description" }, SETTINGS, { kind: "settings", description: null, maxSessionSeconds: 7200 }, null],
  [{ kind: "description" }, null, { kind: "settings", description: "x", maxSessionSeconds: null }, "other"],
  [
    { kind: "max-session-duration" },
    SETTINGS,
    { kind: "settings", description: "", maxSessionSeconds: 3600 },
    "other",
  ],
  [{ kind: "max-session-duration" }, SETTINGS, { kind: "deleted" }, null],
  [{ kind: "tag-different", tag: "env" }, TAGS, { kind: "tags-set", tags: { env: "prod" } }, "made"],
  [{ kind: "tag-extra", tag: "env" }, TAGS, { kind: "tags-set", tags: { env: "test" } }, "other"],
  [{ kind: "tag-extra", tag: "env" }, TAGS, { kind: "tags-set", tags: { team: "a" } }, null],
  [{ kind: "tag-missing", tag: "team" }, TAGS, { kind: "tags-deleted", keys: ["team"] }, "made"],
  [{ kind: "ownership-tag", tag: "env" }, TAGS, { kind: "tags-deleted", keys: ["env"] }, "other"],
  [{ kind: "tag-missing", tag: "team" }, TAGS, { kind: "deleted" }, null],
  // The keys of a role's tags have no case.
  [{ kind: "tag-different", tag: "Env" }, TAGS, { kind: "tags-set", tags: { ENV: "prod" } }, "made"],
  [{ kind: "tag-different", tag: "env" }, TAGS, { kind: "tags-set", tags: { ENV: "test" } }, "other"],
  [{ kind: "tag-missing", tag: "team" }, TAGS, { kind: "tags-deleted", keys: ["TEAM"] }, "made"],
  [{ kind: "policy-tag", tag: "env" }, null, { kind: "tags-set", tags: { ENV: "x" } }, null],
  [{ kind: "role-not-published", versions: [] }, null, { kind: "other" }, null],
  [{ kind: "policy-missing" }, null, { kind: "deleted" }, "made"],
  [{ kind: "policy-document" }, LIVE, { kind: "version-created", document: same, isDefault: true }, "made"],
  [{ kind: "policy-document" }, LIVE, { kind: "version-created", document: same, isDefault: false }, null],
  [{ kind: "policy-document" }, LIVE, { kind: "default-version", versionId: "v2" }, "maybe"],
  [{ kind: "policy-tag", tag: "env" }, null, { kind: "tags-set", tags: { env: "x" } }, "maybe"],
  [{ kind: "policy-tag", tag: "env" }, null, { kind: "deleted" }, null],
  [{ kind: "policy-description" }, null, { kind: "deleted" }, null],
  [{ kind: "trust" }, LIVE, CREATED, "maybe"],
  [BOUNDARY, ADMINISTRATOR, CREATED, "maybe"],
  [INLINE, LIVE, CREATED, "other"],
  [INLINE, null, CREATED, "maybe"],
  [{ kind: "attachment-missing", arn: ADMINISTRATOR }, null, CREATED, "maybe"],
  [{ kind: "attachment-extra", arn: ADMINISTRATOR }, null, CREATED, "other"],
  [{ kind: "max-session-duration" }, SETTINGS, CREATED, "maybe"],
  [{ kind: "tag-extra", tag: "env" }, TAGS, CREATED, "maybe"],
  [{ kind: "policy-document" }, LIVE, CREATED, "maybe"],
  [{ kind: "policy-tag", tag: "env" }, null, CREATED, "maybe"],
])("%j with live %s after %j: %s", (change, live, aspect, effect) => {
  expect(effectsOn(drifted(change, { live }))(changed(0, aspect).event)).toBe(effect);
});

const EXTRA = { kind: "statement-extra", qualifier: null, sid: "s", ours: false, danger: "public" } as const;

test.each([
  [EXTRA, of("f", null), { kind: "statement-added", sid: "s" }, "maybe"],
  [EXTRA, of("f", null), { kind: "statement-removed", sid: "s" }, "other"],
  [EXTRA, of("f", null), { kind: "statement-added", sid: "t" }, null],
  [EXTRA, of("f", "live"), { kind: "statement-added", sid: "s" }, null],
  [EXTRA, of("f", null), { kind: "deleted" }, "other"],
  [EXTRA, of("f", "live"), { kind: "deleted" }, null],
  [EXTRA, of("f", null), { kind: "alias-deleted", alias: "live" }, null],
  [{ kind: "statement-missing", qualifier: "7", sid: "s" }, of("f", "7"), { kind: "deleted" }, "maybe"],
  [{ kind: "statement-missing", qualifier: "live", sid: "s" }, of("f", null), LIVE_DELETED, "maybe"],
  [{ kind: "statement-missing", qualifier: "next", sid: "s" }, of("f", null), LIVE_DELETED, null],
  [{ kind: "statement-missing", qualifier: null, sid: "s" }, of("f", null), LIVE_DELETED, null],
  [{ ...EXTRA, qualifier: "live" }, of("f", null), LIVE_DELETED, "other"],
  [{ kind: "statement-missing", qualifier: "live", sid: "s" }, of("f", null), { kind: "deleted" }, "maybe"],
  [
    { kind: "statement-missing", qualifier: "live", sid: "s" },
    of("f", "live"),
    { kind: "statement-removed", sid: "s" },
    "made",
  ],
] as const)("%j of %j after %j: %s", (change, object, aspect, effect) => {
  expect(effectsOn(drifted(change))(changed(0, aspect, { object }).event)).toBe(effect);
});

test("a call that replaces an entire policy may have added any statement", () => {
  for (const call of ["lambda:PutResourcePolicy", "lambda:DeleteResourcePolicy"])
    expect(
      effectsOn(drifted(EXTRA))(changed(0, { kind: "other" }, { object: of("f", null), call }).event),
    ).toBe("maybe");
});

test("the role of a function was set by the call that named the live one", () => {
  const set = (roleArn: string) =>
    changed(0, { kind: "function-role", roleArn }, { object: of("f", null) }).event;

  expect(effectsOn(drifted({ kind: "function-role" }, { live: "r" }))(set("r"))).toBe("made");
  expect(effectsOn(drifted({ kind: "function-role" }, { live: "r" }))(set("q"))).toBe("other");
  expect(effectsOn(drifted({ kind: "function-role" }))(changed(0, { kind: "deleted" }).event)).toBeNull();
});

test("UpdateRole may set a field that it does not name to the default", () => {
  const settings = { kind: "settings", description: "orders", maxSessionSeconds: null } as const;
  const effect = (call: string) =>
    effectsOn(drifted({ kind: "max-session-duration" }))(changed(0, settings, { call }).event);

  expect(effect("iam:UpdateRole")).toBe("maybe");
  expect(effect("iam:UpdateRoleDescription")).toBeNull();
});
