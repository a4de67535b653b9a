import { describe, expect, test } from "@jest/globals";
import { fenced, PAYMENTS, rulesAt, teamFindings } from "./fenced.ts";
import { A, stating } from "./stating.ts";

describe("TEN-004: resources of the team", () => {
  test.each([
    ["a table of the team, with its indexes", "dynamodb: {table: orders-main, allow: [read, stream]}"],
    [
      "a bucket of the team, with a prefix",
      "s3: {bucket: orders-uploads, prefix: in/, allow: [read, list, write]}",
    ],
    ["a queue of the team", "sqs: {queue: orders-events, allow: [send, consume]}"],
    ["a topic of the team", "sns: {topic: orders-news, allow: [publish]}"],
    ["a bus of the team", "events: {bus: orders-bus, allow: [put]}"],
    [
      "a state machine of the team, and its executions",
      "states: {stateMachine: orders-flow, allow: [start, observe]}",
    ],
    [
      "a secret of the team, with the characters that AWS appends",
      "secrets: {secret: orders-db, allow: [read]}",
    ],
    ["a stream of the team", "kinesis: {stream: orders-clicks, allow: [put, read]}"],
    [
      "a function of the team, by an alias",
      "lambda: {function: orders-worker, qualifier: live, allow: [invoke]}",
    ],
    [
      "tokens of any execution, which no action can name",
      "states: {stateMachine: orders-flow, allow: [callback]}",
    ],
    ["a key of the team, by its alias", "kms: {key: alias/orders-main, allow: [decrypt]}"],
    ["a metric namespace, which is no resource", "metrics: {namespace: Orders}"],
    ["a model of AWS itself", "bedrock: {model: anthropic.claude-3-haiku-20240307-v1:0, allow: [invoke]}"],
  ])("allows %s", (_, grant) => {
    expect(rulesAt(teamFindings(fenced(`  grants: [{${grant}}]`)))).toEqual([]);
  });

  test("allows the function's own log group, traces and network", () => {
    expect(rulesAt(teamFindings(fenced("  tracing: true\n  vpc: true")))).toEqual([]);
  });

  test.each([
    ["a table of another team", "dynamodb: {table: payments-main, allow: [read]}", "table/payments-main"],
    [
      "a name that only contains the prefix",
      "sqs: {queue: my-orders-events, allow: [send]}",
      "my-orders-events",
    ],
    ["a name in another case", "sqs: {queue: Orders-events, allow: [send]}", "Orders-events"],
    ["the prefix without its hyphen", "sqs: {queue: ordersevents, allow: [send]}", "ordersevents"],
    [
      "a bucket of another team, whose prefix looks like an own name",
      "s3: {bucket: payments, prefix: orders-in/, allow: [read]}",
      "payments",
    ],
    [
      "a queue of another team by its full ARN",
      `sqs: {queue: "arn:aws:sqs:eu-west-1:${A}:payments-events", allow: [send]}`,
      "payments-events",
    ],
    [
      "a key, whose id names no team",
      "kms: {key: 0f0a1b2c-1111-2222-3333-444455556666, allow: [decrypt]}",
      "key/0f0a1b2c-1111-2222-3333-444455556666",
    ],
    [
      "a key of another team, by its alias",
      "kms: {key: alias/payments-main, allow: [decrypt]}",
      "payments-main",
    ],
    [
      "a function of another team",
      "lambda: {function: payments-worker, allow: [invoke]}",
      "function:payments-worker",
    ],
    [
      "a user of a database, whose id names no team",
      "rds: {resourceId: cluster-ABCDEFGHIJKL, user: orders-app, allow: [connect]}",
      `arn:aws:rds-db:eu-west-1:${A}:dbuser:cluster-ABCDEFGHIJKL/orders-app`,
    ],
  ])("refuses %s", (_, grant, named) => {
    const [finding, ...others] = teamFindings(fenced(`  grants: [{${grant}}]`));

    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: "TEN-004", severity: "block", waiver: { kind: "none" } });
    expect(finding?.origin?.path).toMatch(/^spec\.grants\[0\]/);
    expect(`${finding?.why} ${finding?.fix}`).toContain(named);
    expect(finding?.why).toContain("Team orders (platform/teams.yaml:1:1)");
  });

  test.each([
    ["payments-events", "is not a resource"],
    ["pay*", "is not certainly a resource"],
    ["*-events", "is not certainly a resource"],
  ])("states that the queue %s %s of the team", (queue, text) => {
    const resource = `arn:aws:sqs:eu-west-1:${A}:${queue}`;

    const [finding] = teamFindings(fenced(stating(resource)));

    expect(finding?.why).toContain(`${resource} ${text} of Team orders`);
  });

  test("refuses the log group of another team's function, and accepts another function's of the team", () => {
    expect(rulesAt(teamFindings(fenced("  logs: {group: /aws/lambda/payments-api}")))).toEqual([
      "TEN-004 spec.logs",
    ]);
    expect(rulesAt(teamFindings(fenced("  logs: {group: /aws/lambda/orders-other}")))).toEqual([]);
  });
});

describe("TEN-004: the log groups of a service", () => {
  const at = (functionName: string, team: string): readonly string[] =>
    rulesAt(
      teamFindings(
        fenced(`  function: ${functionName}\n  logs: {groupPrefix: /aws/lambda/orders-prod, tag: true}`, {
          orders: `accounts: [prod], ${team}`,
          payments: PAYMENTS,
        }),
      ),
    );

  test.each([
    { because: "functions by prefix", team: "functions: ['orders-*'], resources: []" },
    { because: "a wider prefix", team: "functions: ['orders*'], resources: []" },
    { because: "the same prefix", team: "functions: ['orders-prod*'], resources: []" },
    {
      because: "log groups as resources",
      team: "functions: [orders-prod-api], resources: ['log-group:/aws/lambda/orders-prod*']",
    },
    { because: "a list of grants", team: "functions: ['orders-*'], resources: [], grants: {sqs: [send]}" },
  ])("are the team's with $because", ({ team }) => {
    expect(at("orders-prod-api", team)).toEqual([]);
  });

  test.each([
    { because: "only this function", team: "functions: [orders-prod-api], resources: ['orders-*']" },
    {
      because: "only functions after another dash, since a star also matches orders-production",
      team: "functions: ['orders-prod-*'], resources: []",
    },
    {
      because: "only the group of this function",
      team: "functions: [orders-prod-api], resources: ['log-group:/aws/lambda/orders-prod-*']",
    },
  ])("are not all the team's with $because", ({ team }) => {
    expect(at("orders-prod-api", team)).toEqual(["TEN-004 spec.logs", "TEN-004 spec.logs"]);
  });
});

describe("TEN-004: resources in IAM syntax", () => {
  test.each(["ssm:GetParametersByPath", "SSM:Get*", "*"])(
    "takes %s on a path for each parameter below it, which AWS does not check one by one",
    (action) => {
      const spec = stating(`arn:aws:ssm:eu-west-1:${A}:parameter/shared`, `"Action": "${action}"`);
      const at = (entry: string): readonly string[] =>
        rulesAt(
          teamFindings(
            fenced(spec, { orders: `accounts: [prod], functions: ['orders-*'], resources: ['${entry}']` }),
          ),
        );

      expect(at("/shared")).toEqual(["TEN-004 spec.statements[0].statement"]);
      expect(at("/shared/*")).toEqual([]);
    },
  );

  test.each([
    ["a pattern inside the team's", `arn:aws:sqs:eu-west-1:${A}:orders-e*`],
    ["the team's own pattern", `arn:aws:sqs:*:${A}:orders-*`],
    ["single characters after the prefix", `arn:aws:sqs:eu-west-1:${A}:orders-?`],
    ["a table's index, by a wildcard", `arn:aws:dynamodb:eu-west-1:${A}:table/orders-main/index/*`],
    ["every object of a bucket", "arn:aws:s3:::orders-uploads/*"],
    ["a rule of the default bus", `arn:aws:events:eu-west-1:${A}:rule/orders-nightly`],
    ["a rule of the team's bus", `arn:aws:events:eu-west-1:${A}:rule/orders-bus/placed`],
    ["a variable after the prefix", "arn:aws:s3:::orders-uploads/${aws:userid}/*"],
  ])("accepts %s", (_, resource) => {
    expect(
      rulesAt(
        teamFindings(
          fenced(stating(resource, '"Action": ["sqs:SendMessage", "s3:GetObject", "dynamodb:Query"]')),
        ),
      ),
    ).toEqual([]);
  });

  test.each([
    ["a pattern wider than the team's", `arn:aws:sqs:eu-west-1:${A}:order*`],
    ["a single character in the prefix", `arn:aws:sqs:eu-west-1:${A}:order?-events`],
    ["a wildcard before the name", `arn:aws:sqs:eu-west-1:${A}:*orders-events`],
    [
      "a variable as the beginning of the name",
      `arn:aws:sqs:eu-west-1:${A}:\${aws:PrincipalTag/team}orders-events`,
    ],
    ["an escaped star as the beginning of the name", `arn:aws:sqs:eu-west-1:${A}:\${*}orders-events`],
    ["a wildcard in the type", `arn:aws:dynamodb:eu-west-1:${A}:*/orders-main`],
    ["a rule of another team's bus", `arn:aws:events:eu-west-1:${A}:rule/payments-bus/orders-events`],
    ["a bucket behind a partition that also matches another bucket's objects", "arn:*:s3:::orders-uploads/*"],
    [
      "a bucket behind a wildcard that also matches another bucket's objects",
      "arn:aws:s3:*:*:orders-uploads/*",
    ],
    [
      "a queue behind a partition that also matches the objects of any bucket",
      `arn:*:sqs:eu-west-1:${A}:orders-events`,
    ],
    ["a role whose path begins like the team's names", `arn:aws:iam::${A}:role/orders-*`],
    [
      "one of another team next to an own one",
      [`arn:aws:sqs:eu-west-1:${A}:orders-events`, `arn:aws:sqs:eu-west-1:${A}:payments-events`],
    ],
    ["a letter with an accent", `arn:aws:sqs:eu-west-1:${A}:\u00F3rders-events`],
    ["every resource, where the action can name one", "*"],
  ])("refuses %s", (_, resource) => {
    expect(rulesAt(teamFindings(fenced(stating(resource))))).toEqual([
      "TEN-004 spec.statements[0].statement",
    ]);
  });

  test("leaves `*` to other rules where an action takes no resource, and in a Deny", () => {
    expect(rulesAt(teamFindings(fenced(stating("*", '"Action": "s3:ListAllMyBuckets"'))))).toEqual([]);
    const deny = '  statements: [{reason: x, statement: {Effect: Deny, Action: "sqs:*", Resource: "*"}}]';
    expect(rulesAt(teamFindings(fenced(deny)))).toEqual([]);
  });

  const glue = (action: string, ...resources: readonly string[]): string =>
    stating(
      resources.map((resource) => `arn:aws:glue:eu-west-1:${A}:${resource}`),
      `"Action": ${JSON.stringify(action)}`,
    );

  test.each([
    [
      "accepts the catalog where a table of the team is named too",
      glue("glue:GetTable", "catalog", "database/orders-x", "table/orders-x/*"),
      0,
    ],
    [
      "accepts names of secrets that no other grant reads",
      stating("*", '"Action": "secretsmanager:BatchGetSecretValue"'),
      0,
    ],
    ["refuses an action on the catalog alone", glue("glue:PutResourcePolicy", "catalog"), 1],
    ["refuses every action on the catalog", glue("glue:*", "catalog", "database/orders-x"), 1],
    ["refuses another catalog", glue("glue:GetTable", "catalog/payments", "table/orders-x/*"), 1],
    ["refuses a table of another team", glue("glue:GetTable", "catalog", "table/payments/*"), 1],
  ])("%s", (_, spec, count) => {
    expect(teamFindings(fenced(spec))).toHaveLength(count);
  });

  test.each([
    ["NotAction on every resource", "{Effect: Allow, NotAction: 'iam:*', Resource: '*'}"],
    [
      "NotResource",
      "{Effect: Allow, Action: 'sqs:SendMessage', NotResource: 'arn:aws:sqs:eu-west-1:222222222222:payments-x'}",
    ],
    [
      "an action that the data does not have, on every resource",
      "{Effect: Allow, Action: 'textract:NoSuchAction', Resource: '*'}",
    ],
  ])("refuses %s", (_, statement) => {
    expect(rulesAt(teamFindings(fenced(`  statements: [{reason: x, statement: ${statement}}]`)))).toEqual([
      "TEN-004 spec.statements[0].statement",
    ]);
  });

  test("counts a table and its indexes as one resource", () => {
    const findings = teamFindings(fenced("  grants: [{dynamodb: {table: payments-main, allow: [read]}}]"));

    expect(findings).toHaveLength(1);
  });
});
