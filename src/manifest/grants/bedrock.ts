import { z } from "zod";
import { listOf, plainText, pushIssue, templateText } from "../fields/field.ts";
import { REGION } from "../fields/names.ts";
import { allow, allowAnywhere, type Expansion, grantEntry, under } from "./entry.ts";
import {
  regionOf,
  resourceArn,
  resourceField,
  type GrantPlace,
  type ResourceKind,
} from "../fields/resource.ts";

const MODEL = /^[a-z0-9-]+(\.[a-zA-Z0-9-]+)+(:[a-zA-Z0-9]+)*$/;

const GUARDRAIL: ResourceKind = {
  what: "a guardrail",
  namedBy: "id",
  service: "bedrock",
  prefix: "guardrail/",
  name: "[a-z0-9]{1,64}",
  example: "a1b2c3d4e5f6",
};

const KNOWLEDGE_BASE: ResourceKind = {
  what: "a knowledge base",
  namedBy: "id",
  service: "bedrock",
  prefix: "knowledge-base/",
  name: "[0-9A-Z]{10}",
  example: "ABCDEFGHIJ",
};

const AGENT_ID = /^[0-9A-Z]{10}$/;

const fields = z
  .strictObject({
    model: templateText({
      what: "a foundation model's id",
      pattern: MODEL,
      example: "anthropic.claude-3-haiku-20240307-v1:0",
    }).optional(),
    inferenceProfile: templateText({
      what: "an inference profile's id",
      pattern: MODEL,
      example: "eu.anthropic.claude-3-haiku-20240307-v1:0",
    }).optional(),
    regions: listOf(plainText(REGION)).optional(),
    guardrail: resourceField(GUARDRAIL).optional(),
    knowledgeBase: resourceField(KNOWLEDGE_BASE).optional(),
    agent: templateText({ what: "an agent's id", pattern: AGENT_ID, example: "ABCDEFGHIJ" }).optional(),
    agentAlias: templateText({
      what: "the id of an agent's alias (not its name)",
      pattern: AGENT_ID,
      example: "KLMNOPQRST",
    }).optional(),
    allow: listOf(z.enum(["invoke", "guardrail", "retrieve", "agent"])),
  })
  .check((context) => {
    const { value } = context;
    for (const [index, verb] of value.allow.entries()) {
      const missing = NEEDED[verb].filter((field) => value[field] === undefined);
      if (missing.length === 0) continue;
      const example = missing.map((field) => `${field}: ${EXAMPLES[field]}`).join(", ");
      pushIssue(context, ["allow", index], {
        message: `${verb} needs ${missing.join(" and ")}`,
        fix: `write ${example}`,
      });
    }
    for (const [field, verb] of VERB_OF) {
      if (value[field] === undefined || value.allow.includes(verb)) continue;
      const message = `${field} belongs to ${verb}, and allow has no ${verb}`;
      pushIssue(context, [field], { message, fix: `add ${verb} to allow, or leave out ${field}` });
    }
  });

type BedrockFields = z.infer<typeof fields>;
type Verb = BedrockFields["allow"][number];

const EXAMPLES = {
  model: "amazon.titan-embed-text-v2:0",
  guardrail: GUARDRAIL.example,
  knowledgeBase: KNOWLEDGE_BASE.example,
  agent: "ABCDEFGHIJ",
  agentAlias: "KLMNOPQRST",
} as const;

const NEEDED: Readonly<Record<Verb, readonly (keyof typeof EXAMPLES)[]>> = {
  invoke: ["model"],
  guardrail: ["guardrail"],
  retrieve: ["knowledgeBase"],
  agent: ["agent", "agentAlias"],
};

const VERB_OF: readonly (readonly [Exclude<keyof BedrockFields, "allow">, Verb])[] = [
  ["model", "invoke"],
  ["inferenceProfile", "invoke"],
  ["regions", "invoke"],
  ["guardrail", "guardrail"],
  ["knowledgeBase", "retrieve"],
  ["agent", "agent"],
  ["agentAlias", "agent"],
];

export const bedrock = grantEntry({
  grant: "bedrock",
  fields,
  verbs: {
    invoke: {
      allows: "invoke the model, also streaming",
      leavesOut:
        "a cross-region profile needs the model in each of its regions: regions: [...]; a global. profile needs only the function's own",
    },
    guardrail: {
      allows: "apply the guardrail, also together with invoke",
      leavesOut: "a guardrail with a cross-region profile needs ApplyGuardrail on that profile too",
    },
    retrieve: {
      allows: "search the knowledge base, and answer from it",
      leavesOut: "an answer (RetrieveAndGenerate) needs the model too: allow: [retrieve, invoke]",
    },
    agent: { allows: "invoke the agent under this alias", leavesOut: null },
  },
  regionalFields: [],
  needsRegion: true,
  examples: [
    {
      model: "anthropic.claude-3-haiku-20240307-v1:0",
      inferenceProfile: "eu.anthropic.claude-3-haiku-20240307-v1:0",
      regions: ["eu-central-1", "eu-west-1"],
      allow: ["invoke"],
    },
    { model: "amazon.titan-embed-text-v2:0", allow: ["invoke"] },
    {
      model: "anthropic.claude-haiku-4-5-20251001-v1:0",
      inferenceProfile: "global.anthropic.claude-haiku-4-5-20251001-v1:0",
      guardrail: "a1b2c3d4e5f6",
      allow: ["invoke", "guardrail"],
    },
    {
      knowledgeBase: "ABCDEFGHIJ",
      agent: "ABCDEFGHIJ",
      agentAlias: "KLMNOPQRST",
      allow: ["retrieve", "agent"],
    },
  ],
  expand: (grant, place) => grant.allow.flatMap((verb) => EXPAND[verb](grant, place)),
});

const INVOKE = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];

const EXPAND: Readonly<Record<Verb, (grant: BedrockFields, place: GrantPlace) => readonly Expansion[]>> = {
  invoke: (grant, place) => {
    const here = regionOf(place);
    const models = (grant.regions ?? [here]).map((region) => modelArn(grant, region, place));
    if (grant.inferenceProfile === undefined) return [allow("invoke", INVOKE, models)];
    const profile = `arn:${place.partition}:bedrock:${here}:${place.accountId}:inference-profile/${grant.inferenceProfile}`;
    const through = allow("invoke", INVOKE, [...models, profile]);
    return grant.inferenceProfile.startsWith("global.")
      ? [through, anywhereThrough(profile, modelArn(grant, "", place))]
      : [through];
  },
  guardrail: ({ guardrail }, place) => [
    allow("guardrail", ["bedrock:ApplyGuardrail"], [resourceArn(GUARDRAIL, String(guardrail), place)]),
  ],
  retrieve: ({ knowledgeBase }, place) => [
    allow("retrieve", ["bedrock:Retrieve"], [resourceArn(KNOWLEDGE_BASE, String(knowledgeBase), place)]),
    allowAnywhere(
      "retrieve",
      ["bedrock:RetrieveAndGenerate"],
      "bedrock:RetrieveAndGenerate takes no resource; it reads with bedrock:Retrieve, which does",
    ),
  ],
  agent: ({ agent, agentAlias }, place) => {
    const named = `agent-alias/${agent}/${agentAlias}`;
    const arn = `arn:${place.partition}:bedrock:${regionOf(place)}:${place.accountId}:${named}`;
    return [allow("agent", ["bedrock:InvokeAgent"], [arn])];
  },
};

function modelArn({ model }: BedrockFields, region: string, { partition }: GrantPlace): string {
  return `arn:${partition}:bedrock:${region}::foundation-model/${model}`;
}

/**
 * A global profile also asks for the model without a region. Without the condition, the model could be called by every
 * other global profile.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
 */
function anywhereThrough(profile: string, model: string): Expansion {
  const condition = { StringEquals: { "bedrock:InferenceProfileArn": profile } };
  return under(condition, allow("invoke", INVOKE, [model]));
}
