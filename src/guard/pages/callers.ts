import { iamGuide, inSpec, lambdaGuide, type RuleExample, type RulePage } from "./rule-page.ts";

const RESOURCE_BASED = lambdaGuide("access-control-resource-based.html");
const URLS = lambdaGuide("urls-auth.html");
const CONFUSED_DEPUTY = iamGuide("confused-deputy.html");

const ORDERS_API = "arn:aws:lambda:eu-west-1:222222222222:function:orders-api";

const TOPIC = {
  Effect: "Allow",
  Principal: { Service: "sns.amazonaws.com" },
  Action: "lambda:InvokeFunction",
  Resource: ORDERS_API,
  Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:sns:eu-west-1:222222222222:orders-placed" } },
};

const BUCKET = {
  ...TOPIC,
  Principal: { Service: "s3.amazonaws.com" },
  Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:s3:::uploads" } },
};

const ROLE = { AWS: "arn:aws:iam::222222222222:role/web" };

const THROUGH_URL = {
  Effect: "Allow",
  Principal: ROLE,
  Action: "lambda:InvokeFunctionUrl",
  Resource: ORDERS_API,
  Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
};

function without<Statement extends object>(statement: Statement, name: keyof Statement): object {
  return Object.fromEntries(Object.entries(statement).filter(([element]) => element !== name));
}

/** Statements of the function's resource policy. */
function callers(bad: object, good: object): RuleExample {
  return {
    form: "caller",
    given: null,
    severity: null,
    bad: JSON.stringify([bad].flat(), null, 2),
    good: JSON.stringify([good].flat(), null, 2),
  };
}

/** INV-…: who may invoke the function. */
export const CALLER_PAGES: readonly RulePage[] = [
  {
    id: "INV-001",
    title: "A service without a source",
    text: "The service could call on behalf of any account: `aws:SourceArn` must name the source. A rule of AWS Config has no ARN before it may call the function: there `aws:SourceAccount` is enough.",
    fix: "name the source: its ARN as `aws:SourceArn`",
    example: callers(without(TOPIC, "Condition"), TOPIC),
    sources: [CONFUSED_DEPUTY, RESOURCE_BASED],
  },
  {
    id: "INV-002",
    title: "A source without an account",
    text: "A bucket's ARN names no account: a later owner of the name could invoke the function. `aws:SourceAccount` is required as well.",
    fix: "add the owner of the bucket: `aws:SourceAccount`",
    example: callers(BUCKET, {
      ...BUCKET,
      Condition: { ...BUCKET.Condition, StringEquals: { "AWS:SourceAccount": "222222222222" } },
    }),
    sources: [
      CONFUSED_DEPUTY,
      "https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html",
    ],
  },
  {
    id: "INV-003",
    title: "Anyone",
    text: `\`Principal: "*"\` without an organization, account or source: the policy lets any AWS account call the function. Or a function URL without
authentication: it lets anyone on the internet call it.`,
    fix: "set `authType: iam`, or name an account, an organization or a source",
    example: inSpec(
      `invokedBy:
  - functionUrl: { authType: none }`,
      `invokedBy:
  - functionUrl: { authType: iam, account: "222222222222", roles: [web] }`,
    ),
    sources: [URLS, "https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html"],
  },
  {
    id: "INV-006",
    title: "Half a function URL",
    text: "Since October 2025 a URL's callers need `lambda:InvokeFunctionUrl` and `lambda:InvokeFunction`.",
    fix: "add `lambda:InvokeFunction` with `lambda:InvokedViaFunctionUrl` for the same principal",
    example: callers(THROUGH_URL, [
      THROUGH_URL,
      {
        ...THROUGH_URL,
        Action: "lambda:InvokeFunction",
        Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
      },
    ]),
    sources: [URLS],
  },
  {
    id: "INV-007",
    title: "More than an invocation",
    text: "Any other action in a resource policy: a caller that may change the code has the permissions of the role.",
    fix: "allow `lambda:InvokeFunction` or `lambda:InvokeFunctionUrl` only",
    example: callers({ ...TOPIC, Action: "lambda:UpdateFunctionCode" }, TOPIC),
    sources: [RESOURCE_BASED],
  },
  {
    id: "INV-008",
    title: "Wider than its qualifier",
    text: "A statement in an alias's policy whose resource is the complete function, or another function.",
    fix: "name the function or the alias whose policy it is",
    example: callers({ ...TOPIC, Resource: `${ORDERS_API}:*` }, TOPIC),
    sources: [lambdaGuide("configuration-aliases.html"), RESOURCE_BASED],
  },
  {
    id: "INV-009",
    title: "Everything except a list",
    text: "NotPrincipal, NotAction or NotResource: the statement admits everything that it does not name, including what AWS adds later.",
    fix: "list the principals, actions and resources",
    example: callers({ ...without(TOPIC, "Action"), NotAction: "lambda:DeleteFunction" }, TOPIC),
    sources: [
      iamGuide("reference_policies_elements_notprincipal.html"),
      iamGuide("reference_policies_elements_notaction.html"),
    ],
  },
];
