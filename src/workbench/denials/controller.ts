import type { DenialsObject } from "../../api/permissions.ts";
import type { ApiClient } from "../../cli/client/client.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { DeniedPlaces } from "../../explain/denials/denied-places.ts";
import { judgedRequest } from "../../explain/denials/judged-request.ts";
import type { DeniedRequest, FunctionDenials } from "../../model/denials/denied-request.ts";
import type { Key, NamedKey } from "../../model/keys/key.ts";
import type { AnsweredRequest } from "./folder-answers.ts";
import type { FunctionAnswers } from "./report.ts";

/** Each is one request to the controller. */
const QUESTIONS = 100;

interface KnownDenials extends NamedKey {
  readonly denials: FunctionDenials;
}

/** The denied calls that the controller keeps, of the functions that the token sees. */
export async function deniedByController(client: ApiClient): Promise<readonly KnownDenials[]> {
  return (await client.list("denials")).map(({ status }) => ({
    key: status.key,
    account: status.account,
    denials: denialsIn(status),
  }));
}

function denialsIn({ key, requests, otherCalls }: DenialsObject["status"]): FunctionDenials {
  return {
    key,
    requests: requests.map(({ firstAt, lastAt, ...request }) => ({
      ...request,
      firstMs: Date.parse(firstAt),
      lastMs: Date.parse(lastAt),
    })),
    otherCalls,
  };
}

/** With the controller's answers: it has the manifests, and read AWS. */
export async function answersOfController(
  client: ApiClient,
  selected: (known: readonly NamedKey[]) => ReadonlySet<Key> | null,
): Promise<readonly FunctionAnswers[]> {
  const known = await deniedByController(client);
  const keys = selected(known);
  const places = new DeniedPlaces(known.map(({ account, denials }) => ({ ...denials, account })));
  const functions: FunctionAnswers[] = [];
  let asked = 0;
  for (const { account, denials } of known.filter(({ key }) => keys?.has(key) ?? true)) {
    const answers: AnsweredRequest[] = [];
    for (const request of denials.requests) {
      asked += 1;
      answers.push(
        asked > QUESTIONS ? NOT_ASKED : await answerOf(client, { key: denials.key, places }, request),
      );
    }
    functions.push({ ...denials, account, answers });
  }
  return functions;
}

const NOT_ASKED: AnsweredRequest = {
  verdict: "unknown",
  because: `only the first ${QUESTIONS} requests are answered: name a function`,
  lines: null,
  risks: [],
  isMerged: false,
};

async function answerOf(
  client: ApiClient,
  { key, places }: { readonly key: Key; readonly places: DeniedPlaces },
  { reported }: DeniedRequest,
): Promise<AnsweredRequest> {
  try {
    const { status } = await client.create("whys", { key, reported });
    const isDeniedIn = (target: string): boolean => places.has(target, status);
    // The manifests of other namespaces are not here: `--branch` compares those of --dir.
    const around = { otherOwner: () => null, isDeniedIn };
    return { ...judgedRequest(reported, status, around), isMerged: false };
  } catch (error) {
    // The controller answers so if the request has no action or resource, or left Git.
    if (!(error instanceof CliError) || !isAnswer(error)) throw error;
    return { verdict: "unknown", because: error.message, lines: null, risks: [], isMerged: false };
  }
}

function isAnswer({ problems }: CliError): boolean {
  return problems.some(({ code }) => code === "BadRequest" || code === "NotFound" || code === "Invalid");
}
