import { z } from "zod";
import { listOf, plainText, templateText } from "../fields/field.ts";
import { REGION } from "../fields/names.ts";
import { allow, type GrantEntry } from "./entry.ts";
import { regionOf } from "../fields/resource.ts";

const MODEL = /^[a-z0-9-]+(\.[a-zA-Z0-9-]+)+(:[a-zA-Z0-9]+)*$/;

const fields = z.strictObject({
  model: templateText({
    what: "a foundation model's id",
    pattern: MODEL,
    example: "anthropic.claude-3-haiku-20240307-v1:0",
  }),
  inferenceProfile: templateText({
    what: "an inference profile's id",
    pattern: MODEL,
    example: "eu.anthropic.claude-3-haiku-20240307-v1:0",
  }).optional(),
  regions: listOf(plainText(REGION)).optional(),
  allow: listOf(z.enum(["invoke"])),
});

export const bedrock: GrantEntry<z.infer<typeof fields>> = {
  grant: "bedrock",
  fields,
  verbs: {
    invoke: {
      allows: "invoke the model, also streaming",
      leavesOut: "a cross-region profile needs the model in each of its regions: regions: [...]",
    },
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
  ],
  expand: (grant, place) => {
    const here = regionOf(place);
    const models = (grant.regions ?? [here]).map(
      (region) => `arn:${place.partition}:bedrock:${region}::foundation-model/${grant.model}`,
    );
    const profile = `arn:${place.partition}:bedrock:${here}:${place.accountId}:inference-profile/${grant.inferenceProfile}`;
    const resources = grant.inferenceProfile === undefined ? models : [...models, profile];
    return [allow("invoke", ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], resources)];
  },
};
