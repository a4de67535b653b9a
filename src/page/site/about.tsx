import type { ReactNode } from "react";
import { missingFacts, verificationSteps } from "../../api/browser/site-verification.ts";
import type { SiteIndex } from "../../api/browser/site.ts";
import { shortSubject } from "../../wording/words.ts";
import { counted } from "../../text/phrases.ts";
import { Link, Notice, Section, State } from "../parts/basics.tsx";

/** The address of the screen that only an export has. */
export const ABOUT = "/ui/export";

/** On every screen: of when it is, and that it is not live. */
export function Banner({ index }: { readonly index: SiteIndex }): ReactNode {
  const { asOf, unity, evidence, unread } = index;
  const isBroken = evidence.kind === "chain" && evidence.broken !== null;
  const hasUnread = unread.functions > 0 || unread.accounts.length > 0;
  return (
    <aside className="as-of" aria-label="Export">
      <p>
        <strong>
          As of <time dateTime={asOf}>{asOf}</time>; not live.
        </strong>{" "}
        Every age is of that moment. <Link to={ABOUT}>What this export contains, and how to verify it</Link>
      </p>
      {hasUnread && (
        <p>
          <State tone="quiet">not read completely: {unreadText(unread)}</State>
        </p>
      )}
      {unity.kind === "changed" && (
        <p>
          <State tone="bad">not of one moment: {unity.what.join(", ")} changed while it was read</State>
        </p>
      )}
      {isBroken && (
        <p>
          <State tone="bad">the record is broken</State>
        </p>
      )}
    </aside>
  );
}

function unreadText({ functions, accounts }: SiteIndex["unread"]): string {
  return [
    ...(functions > 0 ? [counted(functions, "binding or policy", "bindings and policies")] : []),
    ...(accounts.length > 0
      ? [`${accounts.length === 1 ? "account" : "accounts"} ${accounts.join(", ")}`]
      : []),
  ].join("; ");
}

/** What the export is, what it has, and how its evidence is verified. */
export function About({ index }: { readonly index: SiteIndex }): ReactNode {
  return (
    <>
      <h1>This export</h1>
      <Contents index={index} />
      <Section title="How to verify">
        <ol className="steps">
          {verificationSteps(index).map(({ why, command }) => (
            <li key={why}>
              <p>{why}</p>
              {command !== null && (
                <pre tabIndex={0} aria-label="Command">
                  <code>{command.join(" ")}</code>
                </pre>
              )}
            </li>
          ))}
        </ol>
      </Section>
      <Section title="What it does not contain or prove">
        <ul>
          {missingFacts(index).map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
      </Section>
    </>
  );
}

function Contents({ index }: { readonly index: SiteIndex }): ReactNode {
  const { asOf, oldestReadAt, revision, namespaces, evidence, version, instance } = index;
  return (
    <Section title="Contents">
      <dl className="facts-list">
        <dt>As of</dt>
        <dd>{asOf}</dd>
        <dt>Oldest reading of a function</dt>
        <dd>{oldestReadAt ?? "none was read"}</dd>
        <dt>Instance</dt>
        <dd>
          {instance}, version {version}
        </dd>
        <dt>Revision in Git</dt>
        <dd>{revision === null ? "none was accepted" : shortSubject(revision)}</dd>
        <dt>Namespaces</dt>
        <dd>{namespaces === null ? "all" : namespaces.join(", ")}</dd>
        <dt>Bindings of functions</dt>
        <dd>{index.functions.reduce((sum, { count }) => sum + count, 0) - index.policies}</dd>
        <dt>ManagedPolicies</dt>
        <dd>{index.policies}</dd>
        <dt>Record</dt>
        <dd>
          <Evidence evidence={evidence} />
        </dd>
      </dl>
      {evidence.kind === "chain" && evidence.broken !== null && (
        <Notice tone="bad" isUrgent>
          <p>The record is broken: {evidence.broken}</p>
        </Notice>
      )}
    </Section>
  );
}

function Evidence({ evidence }: { readonly evidence: SiteIndex["evidence"] }): ReactNode {
  if (evidence.kind === "no-entries") return "no entries";
  if (evidence.kind === "selection")
    return evidence.first === null
      ? "no entries that these namespaces see"
      : `a selection of the entries ${evidence.first} to ${evidence.last ?? evidence.first}`;
  const { first, last, head, checkpoint } = evidence;
  return (
    <>
      every entry from {first} to {last}
      <span className="detail">
        head <span className="mono wrap">{head}</span>
      </span>
      <span className="detail">
        {checkpoint === null
          ? "no signature is among them"
          : `signed up to entry ${checkpoint.upTo}, ${checkpoint.at}, by key ${checkpoint.keyId}`}
      </span>
    </>
  );
}
