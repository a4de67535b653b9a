import type { Key } from "../../keys/key.ts";

/** When did the roles of this function last access AWS? */
export interface AccessReportRequest {
  readonly key: Key;
}

/** IAM's report of one role. Times are ISO 8601; null: no attempt within the tracking period. */
export type RoleReport =
  | {
      readonly kind: "known";
      readonly reportedAt: string;
      readonly services: readonly {
        /** Its prefix, in lower case. */
        readonly service: string;
        readonly lastAt: string | null;
        /** Those that IAM tracks, in lower case: nothing is known of another one. */
        readonly actions: readonly { readonly action: string; readonly lastAt: string | null }[];
      }[];
    }
  /** Nothing may be concluded from it. */
  | {
      readonly kind: "unknown";
      /** `iam:GenerateServiceLastAccessedDetails`: the call that would have answered. */
      readonly call: string;
      readonly why: "denied" | "failed" | "not-called";
      readonly reason: string;
    };

export interface ReportedRole {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: string;
  readonly lastUsed:
    | {
        readonly kind: "known";
        /** ISO 8601; null: never within the tracking period. */ readonly at: string | null;
      }
    | { readonly kind: "unknown" };
  /**
   * How many functions of the account have it, by the last complete read; null: published versions of other functions, which were
   * not read, may have it, and it is not the role of the manifest.
   */
  readonly functions: number | null;
  readonly report: RoleReport;
}

/** Evidence of use of the permissions of one function, read when it was asked for. */
export interface FunctionUseReport {
  /** `orders/orders-api@prod/eu-west-1`. */
  readonly target: string;
  /** The function that the manifest names, in the revision that the controller accepted. */
  readonly functionArn: string;
  /** Of $LATEST and of all published versions, by ARN. */
  readonly roles: readonly ReportedRole[];
}
