import { describe, expect, test } from "@jest/globals";
import type { RoleDocuments } from "../../../../src/diff/documents/permissions.ts";
import { documentContext } from "../../../../src/diff/documents/document-context.ts";
import { declaredOrigin } from "../../../../src/diff/documents/declared-origin.ts";
import { rolePermissions } from "../../../../src/diff/documents/permissions.ts";
import { CompiledTexts } from "../../../../src/diff/documents/compiled-texts.ts";
import { Comparer } from "../../../../src/iam/compare/comparer.ts";
import { RoleDeltas } from "../../../../src/diff/documents/role-deltas.ts";
import { permissionDelta } from "../../../../src/iam/compare/delta.ts";
import { turnedDelta, type Delta } from "../../../../src/model/delta.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import { allow, binding, BOUNDARY, deny, documentOf } from "../../../support/pass/bindings.ts";
import { emptyAccount } from "../../../support/pass/live-state.ts";

const LIVE = emptyAccount();

function documents(inline: Readonly<Record<string, string>>, boundary: string | null = null): RoleDocuments {
  return { inline: new Map(Object.entries(inline)), attachments: [], boundary };
}

const GIT = documents({ grantkeeper: documentOf(allow("s3:GetObject")) });
const WITH_HOTFIX = documents({
  grantkeeper: documentOf(allow("s3:GetObject")),
  hotfix: documentOf(allow("sqs:SendMessage")),
});

/** Without a cache. */
function freshDelta(before: RoleDocuments, after: RoleDocuments, of: DesiredBinding): Delta {
  const origin = declaredOrigin(of.role.inline, documentContext(of, "identity"), null);
  const setting = { at: of, live: LIVE, origin };
  return permissionDelta(rolePermissions(before, setting), rolePermissions(after, setting));
}

describe("the delta of a role's documents", () => {
  test("of a revert is the delta of the change with its sides exchanged", () => {
    const of = binding();
    const deltas = new RoleDeltas(new Comparer(), new CompiledTexts());
    const added = deltas.deltaOf({ before: GIT, after: WITH_HOTFIX }, { binding: of, applied: null }, LIVE);

    const used = deltas.deltaOf({ before: WITH_HOTFIX, after: GIT }, { binding: of, applied: null }, LIVE);

    expect(added.allowed).toHaveLength(1);
    expect(used).toEqual(turnedDelta(added));
    expect(used).toEqual(freshDelta(WITH_HOTFIX, GIT, of));
  });

  const of = binding();
  const denied = documents({ grantkeeper: documentOf(allow("s3:GetObject"), deny("s3:PutObject")) });
  const renamed = documents({
    grantkeeper: documentOf(allow("s3:GetObject")),
    fix: documentOf(allow("sqs:SendMessage")),
  });
  test.each<{ before: RoleDocuments; after: RoleDocuments; of: DesiredBinding; because: string }>([
    { before: GIT, after: WITH_HOTFIX, of, because: "it is the same change, not its revert" },
    { before: WITH_HOTFIX, after: denied, of, because: "it ends with another text" },
    { before: denied, after: GIT, of, because: "it begins with one document less" },
    { before: renamed, after: GIT, of, because: "the removed document has another name" },
    {
      before: { ...WITH_HOTFIX, boundary: BOUNDARY },
      after: GIT,
      of,
      because: "it begins with a boundary",
    },
    { before: WITH_HOTFIX, after: GIT, of: binding(), because: "its rows come from another manifest" },
    {
      before: WITH_HOTFIX,
      after: GIT,
      of: { ...of, partition: "aws-cn" as DesiredBinding["partition"] },
      because: "it is of another partition",
    },
  ])("is computed separately if $because", ({ before, after, of: asked }) => {
    const deltas = new RoleDeltas(new Comparer(), new CompiledTexts());
    deltas.deltaOf({ before: GIT, after: WITH_HOTFIX }, { binding: of, applied: null }, LIVE);

    expect(deltas.deltaOf({ before, after }, { binding: asked, applied: null }, LIVE)).toEqual(
      freshDelta(before, after, asked),
    );
  });
});
