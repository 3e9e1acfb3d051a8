/** What every page of the console loads. Each module acts on `data-…` attributes; pages hold no script. */
import { followFilters } from "./autosubmit.ts";
import { followComposer } from "./composer.ts";
import { followConversation } from "./conversation.ts";
import { followCopying } from "./copying.ts";
import { openPagesInDialogs } from "./dialog-pages.ts";
import { followDialogs } from "./dialogs.ts";
import { followForms } from "./forms.ts";
import { signRequests } from "./headers.ts";
import { followKeys } from "./keys.ts";
import { followLive } from "./live.ts";
import { followMenus } from "./menus.ts";
import { followEnds } from "./scrolling.ts";
import { sendForms } from "./sending.ts";
import { followSessionSide } from "./session-side.ts";
import { followSigningOut } from "./signed-out.ts";
import { labelCells } from "./tables.ts";
import { followThemeSwitches } from "./themes.ts";
import { followTimes } from "./times.ts";
import { followToasts } from "./toasts.ts";
import { tellZone } from "./zone.ts";

// What pages may have to say; no words of theirs until then.
const notices = document.querySelector<HTMLTemplateElement>("template#notices");
if (notices) document.body.append(notices.content.cloneNode(true));

signRequests();
followSigningOut();
followThemeSwitches();
followMenus();
followDialogs();
openPagesInDialogs();
followForms();
followFilters();
sendForms();
followToasts();
followConversation();
followComposer();
followSessionSide();
followTimes();
followCopying();
followKeys();
labelCells();
followEnds();
followLive();
tellZone();
