// Loads the modules. Each finds its own parts in the page; without them everything still works.
import { enhanceDates } from "./date.js";
import { enhancePicks } from "./combobox.js";
import { guardForms } from "./dirty.js";
import { enhanceGrids } from "./grid.js";
import { enablePasskeys } from "./passkey.js";

enhanceDates(document);
enhancePicks(document);
enhanceGrids(document);
guardForms(document);
enablePasskeys(document);
