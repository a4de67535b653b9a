import type { Key } from "../../keys/key.ts";
import type { KeyView } from "../key-view.ts";
import type { ReportedDenial } from "../../denials/reported-denial.ts";

/** May a function do this? A null field is taken from AWS's message, if there is one. */
export interface WhyRequest {
  /** null: the function whose role AWS's message names. */
  readonly key: Key | null;
  readonly action: string | null;
  readonly resource: string | null;
  readonly context: Readonly<Record<string, readonly string[]>>;
  readonly resourceAccount: string | null;
  readonly reported: ReportedDenial | null;
}

/** Which functions can do this? */
export type WhoCanRequest = Pick<WhyRequest, "context" | "resourceAccount"> & {
  readonly action: string;
  readonly resource: string;
};

/** Which data the answer may use, depending on the caller. */
export interface WhyReader {
  /** The name of the token or person. */
  readonly asker: string;
  readonly seesEverything: boolean;
  sees(key: Key): boolean;
  /** True if the role that the function runs on belongs to another owner. */
  hides(view: KeyView): boolean;
  /** True if nothing that was read of the function is shown, because its Team does not allow it. */
  hidesFunction(view: KeyView): boolean;
}
