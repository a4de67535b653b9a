import { listedActions } from "../../iam/risk/listed-actions.ts";
import { actionsOfVerb } from "../../manifest/covering/covering-grants.ts";
import type { ProposedLines, WhyAnswer } from "../../model/answers/why.ts";
import type { RowRisk } from "../../model/delta.ts";

/** What a caller that chose the resource could do with the lines. */
export interface RequestRisk {
  /** In the words of `review`; `other-namespace` and `other-target` depend on the other manifests. */
  readonly kind: Exclude<RowRisk, "none"> | "other-namespace" | "other-target";
  /** For people: `secretsmanager:GetSecretValue reads credentials`. */
  readonly why: string;
}

/** What the request of one function has to be compared with. */
export interface RequestSurroundings {
  /** Why the resource may be of another namespace; null: nothing shows it. */
  otherOwner(resource: string): string | null;
  /** Was the same request denied there too? The function's other targets have the same lines. */
  isDeniedIn(target: string): boolean;
}

/**
 * The caller chose the name of the resource, so that an exact name proves nothing: all that is listed for any resource is a
 * risk, and so are credentials, deletions, the resources of other namespaces, and targets where nothing was denied.
 */
export function requestRisks(
  { action, resource }: Pick<WhyAnswer, "action" | "resource">,
  { grant, verb, access, also }: ProposedLines,
  around: RequestSurroundings,
): readonly RequestRisk[] {
  const actions = new Set([action, ...(grant === null || verb === null ? [] : actionsOfVerb(grant, verb))]);
  const ofActions = [...actions].flatMap(actionRisks);
  const known = new Set(ofActions.map(({ kind }) => kind));
  const ofRows = access.risks.flatMap((kind): readonly RequestRisk[] =>
    kind === "none" || known.has(kind) ? [] : [{ kind, why: "by the lists of review" }],
  );
  const owner = around.otherOwner(resource);
  const targets = also.filter((target) => !around.isDeniedIn(target));
  return [
    ...firstOfKind(ofActions),
    ...ofRows,
    ...(owner === null ? [] : [{ kind: "other-namespace", why: owner } as const]),
    ...targets.map((target) => ({ kind: "other-target", why: notDeniedText(target) }) as const),
  ];
}

function notDeniedText(target: string): string {
  return `${target} would get it too, where it was not denied`;
}

/** Risks in the words of `review`. */
export function rowRisksOf(risks: readonly RequestRisk[]): readonly RowRisk[] {
  return risks.flatMap(({ kind }) => (kind === "other-namespace" || kind === "other-target" ? [] : [kind]));
}

export function risksText(risks: readonly RequestRisk[]): string {
  return risks.map(riskText).join("; ");
}

function riskText({ kind, why }: RequestRisk): string {
  return kind === "other-namespace" || kind === "other-target" ? why : `${kind}: ${why}`;
}

/** What returns secrets or a session of one role, also as a parameter or encrypted: whether a parameter is a SecureString is not known from its name. */
const CREDENTIALS =
  /^(secretsmanager:(batch)?getsecretvalue|ssm:getparameter\w*|kms:(decrypt|reencrypt\w*|derivesharedsecret)|sts:assumerole)$/i;
const DELETIONS = /:(\w*delet|purge|remove|terminate|destroy|deregister|drop|empty|batchwriteitem)/i;

/** What each risk means, in words that follow a name of it. */
export const RISK_MEANINGS: Readonly<Record<Exclude<RowRisk, "none">, string>> = {
  escalation: "may lead to more permissions",
  credential: "returns credentials",
  exfiltration: "reads data",
  exposure: "changes who may use the resource",
  tamper: "changes or deletes",
};

function actionRisks(action: string): readonly RequestRisk[] {
  const listed = listedActions({ kind: "one", name: action }).map(({ risk }) => risk);
  const kinds = [
    ...(CREDENTIALS.test(action) ? (["credential"] as const) : listed),
    ...(DELETIONS.test(action) ? (["tamper"] as const) : []),
  ];
  return kinds.map((kind) => ({ kind, why: `${action} ${RISK_MEANINGS[kind]}` }));
}

/** One sentence for each is enough. */
function firstOfKind(risks: readonly RequestRisk[]): readonly RequestRisk[] {
  return [...Map.groupBy(risks, ({ kind }) => kind).values()].flatMap(([first]) => first ?? []);
}
