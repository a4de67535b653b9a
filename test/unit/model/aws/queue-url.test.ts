import { describe, expect, test } from "@jest/globals";
import { parseQueueUrl, queueFipsProblem } from "../../../../src/model/aws/queue-url.ts";

describe("the URL of a queue", () => {
  test.each([
    {
      url: "https://sqs.eu-central-1.amazonaws.com/111122223333/pushes",
      arn: "arn:aws:sqs:eu-central-1:111122223333:pushes",
    },
    {
      url: "https://sqs.cn-north-1.amazonaws.com.cn/111122223333/pushes",
      arn: "arn:aws-cn:sqs:cn-north-1:111122223333:pushes",
    },
    {
      url: "https://sqs-fips.us-east-1.amazonaws.com/111122223333/pushes",
      arn: "arn:aws:sqs:us-east-1:111122223333:pushes",
    },
    {
      url: "https://vpce-0a1b-c2d3.sqs.us-gov-west-1.vpce.amazonaws.com/111122223333/pushes",
      arn: "arn:aws-us-gov:sqs:us-gov-west-1:111122223333:pushes",
    },
  ])("names its queue: $arn", ({ url, arn }) => {
    expect(parseQueueUrl(url)).toMatchObject({
      kind: "ok",
      value: { url, arn, endpoint: new URL(url).origin },
    });
  });

  test.each([
    { because: "no URL", url: "pushes" },
    { because: "plain http", url: "http://sqs.eu-central-1.amazonaws.com/111122223333/pushes" },
    { because: "another server", url: "https://sqs.eu-central-1.example.com/111122223333/pushes" },
    { because: "no such region", url: "https://sqs.moon-1.amazonaws.com/111122223333/pushes" },
    { because: "no account", url: "https://sqs.eu-central-1.amazonaws.com/pushes" },
    { because: "a queue in order", url: "https://sqs.eu-central-1.amazonaws.com/111122223333/pushes.fifo" },
    { because: "the domain of China", url: "https://sqs.eu-central-1.amazonaws.com.cn/111122223333/pushes" },
  ])("is refused: $because", ({ url }) => {
    expect(parseQueueUrl(url)).toMatchObject({
      kind: "err",
      error: expect.stringContaining("standard queue"),
    });
  });
});

describe("under aws.fips, the URL of a queue", () => {
  test.each([
    {
      because: "has a FIPS endpoint with a name of its own",
      url: "https://sqs.us-east-1.amazonaws.com/111122223333/q",
      problem: expect.stringContaining("write https://sqs-fips.us-east-1.amazonaws.com/111122223333/q"),
    },
    {
      because: "has none in its region",
      url: "https://sqs.eu-west-1.amazonaws.com/111122223333/q",
      problem: expect.stringContaining("no FIPS endpoint in eu-west-1"),
    },
    { because: "is one", url: "https://sqs-fips.us-east-1.amazonaws.com/111122223333/q", problem: null },
    {
      because: "is in GovCloud",
      url: "https://sqs.us-gov-west-1.amazonaws.com/111122223333/q",
      problem: null,
    },
    { because: "names no queue", url: "", problem: null },
  ])("$because", ({ url, problem }) => {
    expect(queueFipsProblem(url)).toEqual(problem);
  });
});
