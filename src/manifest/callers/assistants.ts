import { z } from "zod";
import { templateText, type TextSyntax } from "../fields/field.ts";
import { invoke, invokeFor, sourceArn, callerEntry } from "./entry.ts";

// Services that call a function within a conversation.

const ALEXA = {
  custom: "alexa-appkit.amazon.com",
  smartHome: "alexa-connectedhome.amazon.com",
} as const;

/**
 * A skill has no ARN and no account: Alexa sends its id as the event source token.
 * @see https://developer.amazon.com/docs/custom-skills/host-a-custom-skill-as-an-aws-lambda-function.html
 */
export const alexa = callerEntry({
  caller: "alexa",
  allows: "one Alexa skill: a custom one (default) or, with `type: smartHome`, one for smart homes",
  fields: z.strictObject({
    skill: templateText({
      what: "a skill's id",
      pattern: /^amzn1\.ask\.skill\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      example: "amzn1.ask.skill.1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f",
    }),
    type: z.enum(["custom", "smartHome"]).optional(),
  }),
  examples: [
    { skill: "amzn1.ask.skill.1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f" },
    { skill: "amzn1.ask.skill.1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f", type: "smartHome" },
  ],
  expand: ({ skill, type = "custom" }) => [invoke(ALEXA[type], { EventSourceToken: skill })],
});

function id(what: string, example: string): TextSyntax {
  return { what: `the id of ${what} (not its name)`, pattern: /^[0-9A-Z]{10}$/, example };
}

/** @see https://docs.aws.amazon.com/lexv2/latest/dg/lambda-attach-api.html */
export const lex = callerEntry({
  caller: "lex",
  allows: "an alias of a Lex V2 bot",
  fields: z.strictObject({
    bot: templateText(id("a Lex V2 bot", "ABCDEFGHIJ")),
    alias: templateText(id("an alias of the bot", "KLMNOPQRST")),
  }),
  examples: [{ bot: "ABCDEFGHIJ", alias: "KLMNOPQRST" }],
  expand: ({ bot, alias }, place) => [
    invokeFor("lexv2.amazonaws.com", sourceArn("lex", `bot-alias/${bot}/${alias}`, place)),
  ],
});

/**
 * The page requires a resource-based policy for the service on the functions of action groups. The text of that policy was
 * read only in public repositories (the service, with the agent's ARN as the source); the reference of callers shows that too.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permissions.html
 */
export const bedrock = callerEntry({
  caller: "bedrock",
  allows:
    "the action groups of an agent of Bedrock. The statement is that of public examples; no page of AWS was found that shows it. An agent that collaborates calls with its own id, so it needs an entry of its own",
  fields: z.strictObject({ agent: templateText(id("an agent", "ABCDEFGHIJ")) }),
  examples: [{ agent: "ABCDEFGHIJ" }],
  expand: ({ agent }, place) => [
    invokeFor("bedrock.amazonaws.com", sourceArn("bedrock", `agent/${agent}`, place)),
  ],
});

/** @see https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html */
export const connect = callerEntry({
  caller: "connect",
  allows: "the flows of an Amazon Connect instance",
  fields: z.strictObject({
    instance: templateText({
      what: "the id of an Amazon Connect instance",
      pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      example: "1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f",
    }),
  }),
  examples: [{ instance: "1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f" }],
  expand: ({ instance }, place) => [
    invokeFor("connect.amazonaws.com", sourceArn("connect", `instance/${instance}`, place)),
  ],
});
