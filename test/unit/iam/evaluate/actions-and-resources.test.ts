import { describe } from "@jest/globals";
import { ACCOUNT, QUEUE, type Question } from "./question.ts";
import { user, decides } from "./decides.ts";

describe("the action and the resource of a statement", () => {
  const only = (statement: object): Question => ({ identity: [statement] });
  decides([
    { because: "the case of an action is ignored", ...only({ Action: "SQS:sendmessage" }), is: "allowed" },
    { because: "an action may have wildcards", ...only({ Action: "sqs:S?nd*" }), is: "allowed" },
    {
      because: "NotAction names the action",
      ...only({ NotAction: ["s3:*", "sqs:Send*"] }),
      is: "not allowed by identity",
    },
    { because: "NotAction names other actions", ...only({ NotAction: "s3:*" }), is: "allowed" },
    {
      because: "NotResource names the resource",
      ...only({ NotResource: QUEUE }),
      is: "not allowed by identity",
    },
    { because: "NotResource names another resource", ...only({ NotResource: `${QUEUE}2` }), is: "allowed" },
    {
      because: "the case of a resource is significant",
      ...only({ Resource: QUEUE.replace(":q", ":Q") }),
      is: "not allowed by identity",
    },
    { because: "a short ARN is completed with stars", ...only({ Resource: "arn:aws:sqs" }), is: "allowed" },
    {
      because: "a star that ends a field also matches colons",
      ...only({ Resource: "arn:aws:logs:*:1:x" }),
      resource: "arn:aws:logs:r:2:y:1:x",
      is: "allowed",
    },
    {
      because: "a star inside a field matches no colon",
      ...only({ Resource: "arn:aws:s*s:eu-*-1:q:q" }),
      resource: "arn:aws:sqs:eu-west:1:x-1:q:q",
      is: "not allowed by identity",
    },
    {
      because: "a star inside a field matches the rest of that field",
      ...only({ Resource: "arn:aws:s*s:eu-*-1:*:q" }),
      is: "allowed",
    },
    {
      because: "a question mark matches no colon",
      ...only({ Resource: `arn:aws:sqs?eu-west-1:${ACCOUNT}:q:q` }),
      resource: `arn:aws:sqs:eu-west-1:${ACCOUNT}:q:q`,
      is: "not allowed by identity",
    },
    {
      because: "the last field may contain colons",
      ...only({ Resource: "arn:aws:logs:*:*:log-group:a*b?c" }),
      resource: "arn:aws:logs:r:1:log-group:a:b:c",
      is: "allowed",
    },
    {
      because: "the action takes no resource",
      ...only({}),
      action: "sqs:ListQueues",
      resource: "*",
      is: "allowed",
    },
    {
      because: 'an ARN pattern does not match the resource "*"',
      ...only({ Resource: "arn:aws:sqs:*:*:*" }),
      action: "sqs:ListQueues",
      resource: "*",
      is: "not allowed by identity",
    },
    {
      because: "a variable in a resource has the caller's value",
      ...only({ Resource: "arn:aws:s3:::home/${aws:username}/*" }),
      caller: user,
      action: "s3:GetObject",
      resource: "arn:aws:s3:::home/ann/x",
      is: "allowed",
    },
    {
      because: "a variable in a resource has another user's value",
      ...only({ Resource: "arn:aws:s3:::home/${aws:username}/*" }),
      caller: user,
      action: "s3:GetObject",
      resource: "arn:aws:s3:::home/bob/x",
      is: "not allowed by identity",
    },
    {
      because: "a variable without a value matches no resource",
      ...only({ Resource: "arn:aws:s3:::home/${aws:username}*" }),
      action: "s3:GetObject",
      resource: "arn:aws:s3:::home/",
      is: "not allowed by identity",
    },
    {
      because: "the documentation does not define what a NotResource variable without a value excepts",
      ...only({ NotResource: "arn:aws:s3:::home/${aws:username}*" }),
      action: "s3:GetObject",
      resource: "arn:aws:s3:::home/",
      is: "unknown",
    },
    {
      because: "a variable before the fifth colon is plain text",
      ...only({ Resource: "arn:aws:sqs:*:${aws:PrincipalAccount}:q" }),
      is: "not allowed by identity",
    },
    {
      because: "an open brace is plain text",
      ...only({ Resource: `${QUEUE}\${` }),
      resource: `${QUEUE}\${`,
      is: "allowed",
    },
    {
      because: "a variable in a document of version 2008 is plain text",
      identity: [
        JSON.stringify({
          Statement: { Effect: "Allow", Action: "*", Resource: "arn:aws:s3:::${aws:username}" },
        }),
      ],
      resource: "arn:aws:s3:::${aws:username}",
      is: "allowed",
    },
    {
      because: "a variable in a condition of version 2008 is plain text",
      identity: [
        JSON.stringify({
          Statement: {
            Effect: "Allow",
            Action: "*",
            Resource: "*",
            Condition: { StringEquals: { "aws:UserAgent": "${aws:username}" } },
          },
        }),
      ],
      context: { "aws:useragent": "${aws:username}" },
      is: "allowed",
    },
  ]);
});
