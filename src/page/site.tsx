import { createRoot } from "react-dom/client";
import { SITE_FORMAT, SITE_INDEX, type SiteIndex } from "../api/browser/site.ts";
import { stopClock } from "./client/clock.ts";
import { readSession } from "./client/session.ts";
import { keepAddressInHash } from "./client/navigation.ts";
import { answerFromFiles } from "./client/transport.ts";
import { Notice } from "./parts/basics.tsx";
import { Shell } from "./shell.tsx";
import { About, ABOUT, Banner } from "./site/about.tsx";
import { Decisions } from "./site/decisions.tsx";
import { addressPath } from "./view/address.ts";
import { SiteAnswers } from "./site/answers.ts";
import { DataFiles } from "./site/files.ts";

const place = document.getElementById("page");
if (place === null) throw new Error("site.html has no element for the page");
const root = createRoot(place);

/** The same page as that of a controller, over the files of an export. */
async function open(): Promise<void> {
  const files = new DataFiles();
  const index = await files.read<SiteIndex>(SITE_INDEX);
  if (index.format !== SITE_FORMAT) throw new Error("data/index.js is of another version of this page");
  keepAddressInHash();
  stopClock(index.asOf);
  answerFromFiles(new SiteAnswers(index, files).source);
  const edition = {
    banner: <Banner index={index} />,
    who: <div className="who quiet-text">export</div>,
    below: (path: string) => (path === addressPath("approvals") ? <Decisions /> : null),
    screenOf: (path: string) => (path === ABOUT ? <About index={index} /> : null),
  };
  void readSession();
  root.render(<Shell edition={edition} />);
}

open().catch((cause: unknown) => {
  const message = cause instanceof Error ? cause.message : "unknown failure";
  root.render(
    <Notice tone="bad" isUrgent>
      <p>The export cannot be opened: {message}</p>
      <p className="hint">hint: verify it: sha256sum -c SHA256SUMS</p>
    </Notice>,
  );
});
