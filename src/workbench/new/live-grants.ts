import { isDeepStrictEqual } from "node:util";
import type { GrantProposalObject, ProposalQuestion } from "../../api/questions.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { GrantProposal } from "../../model/answers/questions/grant-proposal.ts";
import type { JsonObject } from "../../model/values/json.ts";
import { escapeOf, replaceUnprintable } from "../../text/characters.ts";

interface ProposedPlace {
  readonly account: string;
  readonly region: string;
}

/** A function whose manifest is being written, and the places that it is for. */
interface ProposedFunction {
  readonly namespace: string;
  readonly functionName: string;
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
}

/** What the controller proposes for the function, of every place where it saw it. */
export type LiveProposals = readonly [GrantProposal, ...GrantProposal[]];

/** @throws CliError if the controller refuses a place, or if the roles of two places do not allow the same */
export type ProposeGrants = (asked: ProposedFunction) => Promise<LiveProposals>;

/** The part of the client that is used. */
interface ProposalClient {
  create(resource: "grantproposals", question: ProposalQuestion): Promise<GrantProposalObject>;
}

/**
 * @param seen where the controller showed the function; nowhere to a token of a team, as no manifest names it. Then every place
 * is asked for, and so is a single other one: the controller answers why it has none.
 */
export function grantsOfController(client: ProposalClient, seen: readonly ProposedPlace[]): ProposeGrants {
  return async ({ namespace, functionName, accounts, regions }) => {
    const places = accounts.flatMap((account) => regions.map((region) => ({ account, region })));
    const asked =
      seen.length === 0 || places.length === 1 ? places : places.filter((place) => isIn(seen, place));
    const proposals: GrantProposal[] = [];
    for (const place of asked)
      proposals.push((await client.create("grantproposals", { namespace, functionName, ...place })).status);
    const [first, ...others] = proposals;
    if (first === undefined)
      throw new CliError(
        `the controller knows no function ${functionName} in these accounts and regions`,
        "name others with --account and --region, or the grants with --grant",
      );
    checkSame(first, others);
    return [first, ...others];
  };
}

function isIn(places: readonly ProposedPlace[], { account, region }: ProposedPlace): boolean {
  return places.some((one) => one.account === account && one.region === region);
}

/** One manifest has the same grants in all of its targets. */
function checkSame(first: GrantProposal, others: readonly GrantProposal[]): void {
  const other = others.find((one) => !isDeepStrictEqual(specOfProposal(one), specOfProposal(first)));
  if (other === undefined) return;
  throw new CliError(
    `the roles of ${first.target} and ${other.target} do not allow the same`,
    "write one manifest for each of them with --account and --region, or name the grants with --grant",
  );
}

/** The part of `spec` that is proposed. */
export function specOfProposal({ grants, fields }: GrantProposal): JsonObject {
  return { ...fields, ...(grants.length > 0 && { grants }) };
}

/** What the manifest contains as comments, one line each: AWS's texts may contain any character. */
export function proposalComments(proposals: readonly GrantProposal[]): readonly string[] {
  const isOne = proposals.length === 1;
  const lines = proposals.flatMap(({ target, role, readAt, failing, notes }) => [
    `proposed from ${role}, the role of ${target}, as AWS was read at ${readAt} or later: it may allow more than the function needs`,
    ...(failing === null ? [] : [`newer reads fail since ${failing.since}: ${failing.reason}`]),
    ...notes.map((note) => (isOne ? note : `${target}: ${note}`)),
  ]);
  return lines.map((text) => replaceUnprintable(text, escapeOf));
}
