import { Component, type ReactNode } from "react";
import { ShownReasons } from "../view/live/shown-reasons.ts";
import { Notice } from "./basics.tsx";
import { StatedReasons } from "./stated-reason.ts";

/** A bug of one screen does not take the page down. */
export class Guard extends Component<{ readonly children: ReactNode }, { readonly message: string | null }> {
  override state = { message: null };
  /** A screen states a reason once. */
  readonly reasons = new ShownReasons();

  static getDerivedStateFromError(error: unknown): { readonly message: string } {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    return message === null ? (
      <StatedReasons value={this.reasons}>{this.props.children}</StatedReasons>
    ) : (
      <FailedScreen message={message} />
    );
  }
}

/** The entire page is one file: what fails here is a bug, and a newer version may have no such bug. */
function FailedScreen({ message }: { readonly message: string }): ReactNode {
  return (
    <Notice tone="bad" isUrgent>
      <p>This screen failed: {message}</p>
      <p>The other screens are not affected. A newer version of the page may be installed.</p>
      <button type="button" onClick={() => location.reload()}>
        Reload the page
      </button>
    </Notice>
  );
}
