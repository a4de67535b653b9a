import { describe, expect, test } from "@jest/globals";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";

const FILE = "teams/orders/a.yaml";
const OWN = "222222222222";
const HERE = `eu-west-1:${OWN}`;
const SKILL = "amzn1.ask.skill.1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f";

function compiled(entry: string): ReturnType<typeof compileTexts> {
  return compileTexts({ [FILE]: functionText("a", `  invokedBy: [${entry}]\n`) });
}

/** `action principal {conditions}` of each statement. */
function linesOf(entry: string): readonly string[] {
  const compilation = compiled(entry);
  const [binding] = compilation.desired.bindings.values();
  if (binding === undefined) throw new Error(diagnosticTexts(compilation).join("\n"));
  return binding.callers
    .map(({ input }) => {
      const { FunctionName: _name, StatementId: _sid, Action, Principal, ...rest } = input;
      return `${Action.slice("lambda:".length)} ${Principal} ${JSON.stringify(rest)}`;
    })
    .sort();
}

const source = (SourceArn: string): string => JSON.stringify({ SourceArn });
const owned = (SourceArn: string, SourceAccount = OWN): string =>
  JSON.stringify({ SourceArn, SourceAccount });

describe("a caller compiles to the form that its service documents", () => {
  test.each([
    {
      entry: "{apigateway: {api: abc123, stage: $default, route: $default}}",
      lines: [
        `InvokeFunction apigateway.amazonaws.com ${source(`arn:aws:execute-api:${HERE}:abc123/$default/$default`)}`,
      ],
    },
    {
      entry: "{apigateway: {api: abc123, stage: prod, route: $connect}}",
      lines: [
        `InvokeFunction apigateway.amazonaws.com ${source(`arn:aws:execute-api:${HERE}:abc123/prod/$connect`)}`,
      ],
    },
    {
      entry: "{apigateway: {api: abc123, authorizer: a1b2c3}}",
      lines: [
        `InvokeFunction apigateway.amazonaws.com ${source(`arn:aws:execute-api:${HERE}:abc123/authorizers/a1b2c3`)}`,
      ],
    },
    {
      entry: "{alb: {targetGroup: orders/0123456789abcdef}}",
      lines: [
        `InvokeFunction elasticloadbalancing.amazonaws.com ${source(`arn:aws:elasticloadbalancing:${HERE}:targetgroup/orders/0123456789abcdef`)}`,
      ],
    },
    {
      entry: "{vpcLattice: {targetGroup: tg-0123456789abcdef0}}",
      lines: [
        `InvokeFunction vpc-lattice.amazonaws.com ${source(`arn:aws:vpc-lattice:${HERE}:targetgroup/tg-0123456789abcdef0`)}`,
      ],
    },
    {
      entry: "{cloudfront: {distribution: E2QWRUHAPOMQZL}}",
      lines: [
        `InvokeFunction cloudfront.amazonaws.com {"SourceArn":"arn:aws:cloudfront::${OWN}:distribution/E2QWRUHAPOMQZL","InvokedViaFunctionUrl":true}`,
        `InvokeFunctionUrl cloudfront.amazonaws.com {"SourceArn":"arn:aws:cloudfront::${OWN}:distribution/E2QWRUHAPOMQZL","FunctionUrlAuthType":"AWS_IAM"}`,
      ],
    },
    {
      entry: "{secrets: {secret: payments/key}}",
      lines: [
        `InvokeFunction secretsmanager.amazonaws.com ${owned(`arn:aws:secretsmanager:${HERE}:secret:payments/key-??????`)}`,
      ],
    },
    {
      entry: "{config: {}}",
      lines: [`InvokeFunction config.amazonaws.com {"SourceAccount":"${OWN}"}`],
    },
    {
      entry: "{config: {rule: config-rule-a1b2c3}}",
      lines: [
        `InvokeFunction config.amazonaws.com ${owned(`arn:aws:config:${HERE}:config-rule/config-rule-a1b2c3`)}`,
      ],
    },
    {
      entry: "{cloudwatch: {alarm: orders-errors}}",
      lines: [
        `InvokeFunction lambda.alarms.cloudwatch.amazonaws.com ${owned(`arn:aws:cloudwatch:${HERE}:alarm:orders-errors`)}`,
      ],
    },
    {
      entry: '{cloudwatch: {alarm: "arn:aws:cloudwatch:us-east-1:444455556666:alarm:x"}}',
      lines: [
        `InvokeFunction lambda.alarms.cloudwatch.amazonaws.com ${owned("arn:aws:cloudwatch:us-east-1:444455556666:alarm:x", "444455556666")}`,
      ],
    },
    {
      entry: "{ses: {ruleSet: inbound, rule: support}}",
      lines: [
        `InvokeFunction ses.amazonaws.com ${owned(`arn:aws:ses:${HERE}:receipt-rule-set/inbound:receipt-rule/support`)}`,
      ],
    },
    {
      entry: "{codecommit: {repository: orders}}",
      lines: [`InvokeFunction codecommit.amazonaws.com ${owned(`arn:aws:codecommit:${HERE}:orders`)}`],
    },
    {
      entry: `{alexa: {skill: ${SKILL}}}`,
      lines: [`InvokeFunction alexa-appkit.amazon.com {"EventSourceToken":"${SKILL}"}`],
    },
    {
      entry: `{alexa: {skill: ${SKILL}, type: smartHome}, qualifier: live}`,
      lines: [
        `InvokeFunction alexa-connectedhome.amazon.com {"EventSourceToken":"${SKILL}","Qualifier":"live"}`,
      ],
    },
    {
      entry: "{lex: {bot: ABCDEFGHIJ, alias: KLMNOPQRST}}",
      lines: [
        `InvokeFunction lexv2.amazonaws.com ${owned(`arn:aws:lex:${HERE}:bot-alias/ABCDEFGHIJ/KLMNOPQRST`)}`,
      ],
    },
    {
      entry: "{bedrock: {agent: ABCDEFGHIJ}}",
      lines: [`InvokeFunction bedrock.amazonaws.com ${owned(`arn:aws:bedrock:${HERE}:agent/ABCDEFGHIJ`)}`],
    },
    {
      entry: "{connect: {instance: 1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f}}",
      lines: [
        `InvokeFunction connect.amazonaws.com ${owned(`arn:aws:connect:${HERE}:instance/1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f`)}`,
      ],
    },
    {
      entry: "{iot: {authorizer: tokens}}, {iot: {provisioningTemplate: fleet}}",
      lines: [
        `InvokeFunction iot.amazonaws.com ${source(`arn:aws:iot:${HERE}:authorizer/tokens`)}`,
        `InvokeFunction iot.amazonaws.com ${owned(`arn:aws:iot:${HERE}:provisioningtemplate/fleet`)}`,
      ],
    },
  ])("$entry", ({ entry, lines }) => {
    expect(linesOf(entry)).toEqual(lines);
  });

  test("a skill's statement has the condition that Lambda writes", () => {
    const [binding] = compiled(`{alexa: {skill: ${SKILL}}}`).desired.bindings.values();

    expect(binding?.callers[0]?.statement).toMatchObject({
      Principal: { Service: "alexa-appkit.amazon.com" },
      Condition: { StringEquals: { "lambda:EventSourceToken": SKILL } },
    });
  });
});

describe("a wrong caller names its place and its fix", () => {
  test.each([
    {
      entry: "{apigateway: {api: abc123, stage: prod}}",
      problem:
        "6:28 apigateway takes method and path, or route, or authorizer → write one of the three, and an entry for each further caller",
    },
    {
      entry: "{apigateway: {api: abc123, stage: prod, method: GET, path: /, route: $default}}",
      problem:
        "6:28 apigateway takes method and path, or route, or authorizer → write one of the three, and an entry for each further caller",
    },
    {
      entry: "{apigateway: {api: abc123, stage: prod, path: /}}",
      problem: "6:28 method is missing → write method: GET, or method: ANY for all",
    },
    {
      entry: "{apigateway: {api: abc123, stage: prod, method: GET}}",
      problem: "6:28 path is missing → write path: /orders/{id}",
    },
    {
      entry: "{apigateway: {api: abc123, route: $connect}}",
      problem: "6:28 stage is missing → write the stage, such as stage: prod",
    },
    {
      entry: "{apigateway: {api: abc123, stage: prod, authorizer: a1b2c3}}",
      problem: "6:49 an authorizer belongs to the API and not to a stage → leave out stage",
    },
    {
      entry: '{apigateway: {api: abc123, stage: prod, route: "GET /orders"}}',
      problem:
        '6:62 "GET /orders" is not a route key without a path, such as $default or $connect → write method and path instead of route',
    },
    {
      entry: "{iot: {}}",
      problem:
        "6:21 iot takes one of rule, authorizer and provisioningTemplate → write one of them, and an entry for each further caller",
    },
    {
      entry: "{lex: {bot: OrderBot, alias: KLMNOPQRST}}",
      problem: '6:27 "OrderBot" is not the id of a Lex V2 bot (not its name) → write it like ABCDEFGHIJ',
    },
    {
      entry: "{cloudfront: {distribution: E2QWRUHAPOMQZL}, qualifier: '3'}",
      problem: "6:71 cloudfront belongs to an alias, and 3 is a version → write an alias",
    },
    {
      entry: "{loadBalancer: {targetGroup: x}}",
      problem: '6:16 unknown caller "loadBalancer" → did you mean "alb"?',
    },
    {
      entry: "{secrets: {name: x}}",
      problem: '6:26 unknown field "name" in spec.invokedBy[0].secrets → did you mean "secret"?',
    },
    {
      entry: "{alb: {targetGroup: orders}}",
      problem:
        '6:35 "orders" is not a target group of a load balancer: its NAME/ID or its full ARN → write it like orders-api/0123456789abcdef',
    },
    {
      entry: "{apigateway: {api: abc123, stage: prod, method: '*', path: /}}",
      problem: '6:63 unknown value "*" for spec.invokedBy[0].apigateway.method → write ANY',
    },
    {
      entry: "{apigateway: {api: abc123, stage: 'pr*', method: GET, path: /}}",
      problem: '6:49 "pr*" is not a stage\'s name, or "*" for every stage → write it like prod',
    },
    {
      entry: "{transfer: {server: x}}",
      problem: '6:16 unknown caller "transfer" → valid values: account, alb,',
    },
    {
      entry: "{elb: {targetGroup: x}}",
      problem: '6:16 unknown caller "elb" → did you mean "alb"?',
    },
    {
      entry: "{codepipeline: {pipeline: x}}",
      problem:
        "6:16 codepipeline does not call a function by itself → the pipeline's own role calls the function: give that role lambda:InvokeFunction.",
    },
    {
      entry: "{lambda: {function: x}}",
      problem:
        "6:16 lambda does not call a function by itself → the calling function's role needs the permission:",
    },
  ])("$entry", ({ entry, problem }) => {
    const [found = "", ...others] = diagnosticTexts(compiled(entry)).map((text) =>
      text.slice(FILE.length + 1),
    );

    expect(found.slice(0, problem.length)).toBe(problem);
    expect(others).toEqual([]);
  });
});
