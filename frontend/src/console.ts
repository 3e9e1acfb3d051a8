/** What every page of the console loads. Each module acts on `data-…` attributes; pages hold no script. */
import "./htmx.ts";
