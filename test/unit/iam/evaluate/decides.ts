import { expect, test } from "@jest/globals";
import { ask, callerOf, OTHER, USER, verdict, type Question } from "./question.ts";

export interface Row extends Question {
  readonly because: string;
  readonly is: string;
}

export const user = callerOf(USER);

export const lambda = callerOf("lambda.amazonaws.com");

export const FOREIGN = { resource: `arn:aws:sqs:eu-west-1:${OTHER}:q` };

export const NARROW = { Action: "s3:*" };

export const named = (principal: string): object => ({ Principal: { AWS: principal } });

export function decides(rows: readonly Row[]): void {
  test.each(rows)("$because: $is", (row) => {
    expect(verdict(ask(row))).toBe(row.is);
  });
}
