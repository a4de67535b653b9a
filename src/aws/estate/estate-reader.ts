import type { Estate, EstatePart, FunctionTags } from "../../adopt/estate/estate.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type {
  EstatePlace,
  EstateReader,
  EstateRequest,
} from "../../controller/ports/estate/estate-reader.ts";
import { AccountReader } from "../observe/reader.ts";
import type { Caches } from "../observe/sweep.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import { readFunctionTags } from "./function-tags.ts";
import { readEstate } from "./read-estate.ts";

interface EstateReaderParts {
  readonly gateway: AwsGateway;
  readonly caches: Caches;
  readonly clock: Pick<Clock, "nowMs">;
}

export class AwsEstateReader implements EstateReader {
  readonly #parts: EstateReaderParts;

  constructor(parts: EstateReaderParts) {
    this.#parts = parts;
  }

  read({ progress, ofAccount, ...place }: EstateRequest, signal: AbortSignal): Promise<EstatePart<Estate>> {
    const { caches, clock } = this.#parts;
    const reading = { region: place.region, caches, observedAtMs: clock.nowMs(), progress, ofAccount };
    return readEstate(this.#reader(place, signal), reading);
  }

  functionTags(place: EstatePlace, signal: AbortSignal): Promise<EstatePart<FunctionTags>> {
    return readFunctionTags(this.#reader(place, signal), place.region);
  }

  #reader(place: EstatePlace, signal: AbortSignal): AccountReader {
    return new AccountReader(this.#parts.gateway, place, signal);
  }
}
