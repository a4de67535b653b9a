import { expect, test } from "@jest/globals";
import { CliError } from "../../../src/cli/toolbox/cli-error.ts";
import type { RecordReader } from "../../../src/controller/ports/store.ts";
import type { SourceRecord } from "../../../src/model/records/source-record.ts";
import { parseRevision } from "../../../src/model/values/revision.ts";
import type { SourceVerified } from "../../../src/model/verification.ts";
import { revisionChecks } from "../../../src/workbench/doctor/revision-check.ts";
import { checked } from "../../support/record/audit-facts.ts";

const REVISION = checked(parseRevision(`main@sha1:${"a".repeat(40)}`));
const OTHER = checked(parseRevision(`main@sha1:${"b".repeat(40)}`));
const EARLIER = checked(parseRevision(`main@sha1:${"c".repeat(40)}`));
const READ = "main@aaaaaaa, 2 documents";

const NEWER: SourceRecord = { source: "main", acceptedRevision: OTHER, heldRevision: null, fileKeys: {} };
const ACCEPTED: SourceRecord = { ...NEWER, acceptedRevision: REVISION };
const held = (revision: typeof REVISION): SourceRecord["heldRevision"] => ({
  revision,
  reason: "commit 1a2b3c4d is not signed",
  sinceMs: 0,
});
const SIGNED: SourceVerified = {
  status: "True",
  reason: "SignaturesVerified",
  message: "1 commit is signed by dana",
  fix: null,
};
const APPROVED: SourceVerified = {
  status: "False",
  reason: "ApprovedByOperator",
  message: "approved by dana: commit 1a2b3c4d is not signed",
  fix: null,
};

function checksOf(source: RecordReader["source"] | null, needsSignatures: boolean) {
  const reads = { keys: async () => [], accounts: async () => [], writesSince: async () => [] };
  const record = async () => (source === null ? null : { ...reads, source, close: () => undefined });
  return revisionChecks(
    { source: "main", revision: REVISION, size: "2 documents", needsSignatures },
    { record },
  );
}

test.each([
  { because: "no signatures are needed, and there is no record", source: null, signed: false },
  { because: "no signatures are needed, and nothing was accepted", record: null, signed: false },
  { because: "no signatures are needed, and another one was accepted", record: NEWER, signed: false },
  { because: "no signatures are needed, and it was accepted", record: ACCEPTED, signed: false },
  {
    because: "its signatures were verified",
    record: { ...ACCEPTED, verified: SIGNED },
    signed: true,
    detail: "; accepted: 1 commit is signed by dana",
  },
])("a revision passes if $because", async ({ source, record = null, signed, detail = "" }) => {
  expect(await checksOf(source === null ? null : async () => record, signed)).toEqual([
    { identity: "git", region: null, what: "read", outcome: "passed", detail: `${READ}${detail}` },
  ]);
});

const NOT_VERIFIED =
  "its signatures are not verified yet: the controller does it before it accepts the revision";

test.each([
  {
    because: "there is no record",
    source: null,
    outcome: "not-checked",
    detail: NOT_VERIFIED,
  },
  {
    because: "the controller accepted another one",
    record: NEWER,
    outcome: "not-checked",
    detail: NOT_VERIFIED,
  },
  {
    because: "the controller holds it",
    record: { ...NEWER, heldRevision: held(REVISION) },
    outcome: "warning",
    detail:
      "the controller holds it and does not enforce it: commit 1a2b3c4d is not signed; grantkeeper describe approval main@aaaaaaa",
  },
  {
    because: "the controller holds an earlier one",
    record: { ...NEWER, heldRevision: held(EARLIER) },
    outcome: "warning",
    detail:
      "the controller holds an earlier one and does not enforce it: commit 1a2b3c4d is not signed; grantkeeper describe approval main@ccccccc",
  },
  {
    because: "an operator approved it without proof",
    record: { ...ACCEPTED, verified: APPROVED },
    outcome: "warning",
    detail: "accepted, but not verified: approved by dana: commit 1a2b3c4d is not signed",
  },
  {
    because: "it was accepted before signatures were needed",
    record: ACCEPTED,
    outcome: "warning",
    detail: "accepted before signatures were verified; the commits after it are",
  },
])(
  "a revision that needs signatures does not pass if $because",
  async ({ source, record = null, outcome, detail }) => {
    expect(await checksOf(source === null ? null : async () => record, true)).toEqual([
      { identity: "git", region: null, what: "read", outcome, detail: `${READ}; ${detail}` },
    ]);
  },
);

test("a record that cannot be read fails with its fix, and the revision does not pass", async () => {
  const source = () => Promise.reject(new CliError("the database is damaged", "restore a backup"));

  expect(await checksOf(source, false)).toMatchObject([
    { outcome: "not-checked", detail: `${READ}; it is unknown whether the controller accepted it` },
    {
      what: "record",
      outcome: "failed",
      detail: "the record of the controller cannot be read: the database is damaged; restore a backup",
    },
  ]);
});

test("a bug is thrown, and is no finding", async () => {
  await expect(checksOf(() => Promise.reject(new TypeError("a bug")), false)).rejects.toThrow("a bug");
});
