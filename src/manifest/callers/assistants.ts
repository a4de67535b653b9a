import { z } from "zod";
import { templateText, type TextSyntax } from "../fields/field.ts";
import { invoke, invokeFor, sourceArn, type CallerEntry } from "./entry.ts";

// Services that call a function within a conversation.

const alexaFields = z.strictObject({
  skill: templateText({
    what: "a skill's id",
    pattern: /^amzn1\.ask\.skill\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    example: "amzn1.ask.skill.1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f",
  }),
  type: z.enum(["custom", "smartHome"]).optional(),
});

const ALEXA = {
  custom: "alexa-appkit.amazon.com",
  smartHome: "alexa-connectedhome.amazon.com",
} as const;

/**
 * A skill has no ARN and no account: Alexa sends its id as the event source token.
 * @see https://developer.amazon.com/docs/custom-skills/host-a-custom-skill-as-an-aws-lambda-function.html
 */
export const alexa: CallerEntry<z.infer<typeof alexaFields>> = {
  caller: "alexa",
  allows: "one Alexa skill: a custom one (default) or, with `type: smartHome`, one for smart homes",
  fields: alexaFields,
  qualifier: "alias-or-version",
  examples: [
    { skill: "amzn1.ask.skill.1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f" },
    { skill: "amzn1.ask.skill.1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f", type: "smartHome" },
  ],
  expand: ({ skill, type = "custom" }) => [invoke(ALEXA[type], { EventSourceToken: skill })],
};

function id(what: string, example: string): TextSyntax {
  return { what: `the id of ${what} (not its name)`, pattern: /^[0-9A-Z]{10}$/, example };
}

const lexFields = z.strictObject({
  bot: templateText(id("a Lex V2 bot", "ABCDEFGHIJ")),
  alias: templateText(id("an alias of the bot", "KLMNOPQRST")),
});

/** @see https://docs.aws.amazon.com/lexv2/latest/dg/lambda-attach-api.html */
export const lex: CallerEntry<z.infer<typeof lexFields>> = {
  caller: "lex",
  allows: "an alias of a Lex V2 bot",
  fields: lexFields,
  qualifier: "alias-or-version",
  examples: [{ bot: "ABCDEFGHIJ", alias: "KLMNOPQRST" }],
  expand: ({ bot, alias }, place) => [
    invokeFor("lexv2.amazonaws.com", sourceArn("lex", `bot-alias/${bot}/${alias}`, place)),
  ],
};

const bedrockFields = z.strictObject({ agent: templateText(id("an agent", "ABCDEFGHIJ")) });

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permissions.html */
export const bedrock: CallerEntry<z.infer<typeof bedrockFields>> = {
  caller: "bedrock",
  allows: "the action groups of an agent of Bedrock",
  fields: bedrockFields,
  qualifier: "alias-or-version",
  examples: [{ agent: "ABCDEFGHIJ" }],
  expand: ({ agent }, place) => [
    invokeFor("bedrock.amazonaws.com", sourceArn("bedrock", `agent/${agent}`, place)),
  ],
};

const connectFields = z.strictObject({
  instance: templateText({
    what: "the id of an Amazon Connect instance",
    pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    example: "1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f",
  }),
});

/** @see https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html */
export const connect: CallerEntry<z.infer<typeof connectFields>> = {
  caller: "connect",
  allows: "the flows of an Amazon Connect instance",
  fields: connectFields,
  qualifier: "alias-or-version",
  examples: [{ instance: "1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f" }],
  expand: ({ instance }, place) => [
    invokeFor("connect.amazonaws.com", sourceArn("connect", `instance/${instance}`, place)),
  ],
};
