import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import {
  contentDigest,
  contentOf,
  type AdoptedRole,
  type RoleContent,
} from "../../../../src/model/keys/adopted-role.ts";
import type { PastWrite } from "../../../../src/model/keys/key-record.ts";
import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import type { AdoptionUndoRecord, UndoFinding } from "../../../../src/model/keys/adoption-undo.ts";
import type { LiveAccount, LiveRole } from "../../../../src/model/live.ts";
import { planAdoptionUndo } from "../../../../src/plan/adoption-undo.ts";
import {
  allow,
  appliedRecord,
  binding,
  BOUNDARY,
  desiredAccount,
  documentOf,
  NOW_MS,
  OTHER_BOUNDARY,
} from "../../../support/pass/bindings.ts";
import { accountWith, livePolicyOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { context } from "../../../support/pass/plans.ts";

export const DESIRED = binding();
export const ROLE = liveRoleOf(DESIRED, {
  inline: [{ name: "grantkeeper", text: documentOf(allow("sqs:*")) }],
});
export const deny = (Action: string): Statement => ({ Effect: "Deny", Action, Resource: "*" });
export const policy = (name: string, ...statements: readonly Statement[]) => ({
  name,
  text: documentOf(...statements),
});
export const attached = (name: string): Arn => `arn:aws:iam::aws:policy/${name}` as Arn;

export interface Scene {
  readonly role?: LiveRole | null;
  readonly former?: Partial<RoleContent>;
  readonly boundaries?: readonly [Statement, Statement];
  readonly adopted?: Partial<AdoptedRole>;
  readonly live?: Partial<LiveAccount>;
  readonly writes?: readonly PastWrite[];
  /** Missing: all that the role had. */
  readonly attachable?: readonly string[];
  /** Calls of the undo were made. */
  readonly begun?: AdoptionUndoRecord;
}

const EVERYTHING = [allow("*"), allow("*")] as const;

export function undo({ role = ROLE, boundaries = EVERYTHING, ...scene }: Scene): UndoFinding {
  const adopted: AdoptedRole = {
    arn: ROLE.arn,
    roleId: ROLE.roleId,
    atMs: NOW_MS - 1,
    former: { ...contentOf(ROLE), inline: [policy("old", allow("s3:*"))], ...scene.former },
    changedAtMs: NOW_MS - 1,
    lastWritten: role === null ? null : contentDigest(contentOf(role)),
    ...scene.adopted,
  };
  const policies = [BOUNDARY, OTHER_BOUNDARY].map((arn, at) =>
    livePolicyOf(arn, [documentOf(boundaries[at] ?? allow("*"))]),
  );
  const known = livePolicyOf(attached("known"), [documentOf(allow("ec2:*"))]);
  const live = {
    ...accountWith({ ...(role !== null && { role }), policies: [...policies, known] }),
    ...scene.live,
  };
  const { fences, ...account } = desiredAccount();
  const attachablePolicies = scene.attachable ?? adopted.former.attachments;
  return planAdoptionUndo(
    DESIRED,
    context(live, {
      account: { ...account, fences: { ...fences, attachablePolicies } },
      record: appliedRecord(DESIRED, {
        adoptedRole: adopted,
        ...(scene.begun !== undefined && { adoptionUndo: scene.begun }),
      }),
      writes: recentWrites(scene.writes ?? []),
    }),
  );
}

export function callsOf(finding: UndoFinding): readonly string[] {
  if (finding.kind !== "planned") throw new Error(JSON.stringify(finding));
  return finding.plan.actions.map(({ call, input }) => {
    const name = input["PolicyName"] ?? input["PolicyArn"] ?? input["PermissionsBoundary"] ?? null;
    return name === null ? call : `${call} ${JSON.stringify(name).replaceAll('"', "")}`;
  });
}

export const kindsOf = (finding: UndoFinding): readonly string[] =>
  finding.kind === "refused" ? finding.obstacles.map(({ kind }) => kind) : [finding.kind];

export function trustOf(...services: readonly string[]): string {
  const Statement = services.map((Service) => ({
    Effect: "Allow",
    Principal: { Service },
    Action: "sts:AssumeRole",
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
