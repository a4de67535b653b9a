import { createRoot } from "react-dom/client";
import { loadFirstScreen, Shell } from "./shell.tsx";

loadFirstScreen(location.pathname);
const place = document.getElementById("page");
if (place === null) throw new Error("index.html has no element for the page");
createRoot(place).render(<Shell />);
