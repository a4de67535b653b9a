import type { FunctionDenials } from "../../model/denials/denied-request.ts";
import { targetText, type NamedKey } from "../../model/keys/key.ts";
import { withoutPlace } from "./resource-owners.ts";

interface AskedRequest {
  readonly action: string;
  readonly resource: string;
}

/** What was denied in which targets. The ARN of one resource differs between them by account and region. */
export class DeniedPlaces {
  readonly #denied: ReadonlySet<string>;

  constructor(functions: Iterable<FunctionDenials & NamedKey>) {
    this.#denied = new Set(
      [...functions].flatMap((one) =>
        one.requests.flatMap(({ reported: { action, resource } }) =>
          action === null || resource === null ? [] : [nameOf(targetText(one), { action, resource })],
        ),
      ),
    );
  }

  has(target: string, asked: AskedRequest): boolean {
    return this.#denied.has(nameOf(target, asked));
  }
}

function nameOf(target: string, { action, resource }: AskedRequest): string {
  return `${target} ${action.toLowerCase()} ${withoutPlace(resource)}`;
}
