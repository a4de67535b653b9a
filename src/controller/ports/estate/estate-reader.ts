import type { Estate, EstateFunction, EstatePart, FunctionTags } from "../../../adopt/estate/estate.ts";
import type { RoleAccess } from "../../../adopt/estate/role-access.ts";
import type { AwsError } from "../../../model/aws/errors/aws-error.ts";
import type { Region } from "../../../model/aws/ids.ts";
import type { DesiredAccount } from "../../../model/desired.ts";
import type { Result } from "../../../model/values/result.ts";

export interface EstatePlace {
  readonly account: DesiredAccount;
  readonly region: Region;
  /** In the name of the session: which read made the calls. */
  readonly pass: string;
}

export interface RoleAccessRequest extends Omit<EstatePlace, "region"> {
  readonly roleArns: readonly string[];
}

export type RoleAccessByArn = ReadonlyMap<string, EstatePart<RoleAccess>>;

interface PartProgress {
  readonly done: number;
  readonly total: number;
}

/** How much of an estate was read. Both parts are read at the same time. */
export interface EstateProgress {
  readonly functions: PartProgress;
  /** Whose stack CloudFormation is asked for. */
  readonly roles: PartProgress;
}

/** The functions of a region that a read had when it was interrupted. */
export interface BegunRead {
  /** The start of that read. */
  readonly observedAtMs: number;
  readonly functions: readonly EstateFunction[];
}

export interface ResumableRead {
  /**
   * A function that is listed as it was then, and of which every part was read, is not read again. null: nothing was begun.
   */
  readonly begun: BegunRead | null;
  /** Called with each function, read now or before, and the start of the read that the estate will have. */
  readonly functionRead: (found: EstateFunction, observedAtMs: number) => void;
}

export interface EstateRequest extends EstatePlace {
  /**
   * What an earlier request read of the account, for all of its regions; null: nothing. It is read again if it does not have
   * the role of a function: that role may be newer.
   */
  readonly ofAccount: AccountParts | null;
  /** Called after each function whose details were read, and after each role whose stack was asked for. */
  readonly progress: (read: EstateProgress) => void;
  /** Missing: an interruption loses what was read. */
  readonly resumable?: ResumableRead;
}

/** The parts of an estate that are the same in every region of an account. */
export type AccountParts = Pick<Estate, "iam" | "roleQuota">;

/**
 * Reads what exists in a region of an account, for adoption. It makes no writing call. It repeats and paces its calls, and
 * aborts immediately with the signal.
 */
export interface EstateReader {
  /**
   * A part that cannot be read is `unknown` in the estate. The estate itself is unknown if the functions cannot be listed.
   * An error: the observer's role cannot be assumed.
   */
  read(request: EstateRequest, signal: AbortSignal): Promise<Result<EstatePart<Estate>, AwsError>>;
  /**
   * The tags of all functions of the region; unknown without the optional permission tag:GetResources, and if the
   * observer's role cannot be assumed.
   */
  functionTags(place: EstatePlace, signal: AbortSignal): Promise<EstatePart<FunctionTags>>;
  /**
   * When roles last accessed services and actions: one report for each role. A report that cannot be read is unknown, also
   * without the optional permissions for it. An error: the observer's role cannot be assumed.
   */
  roleAccess(request: RoleAccessRequest, signal: AbortSignal): Promise<Result<RoleAccessByArn, AwsError>>;
}
