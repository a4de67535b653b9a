import { expect, test } from "@jest/globals";
import { outcomeOf } from "../../../../src/controller/pass/read-back.ts";
import type { RunResult } from "../../../../src/controller/pass/converge.ts";
import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { judge } from "../../../../src/judge/judge.ts";
import type { PassContext, Subject } from "../../../../src/judge/subject.ts";
import type { DesiredRole } from "../../../../src/model/desired.ts";
import type { PastWrite } from "../../../../src/model/keys/key-record.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import { settleKey } from "../../../../src/settle/key/settle-key.ts";
import { outcomeView } from "../../../../src/settle/outcome/outcome.ts";
import { allow, binding, compiled, documentOf, NOW_MS } from "../../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { actionOf, BINDING, KEY, knownRecord, passOf, planOf, seenOf } from "../../../support/pass/passes.ts";

const name = "renamed" as DesiredRole["name"];
const RENAMED = binding({ name, arn: BINDING.role.arn.replace(/[^/]+$/, name) as DesiredRole["arn"] });
const WIDER = binding({ inline: compiled(allow("s3:GetObject"), allow("sqs:SendMessage")) });
const CHANGED: Partial<LiveRole> = {
  inline: [{ name: "grantkeeper", text: documentOf(allow("iam:PassRole")) }],
};

test.each([
  { declared: RENAMED, because: "of the role that Git renames" },
  { declared: WIDER, because: "of the document that Git changes" },
])(
  "a change that a failed write could not revert stays open, as the pass found it: $because",
  ({ declared }) => {
    const live = accountWith({ role: liveRoleOf(BINDING, CHANGED), found: liveFunctionOf(BINDING) });
    const record = knownRecord({ asAppliedMs: NOW_MS - 300_000 });
    const subject: Subject = { kind: "desired", key: KEY, record, desired: declared };
    const pass: PassContext = { ...passOf([declared]), ...seenOf({ live }), live };
    const [judged] = judge(pass, [subject]).judged;
    if (judged === undefined) throw new Error("the binding was not judged");
    const write: PastWrite = {
      key: KEY,
      atMs: NOW_MS,
      call: "iam:TagRole",
      step: 6,
      target: BINDING.role.arn,
      beforeHash: null,
      afterHash: "tags",
    };
    const plan = planOf([actionOf()], { purpose: "undo" });
    const writes = [{ kind: "applied", action: actionOf(), intent: 1, atMs: NOW_MS }] as const;
    const one = { kind: "written", run: { kind: "run", judged, plan }, writes } as unknown as RunResult;

    const outcome = outcomeOf(one, { kind: "live", live }, { ...pass, writes: recentWrites([write]) });
    const settled = settleKey(outcomeView(outcome, []), seenOf({ live, recorded: new Set([KEY]) }));

    expect(settled).toMatchObject({ ended: [], incident: { sinceMs: NOW_MS, ended: null } });
    expect(Object.values(settled.record?.driftSinceMs ?? {})).toContain(NOW_MS);
    expect(settled.record).not.toHaveProperty("asAppliedMs");
  },
);
