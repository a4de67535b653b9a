import { checkedQueueUrl, queueFipsProblem } from "../../model/aws/queue-url.ts";
import type { ConfigProblem } from "../problem.ts";
import type { PlaceOf } from "../read-file.ts";
import type { ParsedConfig } from "../schema.ts";

export function* changeQueueProblems(
  { aws, changeEvents }: ParsedConfig,
  placeOf: PlaceOf,
): Generator<ConfigProblem> {
  const urls = changeEvents.map(({ queueUrl: text }) => checkedQueueUrl(text).arn);
  for (const [index, { queueUrl: text }] of changeEvents.entries()) {
    const where = placeOf(["changeEvents", index, "queueUrl"]);
    if (urls.indexOf(urls[index] ?? "") !== index) yield { where, message: "the queue is listed twice" };
    const ofFips = aws.fips ? queueFipsProblem(text) : null;
    if (ofFips !== null) yield { where, message: ofFips };
  }
}
