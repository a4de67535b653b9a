import type { GrantProposal } from "../../model/answers/questions/grant-proposal.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import type { Partition, Region } from "../../model/aws/ids.ts";
import type { LiveAccount, LiveFunction, LiveRegion, LiveRole } from "../../model/live.ts";
import type { Json, JsonObject } from "../../model/values/json.ts";
import { byText } from "../../text/order.ts";
import { counted, someOf } from "../../text/phrases.ts";
import { flowText } from "../../text/yaml/flow-text.ts";
import { recognitionFacts, type KnownPolicies } from "../manifests/draft.ts";
import { ownFields } from "../manifests/manifest-text.ts";
import { adminNotes, wildcardNotes } from "../manifests/notes.ts";
import { CandidateCompiler, type GrantOf } from "../recognize/candidate-compiler.ts";
import { leftOutTexts } from "../recognize/left-out-texts.ts";
import { recognizeGrants, type Recognition } from "../recognize/recognize.ts";
import type { Inexpressible, RoleStatement } from "../recognize/role-statements.ts";

/** A function with its role and all policies of the role, as they were read. */
export interface ProposalSubject {
  readonly found: LiveFunction;
  readonly role: LiveRole;
  readonly policies: KnownPolicies;
  readonly live: LiveAccount;
  readonly partition: Partition;
  readonly region: Region;
}

/** The grants that the policies of the role already contain, and notes on everything else that the role may do. */
export function proposedGrants(subject: ProposalSubject): Pick<GrantProposal, "grants" | "fields" | "notes"> {
  const { found, policies, live, partition, region } = subject;
  const { inline, customerManaged } = policies;
  const recognition = recognizeGrants(
    [...inline, ...customerManaged],
    new CandidateCompiler({ partition, accountId: live.accountId, region }),
    recognitionFacts(found, []),
  );
  return {
    grants: recognition.grants.map(grantEntry),
    fields: ownFields(recognition.own, found.name),
    notes: notesOn(subject, recognition),
  };
}

function grantEntry({ grant, fields }: GrantOf): JsonObject {
  return { [grant]: fields as JsonObject };
}

/** What people look at first comes first. */
function notesOn(subject: ProposalSubject, recognition: Recognition): readonly string[] {
  const { awsManaged } = subject.policies;
  const risks = [...adminNotes({ awsManaged, recognition }), ...wildcardNotes({ recognition })];
  return [
    ...risks.map(({ text }) => `its role: ${text}`),
    ...roleNotes(subject),
    ...recognition.grants.filter(namesPattern).map(patternNote),
    ...awsManaged.map(
      (arn) => `not in the grants: the role attaches ${arn}; to keep it, list it in managedPolicies`,
    ),
    ...recognition.rest.map(statementNote),
    ...recognition.inexpressible.map(inexpressibleNote),
    ...recognition.leftOut.flatMap(leftOutTexts),
    ...logsNotes(recognition),
  ];
}

/** Who else has the permissions of the role, and what else limits them. */
function roleNotes({ found, role, live }: ProposalSubject): readonly string[] {
  const others = otherUsers(found, live).map(({ name, region }) => `${name} in ${region}`);
  const profiles = role.instanceProfiles.length;
  const unread = unreadRegions(live);
  return [
    ...(others.length === 0
      ? []
      : [
          `role ${role.name} is also that of ${someOf(others)}: the grants are what all of them may do, so remove what this function does not need`,
        ]),
    ...(profiles === 0
      ? []
      : [
          `role ${role.name} is in ${counted(profiles, "instance profile")}: the grants may be for programs on EC2`,
        ]),
    ...(role.boundary === null
      ? []
      : [
          `role ${role.name} has the boundary ${nameInArn(role.boundary)}, which may deny a part of the grants`,
        ]),
    ...(unread.length === 0
      ? []
      : [`functions in ${someOf(unread)} may have role ${role.name} too: not read completely`]),
  ];
}

/** Where more functions may have the role. */
export function unreadRegions({ regions }: Pick<LiveAccount, "regions">): readonly Region[] {
  return [...regions].flatMap(([region, at]) => (isRead(at) ? [] : [region]));
}

function isRead(at: LiveRegion): boolean {
  return at.kind === "off" || (at.kind === "read" && at.complete);
}

interface PlacedFunction {
  readonly name: string;
  readonly region: Region;
}

/** The other functions with the role of this one, in the regions that were read; sorted. */
export function otherUsers(
  { arn, roleArn }: Pick<LiveFunction, "arn" | "roleArn">,
  { regions }: Pick<LiveAccount, "regions">,
): readonly PlacedFunction[] {
  return [...regions]
    .flatMap(([region, at]) =>
      at.kind !== "read"
        ? []
        : [...at.functions.values()]
            .filter((one) => one.roleArn === roleArn && one.arn !== arn)
            .map(({ name }) => ({ name, region })),
    )
    .toSorted((one, other) => byText(`${one.name} in ${one.region}`, `${other.name} in ${other.region}`));
}

function namesPattern({ fields }: GrantOf): boolean {
  return /[*?]/.test(JSON.stringify(fields));
}

function patternNote(grant: GrantOf): string {
  return `a grant has a wildcard, which the rules may refuse: ${flowText(grantEntry(grant))}`;
}

function statementNote({ from, normal, statement }: RoleStatement): string {
  const effect =
    normal.effect === "Deny" ? "a Deny, without which the grants may allow more" : "which no grant equals";
  return `not in the grants: ${named(normal.sid)} of ${from}, ${effect}: ${flowText(statement as unknown as Json)}`;
}

function inexpressibleNote({ from, sid, reason }: Inexpressible): string {
  return `not in the grants: ${named(sid)} of ${from}, which no manifest can declare: ${reason}`;
}

function named(sid: string | null): string {
  return sid === null ? "a statement" : `statement ${sid}`;
}

/** Logs are implicit in a manifest. */
function logsNotes({ own }: Recognition): readonly string[] {
  if (own.some(({ grant }) => grant === "logs")) return [];
  return [
    "a manifest lets the function write to its log group unless it has logs: false; the inline and customer-managed policies of the role do not have exactly this permission",
  ];
}
