/** What the tests of an imported estate ask of it. */
import type { Estate } from "../../../src/adopt/estate/estate.ts";
import type { ImportPlan } from "../../../src/adopt/manifests/plan-import.ts";
import { liveRoleOf } from "../../../src/adopt/manifests/role-policies.ts";
import { managedText } from "../../../src/diff/documents/permissions.ts";
import type { CompiledDocument } from "../../../src/model/desired.ts";
import { compiledDocumentText } from "../../../src/iam/read/print.ts";
import { orThrow } from "../../../src/model/values/result.ts";
import { differingRequests } from "../../support/adopt/sampled-requests.ts";
import { never, REGION, type AwsWorld } from "./aws-world.ts";

export async function readEstate({ aws, account }: AwsWorld): Promise<Estate> {
  const at = { account, region: REGION, pass: "import" };
  const found = orThrow(
    await aws.estates.read({ ...at, ofAccount: null, progress: () => undefined }, never()),
  );
  if (found.kind === "unknown") throw new Error(found.reason);
  return { ...found.value, account: { ...found.value.account, name: "orders-prod" } };
}

/** The statements that became grants, of all statements of the functions that were written. */
export function recognisedShare({ functions }: ImportPlan): number {
  const found = functions.flatMap(({ outcome }) =>
    outcome.kind === "written" ? [outcome.draft.recognition] : [],
  );
  const replaced = found.reduce((sum, one) => sum + one.replaced, 0);
  return replaced / found.reduce((sum, one) => sum + one.replaced + one.rest.length, 0);
}

/** Requests about the functions that are proved equal, and those that the live policies and the manifest answer differently. */
export async function sampledOf(
  { functions, compilation: { desired } }: ImportPlan,
  estate: Estate,
): Promise<{ readonly asked: number; readonly differing: readonly string[] }> {
  const live = liveRoleOf(estate);
  const policies = new Map<string, CompiledDocument>(
    [...desired.policies.values()].map((one) => [one.arn, one.document]),
  );
  const textOf = (arn: string): string | undefined => {
    const own = policies.get(arn);
    return own === undefined ? managedText(arn, live) : compiledDocumentText(own);
  };
  const sampled = await Promise.all(
    functions.map(async ({ outcome }) => {
      if (outcome.kind !== "written" || outcome.difference !== null) return { asked: 0, differing: [] };
      const { role } = outcome.draft;
      const before = [
        ...role.inline.map(({ text }) => text),
        ...role.attachments.map((arn) => managedText(arn, live)),
      ];
      const declared = desired.bindings.get(outcome.key)?.role;
      const inline = declared === undefined ? [] : [compiledDocumentText(declared.inline)];
      const attached = (declared?.attachments ?? []).map(({ arn }) => textOf(arn));
      return differingRequests(before.filter(isRead), [...inline, ...attached].filter(isRead), role.arn);
    }),
  );
  return {
    asked: sampled.reduce((sum, { asked }) => sum + asked, 0),
    differing: sampled.flatMap(({ differing }) => differing),
  };
}

function isRead(text: string | undefined): text is string {
  return text !== undefined;
}
