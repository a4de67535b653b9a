import { beginningOf } from "../../text/cut.ts";
import type { FastifyInstance } from "fastify";
import { envelope, keyMetadata } from "../present/metadata.ts";
import { bindingName } from "../../api/names.ts";
import {
  accessReportRequest,
  type AccessReportObject,
  whyRequest,
  type WhyObject,
  whoCanRequest,
  proposalRequest,
  type GrantProposalObject,
  type WhoCanObject,
  mergePreviewRequest,
  MOST_PREVIEW_BYTES,
  type MergePreviewObject,
  type ExposedObject,
  type ReachObject,
  type TimelineObject,
} from "../../api/questions.ts";
import { accountIdOf, isBindingKey, keyParts, targetText, type Key } from "../../model/keys/key.ts";
import type { Control } from "../../controller/ports/control.ts";
import type { NamedFunction } from "../../model/answers/questions/mapped-function.ts";
import { DEFAULT_DEPTH, MAX_DEPTH, type ReachAnswer } from "../../model/answers/questions/reached.ts";
import { isBinding } from "../../model/desired.ts";
import { visibleAccess, visibleState } from "../present/permissions.ts";
import { answeredInSlices } from "../request/slices.ts";
import { identityText, seesKey, sees, seesEverything } from "../access/access.ts";
import { accessOf, openReader, type HttpContext } from "../request/context.ts";
import { accepted, ApiFailure } from "../request/failure.ts";
import { parseWith } from "../request/parse.ts";
import { instant } from "../request/queries.ts";
import { shownWhy, shownWhoCan, shownExposed, shownMergePreview } from "../present/questions.ts";
import type { MergeRequest } from "../../model/answers/questions/merge-preview.ts";
import { withPrefix } from "../../model/keys/source-prefix.ts";
import { folderOfTeam, scrubSentences } from "../access/redaction.ts";
import { type Reader, hidesLive, hidesRoles, visibleKeys } from "../request/reader.ts";
import { z } from "zod";
import { TIMELINE_RANGES } from "../../model/reads/timeline-range.ts";
import { timeline } from "../present/timeline/timeline.ts";
import { checkNamespace } from "./reads.ts";
import type { WhyReader } from "../../model/answers/questions/access-questions.ts";

/** A question has a body, so it is a POST; it changes nothing, so the scope `read` is enough. */
export function registerWhys(api: FastifyInstance, context: HttpContext): void {
  api.post("/whys", { config: { scopes: ["read"] } }, async (request): Promise<WhyObject> => {
    const access = accessOf(request);
    const fields = parseWith(whyRequest, request.body);
    const { key = null, action = null, resource = null, resourceAccount = null, reported = null } = fields;
    // Whether or not the key exists.
    if (key !== null && !seesKey(access, key))
      throw new ApiFailure("Forbidden", `${identityText(access)} may not see ${key}`);
    const reader = await openReader(context, access);
    const question = { key, action, resource, resourceAccount, reported, context: fields.context ?? {} };
    const answer = await context.control.why(question, questionReader(reader));
    const status = shownWhy(accepted(reader, answer), reader);
    const { namespace } = keyParts(status.key);
    return { ...envelope("Why", { name: bindingName(status.key), namespace }), status };
  });
}

/** Registers a POST that changes nothing, as for a why. The answer has the functions that the token sees. */
export function registerWhoCans(api: FastifyInstance, context: HttpContext): void {
  api.post("/whocans", { config: { scopes: ["read"] } }, async (request): Promise<WhoCanObject> => {
    const {
      action,
      resource,
      context: given = {},
      resourceAccount = null,
    } = parseWith(whoCanRequest, request.body);
    const reader = await openReader(context, accessOf(request));
    const question = { action, resource, context: given, resourceAccount };
    const answer = await context.control.whoCan(question, questionReader(reader));
    return {
      ...envelope("WhoCan", { name: "answer" }),
      status: shownWhoCan(accepted(reader, answer), reader),
    };
  });
}

/** A POST that changes nothing. A token with namespaces asks for them alone, and gets what the Team of the namespace allows. */
export function registerGrantProposals(api: FastifyInstance, context: HttpContext): void {
  api.post(
    "/grantproposals",
    { config: { scopes: ["read"] } },
    async (request): Promise<GrantProposalObject> => {
      const access = accessOf(request);
      const asked = parseWith(proposalRequest, request.body);
      if (!sees(access, asked.namespace))
        throw new ApiFailure("Forbidden", `${identityText(access)} may not see namespace ${asked.namespace}`);
      const reader = await openReader(context, access);
      const answer = await context.control.proposal(asked, questionReader(reader));
      return {
        ...envelope("GrantProposal", { name: "answer" }),
        status: scrubSentences(accepted(reader, answer), reader.scrub),
      };
    },
  );
}

/** A POST that changes nothing. The controller reads AWS for it. */
export function registerAccessReports(api: FastifyInstance, context: HttpContext): void {
  api.post(
    "/accessreports",
    { config: { scopes: ["read"] } },
    async (request): Promise<AccessReportObject> => {
      const access = accessOf(request);
      const asked = parseWith(accessReportRequest, request.body);
      if (!seesKey(access, asked.key))
        throw new ApiFailure("Forbidden", `${identityText(access)} may not see ${asked.key}`);
      const reader = await openReader(context, access);
      const answer = await context.control.accessReport(asked, questionReader(reader));
      return {
        ...envelope("AccessReport", { name: "answer" }),
        status: scrubSentences(accepted(reader, answer), reader.scrub),
      };
    },
  );
}

/** A POST that changes nothing, so the scope `read` is enough. The answer has the keys that the token sees. */
export function registerMergePreviews(api: FastifyInstance, context: HttpContext): void {
  api.post(
    "/mergepreviews",
    { config: { scopes: ["read"] }, bodyLimit: MOST_PREVIEW_BYTES },
    async (request): Promise<MergePreviewObject> => {
      const { namespace = null, files } = parseWith(mergePreviewRequest, request.body);
      const reader = await openReader(context, accessOf(request));
      const preview = { namespace, files };
      checkFiles(preview, reader);
      const answer = accepted(reader, await context.control.mergePreview(preview, questionReader(reader)));
      return {
        ...envelope("MergePreview", { name: "answer" }),
        status: shownMergePreview(answer, reader),
      };
    },
  );
}

/**
 * A token with namespaces tries files of its own folders alone, as its team can push them: with a Team of its own making it
 * would see what others have. The causes name the others, so that the client can report them.
 */
function checkFiles({ namespace, files }: MergeRequest, { access, tenantPath }: Reader): void {
  if (seesEverything(access)) return;
  const causes = files.flatMap(({ path }, at) => {
    const folder = folderOfTeam(namespace === null ? path : withPrefix(namespace, path), tenantPath);
    const isOwn = folder !== null && sees(access, folder);
    return isOwn ? [] : [{ field: `files[${at}].path`, message: "outside of the token's namespaces" }];
  });
  if (causes.length === 0) return;
  const message = `${identityText(access)} may not try files outside of its namespaces`;
  throw new ApiFailure("Forbidden", message, { causes });
}

const NO_PARAMETERS = z.strictObject({});

export function registerExposed(api: FastifyInstance, context: HttpContext): void {
  api.get("/exposed", { config: { scopes: ["read"] } }, async (request): Promise<ExposedObject> => {
    parseWith(NO_PARAMETERS, request.query);
    const reader = await openReader(context, accessOf(request));
    const answer = await context.control.exposed(questionReader(reader));
    return {
      ...envelope("Exposed", { name: "exposed" }),
      status: shownExposed(accepted(reader, answer), reader),
    };
  });
}

const timelineQuery = z.strictObject({
  range: z.enum(TIMELINE_RANGES).default("24h"),
  until: instant.optional(),
});

export function registerTimeline(api: FastifyInstance, context: HttpContext): void {
  for (const url of ["/timeline", "/namespaces/:namespace/timeline"])
    api.get<{ Params: { readonly namespace?: string } }>(
      url,
      { config: { scopes: ["read"] } },
      async (request): Promise<TimelineObject> => {
        const access = accessOf(request);
        const namespace = checkNamespace(access, request.params.namespace);
        const { range, until: untilMs = null } = parseWith(timelineQuery, request.query);
        const reader = await openReader(context, access);
        const found = await timeline(reader, context.control, { namespace, range, untilMs });
        return scrubSentences(found, reader.scrub);
      },
    );
}

/** What the answer to a question may use, for the token of the request. */
function questionReader(reader: Reader): WhyReader {
  const { access } = reader;
  return {
    asker: access.actor,
    seesEverything: seesEverything(access),
    sees: (key) => seesKey(access, key),
    hides: (view) => hidesRoles(reader, view),
    hidesFunction: (view) => hidesLive(reader, view),
  };
}

const reachQuery = z.strictObject({
  depth: z
    .string()
    .regex(/^([1-9]\d?|100)$/, `expected a number from 1 to ${MAX_DEPTH}`)
    .transform(Number)
    .default(DEFAULT_DEPTH),
});

export function registerReaches(api: FastifyInstance, context: HttpContext): void {
  api.get<{ Params: { readonly namespace: string; readonly name: string } }>(
    "/namespaces/:namespace/reaches/:name",
    { config: { scopes: ["read"] } },
    async (request): Promise<ReachObject> => {
      const access = accessOf(request);
      const namespace = checkNamespace(access, request.params.namespace);
      const { depth } = parseWith(reachQuery, request.query);
      const reader = await openReader(context, access);
      const { name } = request.params;
      const found = [...reader.world.places].find(
        ([, place]) => place.namespace === namespace && place.name === name,
      );
      if (found === undefined)
        throw new ApiFailure("NotFound", `binding "${beginningOf(name, 300)}" not found`);
      const [key] = found;
      if (!isBindingKey(key))
        throw new ApiFailure(
          "BadRequest",
          `"${name}" is a ManagedPolicy: ask for a function that attaches it`,
        );
      return reachObject(reader, context.control, { key, depth });
    },
  );
}

interface ReachQuestion {
  /** A function that the reader sees. */
  readonly key: Key;
  readonly depth: number;
}

/** Of the functions that the reader sees: other functions are neither followed nor counted. */
async function reachObject(
  reader: Reader,
  control: Control,
  { key, depth }: ReachQuestion,
): Promise<ReachObject> {
  const functions: NamedFunction[] = [];
  for await (const one of answeredInSlices(visibleKeys(reader)))
    if (isBindingKey(one)) functions.push(namedFunction(reader, one));
  const request = {
    key,
    depth,
    functions,
    readStates: (keys: readonly Key[]) => reader.readApplied(keys),
    stateOf: (one: Key) => visibleState(reader, one),
    readAccess: (keys: readonly Key[]) => reader.readAccess(keys),
    accessOf: (one: Key) => visibleAccess(reader, one),
  };
  const answer = accepted(reader, await control.reach(request, reader.access.actor));
  const unknown = [...answer.unknown, ...withoutManifest(reader)];
  const status: ReachAnswer = { key, target: namedFunction(reader, key).target, depth, ...answer, unknown };
  return {
    ...envelope("Reach", keyMetadata(reader, key)),
    status: seesEverything(reader.access) ? status : scrubSentences(status, reader.scrub),
  };
}

function namedFunction(reader: Reader, key: Key): NamedFunction {
  const view = reader.keyView(key);
  const desired = view === null ? null : reader.desired(view);
  const accountId = accountIdOf(key);
  const account = reader.world.accounts.get(accountId)?.name ?? accountId;
  return {
    key,
    target: targetText({ key, account }),
    functionArn: desired !== null && isBinding(desired) ? desired.functionArn : null,
  };
}

/** Functions in AWS that no manifest names, for a reader who sees them. */
function withoutManifest({ access, world }: Reader): ReachAnswer["unknown"] {
  if (!seesEverything(access)) return [];
  const targets = world.coverage.flatMap(({ account, functions }) =>
    functions.flatMap(({ key, name, region }) =>
      key === null ? [`function ${name}@${account}/${region}`] : [],
    ),
  );
  return targets.length === 0 ? [] : [{ reason: "no manifest names it", targets: targets.toSorted() }];
}
