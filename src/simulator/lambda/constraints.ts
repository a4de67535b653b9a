import type { Constraints } from "./validation.ts";

const REGION = String.raw`(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}`;

const FUNCTION_NAME = {
  pattern: String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?(${REGION}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`,
};
const QUALIFIER = { longest: 128, pattern: String.raw`\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+` };
const ALIAS = { longest: 128, pattern: "(?!^[0-9]+$)([a-zA-Z0-9-_]+)" };
const VERSION = { longest: 1024, pattern: String.raw`(\$LATEST|[0-9]+)` };

export const OF_FUNCTION: Constraints = { Qualifier: QUALIFIER, FunctionName: FUNCTION_NAME };

export const OF_CREATE_FUNCTION: Constraints = {
  FunctionName: {
    longest: 140,
    pattern: String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?(${REGION}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`,
  },
  Role: { pattern: String.raw`arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+` },
};

export const OF_UPDATE_FUNCTION: Constraints = {
  FunctionName: FUNCTION_NAME,
  Role: OF_CREATE_FUNCTION["Role"] ?? {},
};

export const OF_LIST_FUNCTIONS: Constraints = { FunctionVersion: { oneOf: ["ALL"] } };

export const OF_ALIAS: Constraints = { Name: ALIAS, FunctionName: FUNCTION_NAME, FunctionVersion: VERSION };

export const OF_ADD_PERMISSION: Constraints = {
  ...OF_FUNCTION,
  StatementId: { longest: 100, pattern: "([a-zA-Z0-9-_]+)" },
  Action: { pattern: String.raw`(lambda:[*]|lambda:[a-zA-Z]+|[*])` },
  Principal: { longest: 2048, pattern: String.raw`[^\s]+` },
  SourceArn: { pattern: String.raw`arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:(${REGION})?:(\d{12})?:(.*)` },
  SourceAccount: { longest: 12, pattern: String.raw`\d{12}` },
  EventSourceToken: { longest: 256, pattern: String.raw`[a-zA-Z0-9._\-]+` },
  PrincipalOrgID: { longest: 34, pattern: "o-[a-z0-9]{10,32}" },
  FunctionUrlAuthType: { oneOf: ["NONE", "AWS_IAM"] },
};

export const OF_REMOVE_PERMISSION: Constraints = {
  ...OF_FUNCTION,
  StatementId: { longest: 100, pattern: "([a-zA-Z0-9-_.]+)" },
};

export const OF_URL: Constraints = {
  Qualifier: { longest: 128, pattern: String.raw`((?!^\d+$)^[0-9a-zA-Z-_]+$)` },
  FunctionName: FUNCTION_NAME,
  AuthType: { oneOf: ["NONE", "AWS_IAM"] },
};

export const OF_TAGS: Constraints = {
  Resource: {
    longest: 256,
    pattern: String.raw`arn:(aws[a-zA-Z-]*):lambda:${REGION}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)`,
  },
};
