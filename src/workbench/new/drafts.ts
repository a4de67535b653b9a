import { randomBytes } from "node:crypto";
import { GRANT_ENTRIES } from "../../manifest/grants/catalogue.ts";
import type { Paths } from "../../manifest/folder-owner.ts";
import { ownReference } from "../../manifest/schema/reference.ts";
import type { JsonObject } from "../../model/values/json.ts";
import { counted } from "../../text/phrases.ts";
import { grantOf, type NewManifestDraft } from "./draft.ts";
import { namedFunction, namedPlatformObject, namedTeam } from "./named.ts";
import { specOfProposal, type LiveProposals, type ProposeGrants } from "./live-grants.ts";
import type { Interview } from "./questions.ts";

export interface NewOptions {
  readonly id?: string;
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  readonly function?: string;
  readonly functions?: readonly string[];
  readonly resource?: readonly string[];
  readonly grant?: readonly string[];
}

export interface DraftRequest {
  readonly name: string;
  readonly options: NewOptions;
  readonly questions: Interview;
  readonly paths: Paths;
  /** What the repository or the controller knows; empty: nothing. */
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  /** null: no controller is asked. */
  readonly propose: ProposeGrants | null;
}

/** By what people call the kinds. */
export const DRAFTS = {
  function: functionDraft,
  account: accountDraft,
  team: teamDraft,
  boundary: boundaryDraft,
} as const;

async function functionDraft({
  name: text,
  options,
  questions,
  paths,
  ...known
}: DraftRequest): Promise<NewManifestDraft> {
  const { name, path } = namedFunction(text, paths);
  const lambda = await questions.text(options.function, {
    flag: "--function",
    question: "Name of the Lambda function",
    proposal: name,
  });
  const accounts = await questions.list(options.account, {
    flag: "--account",
    question: "Accounts, separated by commas",
    proposal: known.accounts.length === 0 ? null : known.accounts.join(","),
  });
  const regions = await questions.list(options.region, {
    flag: "--region",
    question: "Regions, separated by commas",
    proposal: known.regions.length === 0 ? null : known.regions.join(","),
  });
  const namespace = text.split("/")[0] ?? "";
  const granted = await grantsOf({ options, questions }, () =>
    known.propose === null
      ? Promise.resolve(null)
      : known.propose({ namespace, functionName: lambda, accounts, regions }),
  );
  return {
    kind: "FunctionPermission",
    path,
    name,
    spec: {
      ...(lambda !== name && { function: lambda }),
      targets: [{ accounts, regions }],
      ...granted.spec,
    },
    regions,
    lambda,
    proposals: granted.proposals,
    grants: granted.grants ?? [],
  };
}

type Granted = Pick<NewManifestDraft, "spec" | "proposals" | "grants">;

/** The grants of the flags, of an answer, or of the live function. */
async function grantsOf(
  { options, questions }: Pick<DraftRequest, "options" | "questions">,
  propose: () => Promise<LiveProposals | null>,
): Promise<Granted> {
  const isGiven = options.grant !== undefined && options.grant.length > 0;
  const proposals = isGiven ? null : await propose();
  const grants = await questions.list(isGiven ? options.grant.map(escaped) : undefined, {
    flag: "--grant",
    question: grantQuestion(proposals),
    proposal: proposals === null ? "" : LIVE,
  });
  if (proposals !== null && grants.join() === LIVE) return { spec: specOfProposal(proposals[0]), proposals };
  const texts = grants.map((one) => one.replaceAll("+", ","));
  const spec = { ...(texts.length > 0 && { grants: texts.map(grantOf) }) };
  return { spec, proposals: [], grants: texts };
}

/** The answer that takes what the controller proposes. */
const LIVE = "live";

function grantQuestion(proposals: LiveProposals | null): string {
  const form = "Grants, such as dynamodb:orders:read+write, separated by commas";
  if (proposals === null) return form;
  const found = counted(proposals[0].grants.length, "grant");
  return `${form}, or ${LIVE} for what its role allows (${found})`;
}

/** Commas separate grants, so those between verbs are written in another way. */
function escaped(grant: string): string {
  return grant.replaceAll(",", "+");
}

async function accountDraft({
  name,
  options,
  questions,
  paths,
  regions: known,
}: DraftRequest): Promise<NewManifestDraft> {
  const named = namedPlatformObject(name, "accounts", paths);
  const id = await questions.text(options.id, { flag: "--id", question: "Account id", proposal: null });
  const regions = await questions.list(options.region, {
    flag: "--region",
    question: "Regions, separated by commas",
    proposal: known.length === 0 ? null : known.join(","),
  });
  const identity = (role: string): JsonObject => ({
    role: `arn:aws:iam::${id}:role/grantkeeper-system/${role}`,
    externalId: `gk-${randomBytes(6).toString("hex")}`,
  });
  return {
    kind: "AwsAccount",
    ...named,
    spec: {
      id,
      regions,
      mode: "observe",
      observer: identity("observer"),
      writer: identity("writer"),
      boundary: DEFAULT_BOUNDARY,
    },
    regions,
    proposals: [],
  };
}

export const DEFAULT_BOUNDARY = "platform-default";

async function teamDraft({ name, options, questions, paths }: DraftRequest): Promise<NewManifestDraft> {
  const named = namedTeam(name, paths);
  const accounts = await questions.list(options.account, {
    flag: "--account",
    question: "Accounts in which it may have functions, * for all",
    proposal: "*",
  });
  const functions = await questions.list(options.functions, {
    flag: "--functions",
    question: "Names of its functions",
    proposal: `${name}-*`,
  });
  const resources = await questions.list(options.resource, {
    flag: "--resource",
    question: "Names of the resources that its functions may use",
    proposal: `${name},${name}-*`,
  });
  return {
    kind: "Team",
    ...named,
    spec: { accounts, functions, resources },
    proposals: [],
  };
}

/** Everything that grants can allow, by exact actions: a ceiling that fits every manifest, and no wildcard. */
async function boundaryDraft({ name, paths }: DraftRequest): Promise<NewManifestDraft> {
  return {
    kind: "ManagedPolicy",
    ...namedPlatformObject(name, "policies", paths),
    spec: {
      use: "boundary",
      document: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: grantedActions(), Resource: "*" }],
      },
    },
    proposals: [],
  };
}

function grantedActions(): readonly string[] {
  const place = { partition: "aws", accountId: "111122223333", region: "eu-west-1" };
  const own = ownReference().flatMap(({ expansions }) => expansions);
  const grants = GRANT_ENTRIES.flatMap(({ examples, expand }) =>
    examples.flatMap((one) => expand(one, place)),
  );
  const allowed = [...own, ...grants].filter(({ effect }) => effect === "Allow");
  return [...new Set(allowed.flatMap(({ actions }) => actions))].sort();
}
