import { managedText } from "../../diff/documents/permissions.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import type { Partition } from "../../model/aws/ids.ts";
import type { CoverageRisk, FunctionCoverage } from "../../model/answers/coverage.ts";
import type { LiveAccount, LiveFunction, LiveRole, Reading } from "../../model/live.ts";
import type { DocumentRiskCache } from "./document-risks.ts";

export interface RiskInputs {
  readonly live: LiveAccount;
  readonly partition: Partition;
  readonly documents: DocumentRiskCache;
}

type Risks = Pick<FunctionCoverage, "risks" | "unread">;

const ORDER: readonly CoverageRisk[] = ["public", "admin", "wildcard"];

/** The risks of the function's callers and of its role, as far as they were read. */
export function functionRisks(found: LiveFunction, role: Reading<LiveRole>, inputs: RiskInputs): Risks {
  const parts = [callerRisks(found, inputs), roleRisks(role, inputs)];
  const risks = new Set(parts.flatMap((part) => part.risks));
  return {
    risks: ORDER.filter((risk) => risks.has(risk)),
    unread: [...new Set(parts.flatMap((part) => part.unread))].sort(),
  };
}

/** A sweep reads the resource policy of declared functions only. */
function callerRisks({ policies }: LiveFunction, inputs: RiskInputs): Risks {
  const context = { dialect: "resource", ...placeOf(inputs) } as const;
  const read = [...policies.values()].flatMap((policy) =>
    policy.kind === "present" ? [inputs.documents.risksOf(policy.value.text, context)] : [],
  );
  const unread = [...policies.values()].flatMap((policy) =>
    policy.kind === "unknown" ? [`its resource policy: ${policy.reason}`] : [],
  );
  const unclear = read.some(({ isUnclear }) => isUnclear) ? ["a statement of its resource policy"] : [];
  const missing = policies.has("") ? [] : ["its resource policy (read for declared functions)"];
  return { risks: read.flatMap(({ risks }) => risks), unread: [...unread, ...unclear, ...missing] };
}

function roleRisks(role: Reading<LiveRole>, inputs: RiskInputs): Risks {
  if (role.kind === "unknown") return { risks: [], unread: [role.reason] };
  if (role.kind === "absent") return { risks: [], unread: [] };
  const context = { dialect: "identity", ...placeOf(inputs) } as const;
  const { inline, attachments } = role.value;
  const documents = [
    ...inline.map(({ name, text }) => ({ name, text })),
    ...attachments.map((arn) => ({ name: nameInArn(arn), text: managedText(arn, inputs.live) })),
  ];
  const judged = documents.map(({ name, text }) => {
    if (text === undefined) return { risks: [], unread: [`policy ${name}`] };
    const { risks, isUnclear } = inputs.documents.risksOf(text, context);
    return { risks, unread: isUnclear ? [`a statement of policy ${name}`] : [] };
  });
  return { risks: judged.flatMap(({ risks }) => risks), unread: judged.flatMap(({ unread }) => unread) };
}

function placeOf({ live, partition }: RiskInputs) {
  return { partition, accountId: live.accountId };
}
