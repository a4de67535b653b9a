import { describe, expect, test } from "@jest/globals";
import { AwsError } from "../../../../src/model/aws/errors/aws-error.ts";
import { contentDigest, contentOf } from "../../../../src/model/keys/adopted-role.ts";
import { digestOf } from "../../../../src/model/values/digest.ts";
import { takeOverAfter } from "../../../../src/settle/adoption/adopted-role.ts";
import { type KeyOutcome, type WriteOutcome, outcomeView } from "../../../../src/settle/outcome/outcome.ts";
import {
  actionOf,
  BINDING,
  driftOf,
  judgedOf,
  passOf,
  seenOf,
  skippedOf,
  subjectOf,
  writtenOf,
} from "../../../support/pass/passes.ts";
import { ADOPTED, ADOPTED_RECORD, liveOf, ROLE, suspensionOf } from "./undo-scene.ts";

const EARLIER = digestOf("earlier");
const NOW = contentDigest(contentOf(ROLE));
const REVIEWED = { ...BINDING, role: { ...BINDING.role, adopt: "reviewed" as const } };
const action = actionOf({ target: ROLE.arn, call: "iam:PutRolePolicy" });
const error = (kind: string) =>
  new AwsError({
    call: "iam:PutRolePolicy role/x",
    code: "x",
    message: "no",
    disposition: { kind } as never,
    requestId: null,
    lost: kind === "unknown",
  });
const write = (kind: WriteOutcome["kind"], failure = "retry"): readonly WriteOutcome[] => [
  { kind, action, intent: 1, atMs: 1, isOverdue: false, error: error(failure) },
];
const SEEN = { kind: "seen", drifts: [], unread: [], plan: judgedOf().plan } as const;
const PENDING = driftOf({ subject: ROLE.arn, certainty: "pending" });
const LEFT = driftOf({ subject: ROLE.arn, certainty: "confirmed" });
const NOT_READ = { kind: "not-read", reason: "timeout" } as const;

interface Scene {
  readonly outcome: KeyOutcome;
  readonly isUndo?: boolean;
}

function lastWritten({ outcome, isUndo = false }: Scene, before = EARLIER) {
  const record = { ...ADOPTED_RECORD, adoptedRole: { ...ADOPTED, lastWritten: before } };
  const subject = { ...subjectOf(record), desired: REVIEWED } as never;
  const made = { ...outcome, judged: { ...("judged" in outcome && outcome.judged), subject } } as KeyOutcome;
  const suspensions = isUndo ? [suspensionOf()] : [];
  const view = outcomeView(made, suspensions);
  if (view.kind !== "judged") throw new Error("nothing was judged");
  return takeOverAfter(view, seenOf({ live: liveOf(ROLE), pass: passOf(undefined, { suspensions }) })).record
    .adoptedRole?.lastWritten;
}

describe("how a role was last written", () => {
  test.each<Scene & { readonly is: typeof NOW | null; readonly because: string }>([
    {
      outcome: writtenOf({}, { writes: write("applied"), readBack: SEEN }),
      is: NOW,
      because: "it was read back",
    },
    {
      outcome: writtenOf({}, { writes: write("applied"), readBack: { ...SEEN, drifts: [LEFT] } }),
      is: NOW,
      because: "it was read back, and calls are left",
    },
    {
      outcome: writtenOf({}, { writes: write("applied"), readBack: { ...SEEN, drifts: [PENDING] } }),
      is: null,
      because: "AWS does not show the write yet",
    },
    {
      outcome: writtenOf({}, { writes: write("applied"), readBack: NOT_READ }),
      is: null,
      because: "the write was not read back",
    },
    {
      outcome: writtenOf({}, { writes: write("lost"), readBack: SEEN }),
      is: null,
      because: "no answer arrived",
    },
    {
      outcome: writtenOf({}, { writes: write("failed"), readBack: SEEN }),
      is: null,
      because: "the failure does not exclude an effect",
    },
    {
      outcome: writtenOf({}, { writes: write("failed", "circuit"), readBack: SEEN }),
      is: NOW,
      because: "AWS denied the call, so that it had no effect",
    },
    {
      outcome: writtenOf({}, { writes: write("failed", "terminal"), readBack: SEEN }),
      is: NOW,
      because: "AWS rejected the call, so that it had no effect",
    },
    {
      outcome: writtenOf({}, { writes: write("not-made"), readBack: NOT_READ }),
      is: EARLIER,
      because: "no call was made",
    },
    { outcome: skippedOf({ kind: "nothing-due" }), is: NOW, because: "a read shows what Git declares" },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { drifts: [LEFT] }),
      is: EARLIER,
      because: "the role differs from Git",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { unread: ["role/x"] }),
      is: EARLIER,
      because: "the read is not complete",
    },
    {
      outcome: writtenOf({}, { writes: write("not-made"), readBack: SEEN }),
      isUndo: true,
      is: EARLIER,
      because: "an undo compares nothing with Git",
    },
  ])("is $is if $because", ({ is, ...scene }) => {
    expect(lastWritten(scene)).toBe(is);
  });
});
