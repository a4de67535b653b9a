import type { Estate, EstatePart, FunctionTags } from "../../adopt/estate/estate.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type {
  EstatePlace,
  EstateReader,
  EstateRequest,
  RoleAccessByArn,
  RoleAccessRequest,
} from "../../controller/ports/estate/estate-reader.ts";
import { AwsError } from "../../model/aws/aws-error.ts";
import { type Result, resultOf } from "../../model/values/result.ts";
import { AccountReader } from "../observe/reader.ts";
import type { Caches } from "../observe/sweep.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import { readFunctionTags } from "./function-tags.ts";
import { mapInParallel } from "../requests/in-parallel.ts";
import { readEstate } from "./read-estate.ts";
import { readRoleAccess } from "./role-access.ts";

const REPORTS_IN_PARALLEL = 8;

export interface EstateReaderParts {
  readonly gateway: AwsGateway;
  readonly caches: Caches;
  readonly clock: Clock;
}

export class AwsEstateReader implements EstateReader {
  readonly #parts: EstateReaderParts;

  constructor(parts: EstateReaderParts) {
    this.#parts = parts;
  }

  read(request: EstateRequest, signal: AbortSignal): Promise<Result<EstatePart<Estate>, AwsError>> {
    const { progress, ofAccount, resumable = null, ...place } = request;
    const { caches, clock } = this.#parts;
    const { region } = place;
    const reading = { region, caches, observedAtMs: clock.nowMs(), progress, ofAccount, resumable };
    return resultOf(readEstate(this.#reader(place, signal), reading), AwsError);
  }

  functionTags(place: EstatePlace, signal: AbortSignal): Promise<EstatePart<FunctionTags>> {
    return readFunctionTags(this.#reader(place, signal), place.region);
  }

  roleAccess(
    { roleArns, ...place }: RoleAccessRequest,
    signal: AbortSignal,
  ): Promise<Result<RoleAccessByArn, AwsError>> {
    const reader = this.#reader(place, signal);
    const reports = mapInParallel(roleArns, REPORTS_IN_PARALLEL, (arn) =>
      readRoleAccess(reader, arn, this.#parts.clock),
    );
    return resultOf(reports, AwsError);
  }

  #reader(place: Omit<EstatePlace, "region">, signal: AbortSignal): AccountReader {
    return new AccountReader(this.#parts.gateway, place, signal);
  }
}
