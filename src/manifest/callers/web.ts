import { z } from "zod";
import { API_ID, API_METHODS, API_PATH, API_STAGE, routeResource } from "../fields/api-route.ts";
import { pushIssue, templateText, type TextSyntax } from "../fields/field.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";
import { invoke, sourceArn, callerEntry } from "./entry.ts";

// Services that pass on requests of the web.

/**
 * The API is still named: a team that can add a stage to it can also deploy to the present ones. AWS's consoles, SAM and
 * Terraform write this form.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples-for-api-execution.html
 */
const CALLING_STAGE: TextSyntax = {
  ...API_STAGE,
  what: 'a stage\'s name, or "*" for every stage',
  pattern: /^(\*|\$default|[a-zA-Z0-9_-]{1,128})$/,
};

const apiFields = z
  .strictObject({
    api: templateText(API_ID),
    stage: templateText(CALLING_STAGE).optional(),
    method: z.enum(API_METHODS).optional(),
    path: templateText(API_PATH).optional(),
    route: templateText({
      what: "a route key without a path, such as $default or $connect",
      pattern: /^(\$(default|connect|disconnect)|[a-zA-Z0-9_.-]{1,128})$/,
      example: "$default",
      advice: (text) => (text.includes("/") ? "write method and path instead of route" : undefined),
    }).optional(),
    authorizer: templateText({
      what: "an authorizer's id (not its name)",
      pattern: /^[a-z0-9]{4,16}$/,
      example: "a1b2c3",
    }).optional(),
  })
  .check((context) => {
    const { authorizer, route, stage, method, path } = context.value;
    const forms = [authorizer, route, method ?? path].filter((part) => part !== undefined);
    if (forms.length !== 1) {
      const message = "apigateway takes method and path, or route, or authorizer";
      pushIssue(context, [], {
        message,
        fix: "write one of the three, and an entry for each further caller",
      });
    } else if (authorizer !== undefined && stage !== undefined) {
      const message = "an authorizer belongs to the API and not to a stage";
      pushIssue(context, ["stage"], { message, fix: "leave out stage" });
    } else if (authorizer === undefined && stage === undefined) {
      pushIssue(context, [], { message: "stage is missing", fix: "write the stage, such as stage: prod" });
    } else if ((method === undefined) !== (path === undefined)) {
      const missing = method === undefined ? "method" : "path";
      const fix = `write ${method === undefined ? "method: GET, or method: ANY for all" : "path: /orders/{id}"}`;
      pushIssue(context, [], { message: `${missing} is missing`, fix });
    }
  });

/**
 * `$default` of an HTTP API has no method in its ARN; a WebSocket API has its route keys there.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export const apigateway = callerEntry({
  caller: "apigateway",
  allows:
    "one method and path of a stage of an API, a route without a path (`$default`, or of a WebSocket API), or an authorizer; `{…}` is any value, and the stage `*` every stage",
  fields: apiFields,
  examples: [
    { api: "a1b2c3d4e5", stage: "prod", method: "POST", path: "/orders/{id}" },
    { api: "a1b2c3d4e5", stage: "*", method: "GET", path: "/orders/{id}" },
    { api: "a1b2c3d4e5", stage: "$default", method: "ANY", path: "/" },
    { api: "a1b2c3d4e5", stage: "$default", route: "$default" },
    { api: "a1b2c3d4e5", stage: "prod", route: "$connect" },
    { api: "a1b2c3d4e5", authorizer: "a1b2c3" },
  ],
  expand: ({ api, stage = "", method, path, route, authorizer }, place) => {
    const sources = [
      ...(authorizer === undefined ? [] : [`${api}/authorizers/${authorizer}`]),
      ...(route === undefined ? [] : [`${api}/${stage}/${route}`]),
      ...(method === undefined || path === undefined ? [] : [routeResource({ api, stage, method, path })]),
    ];
    return sources.map((source) =>
      invoke("apigateway.amazonaws.com", { SourceArn: sourceArn("execute-api", source, place) }),
    );
  },
});

const TARGET_GROUP: ResourceKind = {
  what: "a target group of a load balancer",
  namedBy: "NAME/ID",
  service: "elasticloadbalancing",
  prefix: "targetgroup/",
  name: "[a-zA-Z0-9-]{1,32}/[0-9a-f]{16}",
  example: "orders-api/0123456789abcdef",
};

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html */
export const alb = callerEntry({
  caller: "alb",
  allows: "a target group of an Application Load Balancer",
  fields: z.strictObject({ targetGroup: resourceField(TARGET_GROUP) }),
  examples: [{ targetGroup: "orders-api/0123456789abcdef" }],
  expand: ({ targetGroup }, place) => [
    invoke("elasticloadbalancing.amazonaws.com", {
      SourceArn: resourceArn(TARGET_GROUP, targetGroup, place),
    }),
  ],
});

const LATTICE_GROUP: ResourceKind = {
  what: "a target group of VPC Lattice",
  namedBy: "id",
  service: "vpc-lattice",
  prefix: "targetgroup/",
  name: "tg-[0-9a-f]{17}",
  example: "tg-0123456789abcdef0",
};

/** @see https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html */
export const vpcLattice = callerEntry({
  caller: "vpcLattice",
  allows: "a target group of VPC Lattice",
  fields: z.strictObject({ targetGroup: resourceField(LATTICE_GROUP) }),
  examples: [{ targetGroup: "tg-0123456789abcdef0" }],
  expand: ({ targetGroup }, place) => [
    invoke("vpc-lattice.amazonaws.com", { SourceArn: resourceArn(LATTICE_GROUP, targetGroup, place) }),
  ],
});

const DISTRIBUTION: ResourceKind = {
  what: "a CloudFront distribution",
  namedBy: "id",
  service: "cloudfront",
  without: "region",
  prefix: "distribution/",
  name: "E[A-Z0-9]{7,20}",
  example: "E2QWRUHAPOMQZL",
};

/**
 * Through origin access control, which signs the requests to the function's URL.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html a URL needs both actions
 */
export const cloudfront = callerEntry({
  caller: "cloudfront",
  allows: "a CloudFront distribution whose origin is the function's URL, with origin access control",
  fields: z.strictObject({ distribution: resourceField(DISTRIBUTION) }),
  aliasOnly: true,
  examples: [{ distribution: "E2QWRUHAPOMQZL" }],
  expand: ({ distribution }, place) => {
    const Principal = "cloudfront.amazonaws.com";
    const SourceArn = resourceArn(DISTRIBUTION, distribution, place);
    return [
      { Action: "lambda:InvokeFunctionUrl", Principal, SourceArn, FunctionUrlAuthType: "AWS_IAM" },
      invoke(Principal, { SourceArn, InvokedViaFunctionUrl: true }),
    ];
  },
});
