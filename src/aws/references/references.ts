import type { ReferenceAnswer, References } from "../../controller/ports/estate/references.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { parseReference, type ReferencePlace } from "../../model/aws/reference.ts";
import type { PlaceAnswer } from "./answer.ts";
import { parameterAnswers, type WantedParameter } from "./parameters.ts";
import { RegionReader, type ReferenceGateway } from "./region-reader.ts";
import { outputAnswers, type WantedOutput } from "./stack-outputs.ts";
import { taggedAnswers, type WantedResource } from "./tagged-resources.ts";

/** Reads the outputs of stacks, the parameters of Systems Manager, and which resource has some tags. */
export class AwsReferences implements References {
  readonly #gateway: ReferenceGateway;

  constructor(gateway: ReferenceGateway) {
    this.#gateway = gateway;
  }

  async read(
    places: readonly ReferencePlace[],
    account: DesiredAccount,
    signal: AbortSignal,
  ): Promise<readonly ReferenceAnswer[]> {
    const byRegion = Map.groupBy(places, ({ region }) => region);
    const answers = new Map<ReferencePlace, ReferenceAnswer>();
    for (const [region, inRegion] of byRegion) {
      const reader = new RegionReader(this.#gateway, { account, region }, signal);
      for (const [place, answer] of await answersIn(inRegion, reader)) answers.set(place, answer);
    }
    return places.map((place) => answers.get(place) ?? NOT_A_REFERENCE);
  }
}

const NOT_A_REFERENCE: ReferenceAnswer = {
  kind: "unusable",
  reason: "it is not a reference",
  fix: null,
  isTransient: false,
};

async function answersIn(
  places: readonly ReferencePlace[],
  reader: RegionReader,
): Promise<readonly PlaceAnswer[]> {
  const outputs: WantedOutput[] = [];
  const parameters: WantedParameter[] = [];
  const resources: WantedResource[] = [];
  for (const place of places) {
    const reference = parseReference(place.text);
    if (reference?.kind === "stack-output") outputs.push({ ...reference, place });
    if (reference?.kind === "parameter") parameters.push({ ...reference, place });
    if (reference?.kind === "tagged-resource") resources.push({ ...reference, place });
  }
  // Each service has its own rate limit: none waits for another.
  const answers = await Promise.all([
    outputAnswers(outputs, reader),
    parameterAnswers(parameters, reader),
    taggedAnswers(resources, reader),
  ]);
  return answers.flat();
}
