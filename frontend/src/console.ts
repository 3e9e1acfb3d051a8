/** What every page of the console loads. Each module acts on `data-…` attributes; pages hold no script. */
import "./htmx.ts";
import { proveOrigin } from "./csrf.ts";
import { followDialogs } from "./dialogs.ts";
import { followForms } from "./forms.ts";
import { followKeys } from "./keys.ts";
import { followMenus } from "./menus.ts";
import { labelCells } from "./tables.ts";
import { followThemeSwitches } from "./themes.ts";
import { followTimes } from "./times.ts";
import { followToasts } from "./toasts.ts";

proveOrigin();
followThemeSwitches();
followMenus();
followDialogs();
followForms();
followToasts();
followTimes();
followKeys();
labelCells();
