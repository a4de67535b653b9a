import { arnParts, hasArnParts } from "../../model/aws/arn.ts";
import { parseAccountId } from "../../model/aws/ids.ts";
import { PARTITIONS } from "../../model/aws/partitions.ts";
import type { TextSyntax } from "./field.ts";

// The parsers of src/model check the same texts again when they brand them; a test keeps both in agreement.
const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

export const OBJECT_NAME: TextSyntax = {
  what: "a name (lower-case letters, digits, - and ., as in RFC 1123)",
  pattern: new RegExp(`^(?=.{1,253}$)${LABEL}(\\.${LABEL})*$`),
  example: "orders-api",
  meant: (text) =>
    text
      .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
      .replaceAll(/[_ ]/g, "-")
      .toLowerCase(),
};

export const NAMESPACE: TextSyntax = {
  what: "a namespace (lower-case letters, digits and -)",
  pattern: new RegExp(`^${LABEL}$`),
  example: "orders",
};

export const REGION: TextSyntax = {
  what: "an AWS region",
  pattern: /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/,
  example: "eu-west-1",
  // An availability zone, or underscores.
  meant: (text) =>
    text
      .toLowerCase()
      .replaceAll("_", "-")
      .replace(/(\d)[a-z]$/, "$1"),
};

export const PARTITION: TextSyntax = {
  what: `a partition of AWS (${PARTITIONS.join(", ")})`,
  pattern: new RegExp(`^(${PARTITIONS.join("|")})$`),
  example: "aws",
};

export const ACCOUNT_ID: TextSyntax = {
  what: "an account id of twelve digits",
  pattern: /^\d{12}$/,
  example: '"111122223333"',
  meant: (text) =>
    parseAccountId(hasArnParts(text) ? arnParts(text).accountId : "") ?? text.replaceAll(/[-\s]/g, ""),
};

export const ORGANIZATION_ID: TextSyntax = {
  what: "an organization's id",
  pattern: /^o-[a-z0-9]{10,32}$/,
  example: "o-a1b2c3d4e5",
  meant: (text) => text.toLowerCase(),
};

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html */
export const ORGANIZATIONAL_UNIT: TextSyntax = {
  what: "an organizational unit's id",
  pattern: /^(ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/,
  example: "ou-ab12-c3d4e5f6",
  meant: (text) => text.toLowerCase(),
};

export const AWS_MANAGED_POLICY: TextSyntax = {
  what: "the ARN of an AWS-managed policy",
  // A path of several names, without patterns: the policies of service-linked roles cannot be attached.
  pattern: /^arn:aws[a-z-]*:iam::aws:policy\/(?!aws-service-role\/)([\w+=,.@-]+\/)*[\w+=,.@-]{1,128}$/,
  example: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
};

export const FUNCTION_NAME: TextSyntax = {
  what: "a Lambda function's name",
  pattern: /^[a-zA-Z0-9-_]{1,64}$/,
  example: "orders-api",
};

export const FUNCTION_PATTERN: TextSyntax = {
  what: "a function's name, or the beginning of names and one * at the end",
  pattern: /^(\*|[a-zA-Z0-9-_]{1,64}\*?)$/,
  example: "orders-*",
};

/** The name of a resource, in printable ASCII, so that no look-alike of a name can be written. */
export const RESOURCE_PATTERN: TextSyntax = {
  what: "a resource's name, TYPE/NAME or ARN, with at most one * at the end",
  pattern:
    /^(\*|(?!arn:)[\x21-\x23\x25-\x29\x2b-\x3e\x40-\x7e]{1,512}\*?|arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:[\x21-\x23\x25-\x29\x2b-\x3e\x40-\x7e]{1,512}\*?)$/,
  example: "orders-*",
  advice: (text) =>
    /[*?]/.test(text) ? "write the beginning of the names and one * at the end, such as orders-*" : undefined,
};

/** What `${…}` contains, or its beginning: a prefix that ends within a name covers every name that begins so. */
export const REFERENCE_PATTERN: TextSyntax = {
  what: "a reference such as stack.orders.TableName, ssm./orders/table or tag.dynamodb:table.team=orders, or its beginning and one * at the end",
  pattern: new RegExp(
    `^(${[
      "\\*",
      "(stack|ssm)\\.[\\w./-]{0,1100}\\*",
      "stack\\.[a-zA-Z][a-zA-Z0-9-]*\\.[a-zA-Z0-9]+",
      "ssm\\.[\\w./-]{1,1011}",
      "tag\\.[\\w.:/=+@,-]{0,1000}\\*",
      "tag\\.[a-zA-Z0-9:-]+\\.[\\w.:/+@-]+=[\\w.:/=+@,-]{1,900}",
    ].join("|")})$`,
  ),
  example: "stack.orders-*",
  advice: (text) =>
    text.startsWith("${") ? "write it without ${ and }, such as stack.orders.TableName" : undefined,
};

export const QUALIFIER: TextSyntax = {
  what: "an alias or a version (not $LATEST: that is the unqualified function)",
  pattern: /^[a-zA-Z0-9-_]{1,128}$/,
  example: "live",
};

export const ROLE_NAME: TextSyntax = {
  what: "a role name",
  // A name over 64 characters is shortened, which depends on the binding and not on the author.
  pattern: /^[\w+=,.@-]{1,512}$/,
  example: "${function}-${region}",
};

export const ROLE_PATH: TextSyntax = {
  what: "a path that begins and ends with /, without . or .. for a segment",
  // A reader that treats an ARN as a path would resolve such a segment to another folder.
  pattern: /^(?=.{1,512}$)\/((?!\.{1,2}\/)[\w+=,.@-]+\/)*$/,
  example: "/grantkeeper/orders/",
};

export const LOG_GROUP: TextSyntax = {
  what: "a log group's name",
  pattern: /^[\w./#-]{1,512}$/,
  example: "/aws/lambda/orders-api",
};

/** A service and its stage: a shorter beginning is that of other services too. */
export const LOG_GROUP_PREFIX: TextSyntax = {
  what: "a prefix of the log groups of one service and stage",
  pattern: /^(?=.{1,76}$)\/aws\/lambda\/[A-Za-z0-9_]{2,}-[\w-]*[A-Za-z0-9_]$/,
  example: "/aws/lambda/orders-prod",
  meant: (text) => text.replace(/[-:*]+$/, ""),
};

/** iam:CreateRole's own pattern for descriptions, limited to one line. */
export const DESCRIPTION: TextSyntax = {
  what: "a description: one line of up to 1000 characters of Latin-1",
  pattern: /^[\u0020-\u007E\u00A1-\u00FF]{0,1000}$/,
  example: "Orders API",
};

export const TAG_KEY: TextSyntax = {
  what: "a tag key (1 to 128 characters; not aws: or grantkeeper.dev/)",
  pattern: /^(?!aws:|grantkeeper\.dev\/)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu,
  example: "cost-center",
};

export const TAG_VALUE: TextSyntax = {
  what: "a tag value (up to 256 characters)",
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
  example: '"4711"',
};

export const IAM_ROLE_ARN: TextSyntax = {
  what: "the ARN of an IAM role",
  pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/([\x21-\x7e]+\/)?[\w+=,.@-]{1,64}$/,
  example: "arn:aws:iam::111122223333:role/grantkeeper-system/observer",
};

export const EXTERNAL_ID: TextSyntax = {
  what: "an external id (2 to 1224 of letters, digits and _+=,.@:/-)",
  pattern: /^[\w+=,.@:/-]{2,1224}$/,
  example: "gk-7d1f0c52",
};

export const VARIABLE_VALUE: TextSyntax = {
  what: "a variable's value: one line without $, * and ?",
  pattern: /^[^$*?\r\n\t]{1,512}$/u,
  example: "orders-prod-7F3A",
};
