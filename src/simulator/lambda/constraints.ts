import type { ValueShape } from "../bounds/check.ts";
import type { Constraints } from "./validation.ts";

const REGION = String.raw`(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}`;

const FUNCTION_NAME: ValueShape = {
  kind: "value",
  pattern: String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?(${REGION}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`,
};
const QUALIFIER: ValueShape = {
  kind: "value",
  max: 128,
  pattern: String.raw`\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+`,
};
const ALIAS: ValueShape = { kind: "value", max: 128, pattern: "(?!^[0-9]+$)([a-zA-Z0-9-_]+)" };
const VERSION: ValueShape = { kind: "value", max: 1024, pattern: String.raw`(\$LATEST|[0-9]+)` };

const ROLE: ValueShape = {
  kind: "value",
  pattern: String.raw`arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`,
};

/**
 * The limits in the model (5,400 s, 32,768 MB) apply to managed instances, which are not simulated.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const SIZES: Constraints = {
  Timeout: { kind: "value", min: 1, max: 900 },
  MemorySize: { kind: "value", min: 128, max: 10_240 },
};

export const OF_FUNCTION: Constraints = { Qualifier: QUALIFIER, FunctionName: FUNCTION_NAME };

export const OF_CREATE_FUNCTION: Constraints = {
  FunctionName: {
    kind: "value",
    max: 140,
    pattern: String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?(${REGION}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`,
  },
  Role: ROLE,
  Runtime: null,
  ...SIZES,
};

export const OF_UPDATE_FUNCTION: Constraints = {
  FunctionName: FUNCTION_NAME,
  Role: ROLE,
  Runtime: null,
  ...SIZES,
};

export const OF_LIST_FUNCTIONS: Constraints = { FunctionVersion: { kind: "value", oneOf: ["ALL"] } };

export const OF_ALIAS: Constraints = {
  Name: ALIAS,
  FunctionName: FUNCTION_NAME,
  FunctionVersion: VERSION,
  RoutingConfig: null,
};

export const OF_ADD_PERMISSION: Constraints = {
  ...OF_FUNCTION,
  StatementId: { kind: "value", max: 100, pattern: "([a-zA-Z0-9-_]+)" },
  Action: { kind: "value", pattern: String.raw`(lambda:[*]|lambda:[a-zA-Z]+|[*])` },
  Principal: { kind: "value", max: 2048, pattern: String.raw`[^\s]+` },
  SourceArn: {
    kind: "value",
    pattern: String.raw`arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:(${REGION})?:(\d{12})?:(.*)`,
  },
  SourceAccount: { kind: "value", max: 12, pattern: String.raw`\d{12}` },
  EventSourceToken: { kind: "value", max: 256, pattern: String.raw`[a-zA-Z0-9._\-]+` },
  PrincipalOrgID: { kind: "value", max: 34, pattern: "o-[a-z0-9]{10,32}" },
  FunctionUrlAuthType: { kind: "value", oneOf: ["NONE", "AWS_IAM"] },
};

export const OF_REMOVE_PERMISSION: Constraints = {
  ...OF_FUNCTION,
  StatementId: { kind: "value", max: 100, pattern: "([a-zA-Z0-9-_.]+)" },
};

export const OF_URL: Constraints = {
  Qualifier: { kind: "value", max: 128, pattern: String.raw`((?!^\d+$)^[0-9a-zA-Z-_]+$)` },
  FunctionName: FUNCTION_NAME,
  AuthType: { kind: "value", oneOf: ["NONE", "AWS_IAM"] },
};

export const OF_TAGS: Constraints = {
  Resource: {
    kind: "value",
    max: 256,
    pattern: String.raw`arn:(aws[a-zA-Z-]*):lambda:${REGION}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)`,
  },
};
