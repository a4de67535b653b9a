import type { ReactNode } from "react";
import { BASE_PATH } from "../../../api/group.ts";
import type { ExposedObject } from "../../../api/questions.ts";
import type {
  ExposedFunction,
  ExposingStatement,
  Outsider,
} from "../../../model/answers/questions/who-can.ts";
import { EXPOSED_LEAVES_OUT, OUTSIDER_TEXTS } from "../../../wording/questions.ts";
import { useResource } from "../../client/resources.ts";
import { Age, State, type StateTone } from "../../parts/basics.tsx";
import { ResourceView } from "../../parts/resource-view.tsx";
import { NamedTarget } from "../../parts/target-link.tsx";
import { UnknownFunctionList } from "./unknown-functions.tsx";

/** The answer costs the controller a look at every policy. */
const EVERY_MS = 60_000;

/** The functions that someone outside of their account may call. */
export function ExposedFunctions(): ReactNode {
  const exposed = useResource<ExposedObject>(`${BASE_PATH}/exposed`, EVERY_MS);
  return (
    <ResourceView resource={exposed} what="The answer">
      {({ status: { functions, closed, unknown, unread } }) => (
        <>
          <p className="lead">
            {functions.length} open to outsiders, {closed} not
          </p>
          {functions.length === 0 && (
            <p className="empty">
              {unknown.length + unread.length === 0
                ? "No function is open to outsiders."
                : "None of the functions that were read is open to outsiders."}
            </p>
          )}
          <ul className="differences">
            {functions.map((each) => (
              <Open key={each.target} open={each} />
            ))}
          </ul>
          <UnknownFunctionList unknown={unknown} unread={unread} />
          <p className="quiet-text">Not checked: {EXPOSED_LEAVES_OUT}.</p>
        </>
      )}
    </ResourceView>
  );
}

function Open({ open: { target, key, readAt, statements } }: { readonly open: ExposedFunction }): ReactNode {
  return (
    <li>
      <p>
        <strong>
          <NamedTarget target={target} bindingKey={key} />
        </strong>{" "}
        <span className="quiet-text">
          read <Age at={readAt} /> ago
        </span>
      </p>
      {statements.map((statement, at) => (
        <Statement key={at} statement={statement} />
      ))}
    </li>
  );
}

const TONES = {
  public: "bad",
  takeover: "bad",
  "no-source": "warn",
  "foreign-account": "warn",
} as const satisfies Record<Outsider, StateTone>;

function Statement({
  statement: { outsider, what, on, details, sid, qualifier, declaredAt },
}: {
  readonly statement: ExposingStatement;
}): ReactNode {
  return (
    <p>
      <State tone={TONES[outsider]}>{OUTSIDER_TEXTS[outsider]}</State>: {what} {on}{" "}
      {qualifier !== null && `on ${qualifier} `}
      <span className="quiet-text">
        {sid === null ? "statement without Sid" : `statement "${sid}"`},{" "}
        {declaredAt === null ? "not declared in Git" : `${declaredAt.file}:${declaredAt.line}`}
      </span>
      {details.map((detail) => (
        <span key={detail} className="detail">
          {detail}
        </span>
      ))}
    </p>
  );
}
