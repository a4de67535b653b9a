import { withheldOf } from "../inputs/withheld.ts";
import type { DocumentContext } from "../../iam/document.ts";
import type { WriteCall, Withheld } from "../../model/plan.ts";
import type { PlanContext } from "../inputs/context.ts";
import { provedDirection } from "../inputs/direction.ts";
import type { Draft, Part } from "./draft.ts";

/** Calls that remove something. Whether they also lift a Deny follows from their delta. */
const REMOVALS: ReadonlySet<WriteCall> = new Set([
  "iam:DeleteRolePolicy",
  "iam:DetachRolePolicy",
  "lambda:RemovePermission",
]);

/** Calls that replace a document. */
const REPLACEMENTS: ReadonlySet<WriteCall> = new Set([
  "iam:PutRolePolicy",
  "iam:CreatePolicyVersion",
  "iam:SetDefaultPolicyVersion",
  "iam:UpdateAssumeRolePolicy",
]);

/**
 * The part of a plan that adds and widens nothing, for a state that a rule refuses now. Everything else is withheld,
 * including what an operator could have approved: no approval lifts a rule.
 */
export function onlyNarrowing(part: Part, refusedBy: string, context: PlanContext): Part {
  const { partition, id: accountId } = context.account;
  const isKept = (draft: Draft): boolean => isNarrowing(draft, { dialect: "identity", partition, accountId });
  const approvable = part.approvable.filter(({ drafts }) => drafts.every(isKept));
  const drafts = [part, ...part.approvable.filter((one) => !approvable.includes(one))].flatMap(
    (each) => each.drafts,
  );
  const refused = drafts.filter((draft) => !isKept(draft)).map((draft) => refusedChange(draft, refusedBy));
  return {
    drafts: part.drafts.filter(isKept),
    withheld: [...part.withheld, ...refused],
    approvable,
  };
}

function isNarrowing({ call, before, after, delta }: Draft, context: DocumentContext): boolean {
  // A boundary where there is none only limits.
  if (call === "iam:PutRolePermissionsBoundary") return before === null;
  if (delta.allowed.length > 0 || delta.unknownEffect.length > 0) return false;
  if (REMOVALS.has(call)) return true;
  if (!REPLACEMENTS.has(call) || before === null || after === null) return false;
  const dialect = call === "iam:UpdateAssumeRolePolicy" ? "trust" : "identity";
  return provedDirection(before, after, { ...context, dialect }).kind === "narrower";
}

function refusedChange({ call, target }: Draft, refusedBy: string): Withheld {
  const reason = `${call} would restore a state that a rule refuses now: ${refusedBy}`;
  return withheldOf(target)("rule-refused", reason, "change the manifest so that it breaks no rule");
}
