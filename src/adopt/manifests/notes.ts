import { unmetNeeds } from "../../diff/function/needs.ts";
import type { RolePermissions } from "../../iam/compare/delta.ts";
import { isOpen } from "../../iam/risk/access.ts";
import { identityRisk } from "../../iam/risk/identity-risk.ts";
import { arnParts, nameInArn } from "../../model/aws/arn.ts";
import type { LiveFunction } from "../../model/live.ts";
import type { ConditionTest } from "../../model/aws/policy-document.ts";
import { toList } from "../../text/json-values.ts";
import { flowText } from "../../text/yaml/flow-text.ts";
import type { JsonObject } from "../../model/values/json.ts";
import { counted, someOf } from "../../text/phrases.ts";
import { unreadText, type Estate, type EstateFunction } from "../estate/estate.ts";
import { matchesRule, RULES_NOT_ASKED, rulesOfTarget, targetArn } from "../estate/event-rules.ts";
import { leftOutTexts } from "../recognize/left-out-texts.ts";
import type { ManifestDraft } from "./draft.ts";
import { foreignTrust } from "../switch/foreign-trust.ts";
import { matchingRulesCommand, removalCommand } from "../switch/lookup-commands.ts";
import type { ManifestDifference } from "./proof.ts";
import { invokedByRules } from "./caller-fields.ts";
import type { ImportedCaller, UndeclaredCaller } from "./callers.ts";

/** What people look at first, in this order. */
export const LOOK_FIRST = ["public", "admin", "shared", "wildcard", "unused"] as const;
type LookFirst = (typeof LOOK_FIRST)[number];

/** One fact about a function of which its manifest is not the entire answer. */
export interface ImportNote {
  readonly kind:
    | LookFirst
    | "undeclared-caller"
    | "deleted-principal"
    | "foreign-trust"
    | "tags"
    | "left-out"
    | "nearest-grants"
    | "attached-policy"
    | "published-versions"
    | "missing-permission"
    | "versions-unread";
  readonly text: string;
  /** Commands for a person, which the text introduces. Missing: there are none. */
  readonly commands?: readonly string[];
}

export interface NotedFunction {
  readonly estate: Pick<Estate, "account" | "eventRules" | "region">;
  readonly found: EstateFunction;
  readonly draft: ManifestDraft;
  /** Names of all functions on its role, itself included, and the regions of the account that were not read. */
  readonly roleUsers: { readonly names: readonly string[]; readonly unread: readonly string[] };
  /** What the declared role allows. */
  readonly declared: RolePermissions;
  readonly difference: ManifestDifference | null;
  readonly observedAtMs: number;
}

/** First what people look at first, in the order of the list above. */
export function notesOn(noted: NotedFunction): readonly ImportNote[] {
  const { draft, found } = noted;
  const { callers, undeclared } = draft.callers;
  return [
    ...callers.filter(({ isPublic }) => isPublic).map(declaredPublic),
    ...undeclared.filter(({ danger }) => danger === "public").map(publicCaller),
    ...adminNotes(draft),
    ...sharedNotes(noted),
    ...wildcardNotes(draft),
    ...unusedNotes(noted),
    ...undeclared.filter(({ danger }) => danger !== "public").map((caller) => undeclaredNote(caller, noted)),
    ...trustNotes(noted),
    ...draft.awsManaged.map((arn): ImportNote => ({
      kind: "attached-policy",
      text: `attaches ${arn}: the writer needs it in its condition iam:PolicyARN`,
    })),
    ...tagNotes(draft),
    ...draft.recognition.leftOut
      .flatMap(leftOutTexts)
      .map((text): ImportNote => ({ kind: "left-out", text })),
    ...nearestNotes(draft),
    ...versionNotes(found),
    ...missingNotes(found, noted.declared),
  ];
}

function callerName({ sid, qualifier }: UndeclaredCaller): string {
  const named = sid === null ? "a statement without Sid" : `statement "${sid}"`;
  return qualifier === null ? named : `${named} of ${qualifier}`;
}

function declaredPublic({ caller, qualifier }: ImportedCaller): ImportNote {
  const of = qualifier === null ? "" : ` of ${qualifier}`;
  return { kind: "public", text: `its caller ${caller}${of} lets everyone call it; it is declared` };
}

function publicCaller(caller: UndeclaredCaller): ImportNote {
  return { kind: "public", text: `${callerName(caller)} lets everyone call it; it is not declared` };
}

function undeclaredNote(caller: UndeclaredCaller, noted: NotedFunction): ImportNote {
  const { deletedPrincipals, danger, wildcardSource, looseSource, ownedSource } = caller;
  if (deletedPrincipals.length > 0) return deletedNote(caller, noted.found.arn);
  const why = danger === "none" ? null : DANGERS[danger];
  const source = wildcardSource === null ? null : patternText(wildcardSource);
  const loose = looseSource === null ? null : `${looseSource} (INV-002)`;
  const owned = ownedSource === null ? null : `to declare it with its owner: invokedBy: [${ownedSource}]`;
  const isOfRules = wildcardSource !== null && arnParts(wildcardSource).service === "events";
  const rules = isOfRules ? rulesText(caller, noted) : null;
  const commands = isOfRules ? rulesCommands(caller, noted) : [];
  const kept = isOfRules && !isOpen(danger) ? KEPT : null;
  const reasons = [why, loose, source, owned, rules, kept].filter((reason) => reason !== null);
  const because = reasons.length === 0 ? "no caller of the catalogue is equal" : reasons.join("; ");
  const text = `${callerName(caller)} is not declared: ${because}`;
  return { kind: "undeclared-caller", text, ...(commands.length > 0 && { commands }) };
}

/** The rules of EventBridge that match, if they are asked for and were read. */
function readRules({ qualifier, ruleTest }: UndeclaredCaller, { found, estate }: NotedFunction) {
  return ruleTest === null ? RULES_NOT_ASKED : rulesOfTarget(estate, targetArn(found.arn, qualifier));
}

function rulesCommands(caller: UndeclaredCaller, noted: NotedFunction): readonly string[] {
  if (readRules(caller, noted).kind === "known") return [];
  return [matchingRulesCommand(noted.found.arn, caller.qualifier)];
}

/** A rule that has another version or alias of the function as its target was not asked for. */
function rulesText(caller: UndeclaredCaller, noted: NotedFunction): string {
  const { qualifier, ruleTest } = caller;
  const { found, estate } = noted;
  const target = targetArn(found.arn, qualifier);
  const rules = readRules(caller, noted);
  if (rules.kind === "unknown" || ruleTest === null) {
    const why = rules.kind === "unknown" && rules.why !== "not-called" ? ` (${unreadText(rules)})` : "";
    return `the rules that match were not read${why}; the command lists those of the default bus, and with --event-bus-name those of another`;
  }
  const matching = rules.value.filter((rule) => matchesRule(ruleTest, rule));
  const read = `of the event buses of ${estate.account.name} in ${estate.region}`;
  const elsewhere = mayMatchElsewhere(ruleTest, estate) ? "rules of other accounts and regions, " : "";
  const text =
    matching.length === 0
      ? `no rule ${read} that matches has the target ${target}`
      : `to declare the rules ${read} that match and have the target ${target}: ${invokedByRules(matching, qualifier)}`;
  return `${text}; not read: ${elsewhere}rules on event buses of other accounts`;
}

/** Whether the pattern names more than this account and region. */
function mayMatchElsewhere({ values }: ConditionTest, { account, region }: NotedFunction["estate"]): boolean {
  return values.some((value) => {
    const parts = arnParts(value);
    return parts.accountId !== account.id || parts.region !== region;
  });
}

/** A pattern within one API breaks no rule: it has only no equal caller. */
function patternText(source: string): string {
  const { service, resource } = arnParts(source);
  if (service !== "execute-api" || /^[^/]*[*?]/.test(resource))
    return `its source is a pattern: ${source} (INV-005)`;
  return `its source covers more than routes: ${source}; a caller names a method and path or a route, of one stage or of stage: "*"`;
}

function deletedNote(caller: UndeclaredCaller, functionArn: string): ImportNote {
  const { deletedPrincipals, isDead } = caller;
  const fact = `${callerName(caller)} names ${someOf(deletedPrincipals)}, which was deleted; it is not declared`;
  const command = removalCommand(functionArn, caller);
  if (command === null) return { kind: "deleted-principal", text: fact };
  const text = isDead
    ? `${fact}; no call depends on it, and the command removes it`
    : `${fact}; it does more than allow the deleted principal: add a statement without it, then remove it with the command`;
  return { kind: "deleted-principal", text, commands: [command] };
}

function trustNotes({ draft: { role }, difference, found }: NotedFunction): readonly ImportNote[] {
  const lost = difference?.trust.noLongerAllowed ?? [];
  const fact = foreignTrust({ role, lost, region: arnParts(found.arn).region });
  return fact === null ? [] : [{ kind: "foreign-trust", ...fact }];
}

const KEPT = "enforcing leaves the statement, unless undeclaredCallers is remove";

const DANGERS = {
  public: "everyone can call it",
  takeover: "another account can do more than call it (INV-007)",
  "no-source": "a service without a source account or ARN (INV-001, INV-002)",
  "foreign-account": "another account or organization (INV-004)",
} as const;

const ADMIN = /:policy\/(AdministratorAccess|IAMFullAccess|PowerUserAccess)$/;

export function adminNotes({
  awsManaged,
  recognition,
}: Pick<ManifestDraft, "awsManaged" | "recognition">): readonly ImportNote[] {
  const attached = awsManaged.filter((arn) => ADMIN.test(arn)).map((arn) => `attaches ${nameInArn(arn)}`);
  const own = recognition.rest
    .filter(({ normal }) => identityRisk(normal) === "admin")
    .map(({ from }) => `${from} allows every action on every resource`);
  return [...attached, ...own].map((text) => ({ kind: "admin", text }));
}

/** One text for all functions of the role. */
function sharedNotes({ roleUsers, draft: { role } }: NotedFunction): readonly ImportNote[] {
  const profiles = role.instanceProfiles.length;
  const { names, unread } = roleUsers;
  const more = unread.length === 0 ? "" : `; ${someOf(unread)} may have more of them, not read`;
  const texts = [
    ...(names.length < 2
      ? []
      : [
          `role ${role.name} is that of ${someOf(names)}: each gets a role of its own, and ${counted(names.length, "deployment")} must name it${more}`,
        ]),
    ...(profiles === 0 ? [] : [`role ${role.name} is in ${counted(profiles, "instance profile")}`]),
  ];
  return texts.map((text) => ({ kind: "shared", text }));
}

export function wildcardNotes({ recognition }: Pick<ManifestDraft, "recognition">): readonly ImportNote[] {
  const open = recognition.rest.filter(({ normal, statement }) => {
    if (normal.effect !== "Allow") return false;
    const isNegated = normal.actions.negated || normal.resources?.negated === true;
    const resources = toList(statement.Resource ?? []);
    return isNegated || resources.includes("*") || normal.actions.values.some((name) => name.includes("*"));
  });
  if (open.length === 0) return [];
  const froms = [...new Set(open.map(({ from }) => from))].sort();
  return [
    { kind: "wildcard", text: `${counted(open.length, "statement")} with wildcards in ${someOf(froms)}` },
  ];
}

const UNUSED_AFTER_MS = 90 * 86_400_000;

function unusedNotes({ draft, observedAtMs }: NotedFunction): readonly ImportNote[] {
  const { lastUsedAtMs } = draft.role;
  if (lastUsedAtMs === "unknown") return [];
  if (lastUsedAtMs === null) return [{ kind: "unused", text: "its role was not used in the last 400 days" }];
  const unusedMs = observedAtMs - lastUsedAtMs;
  if (unusedMs < UNUSED_AFTER_MS) return [];
  const days = Math.floor(unusedMs / 86_400_000);
  return [{ kind: "unused", text: `its role was last used ${days} days before the read` }];
}

function nearestNotes({ nearest }: ManifestDraft): readonly ImportNote[] {
  return nearest.map(({ statement: { from, normal }, grants: { grants, drops, dropsInPart } }) => {
    const named = normal.sid === null ? "a statement" : `statement ${normal.sid}`;
    const entries = someOf(grants.map(({ grant, fields }) => flowText({ [grant]: fields as JsonObject })));
    const dropped = drops.length + dropsInPart.length;
    const drop = grants.length === 1 ? "which drops" : "which drop";
    const text = `nearest to ${named} of ${from}: ${entries}, ${drop} ${counted(dropped, "action")}`;
    return { kind: "nearest-grants", text };
  });
}

function tagNotes({ leftTags }: ManifestDraft): readonly ImportNote[] {
  if (leftTags.length === 0) return [];
  const text = `tags of the role that are not copied: ${leftTags.join(", ")}; a policy may depend on them`;
  return [{ kind: "tags", text }];
}

function versionNotes({ roleArn, versions, aliases }: EstateFunction): readonly ImportNote[] {
  if (versions.kind === "unknown" || aliases.kind === "unknown")
    return [{ kind: "versions-unread", text: "its published versions were not read" }];
  const roles = new Map(versions.value.map((version) => [version.version, version.roleArn]));
  return aliases.value.flatMap((alias) =>
    alias.versions
      .filter((version) => version !== "$LATEST")
      .map((version): ImportNote => {
        const role = roles.get(version) ?? roleArn;
        const on = role === roleArn ? "the present role" : nameInArn(role);
        const text = `alias ${alias.name} runs version ${version} on ${on}: it keeps that role until a new version is published`;
        return { kind: "published-versions", text };
      }),
  );
}

/** A need that the live role does not meet either: nothing is invented for it. */
function missingNotes(found: EstateFunction, declared: RolePermissions): readonly ImportNote[] {
  const { name, arn, roleArn, needs, triggers, edge } = found;
  const asLive: LiveFunction = {
    name,
    arn,
    roleArn,
    needs,
    edge,
    revisionId: null,
    policies: new Map(),
    triggers: triggers.kind === "known" ? { kind: "present", value: triggers.value } : UNREAD,
    versions: UNREAD,
    aliases: UNREAD,
  };
  return unmetNeeds(asLive, declared).map(({ what, hint }) => ({
    kind: "missing-permission",
    text: `its role does not allow ${what}, now and after the import: ${hint}`,
  }));
}

const UNREAD = { kind: "unknown", reason: "not needed" } as const;
