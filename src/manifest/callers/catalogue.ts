import { alexa, bedrock, connect, lex } from "./assistants.ts";
import { cognito, events, logs, s3, sns } from "./aws-services.ts";
import type { CallerEntry } from "./entry.ts";
import { iot } from "./iot.ts";
import { cloudwatch, codecommit, config, secrets, ses } from "./operations.ts";
import { account, functionUrl, organization } from "./principals.ts";
import { alb, apigateway, cloudfront, vpcLattice } from "./web.ts";

/** Every caller of this version, by its key in `invokedBy`. */
export const CALLERS = {
  s3,
  sns,
  events,
  apigateway,
  logs,
  cognito,
  iot,
  account,
  organization,
  functionUrl,
  alb,
  cloudfront,
  vpcLattice,
  secrets,
  config,
  cloudwatch,
  ses,
  codecommit,
  alexa,
  lex,
  bedrock,
  connect,
} as const;

/** The entries under one type, for code that handles all callers in the same way. */
export const CALLER_ENTRIES: readonly CallerEntry[] = Object.values(
  CALLERS,
) as readonly unknown[] as readonly CallerEntry[];
