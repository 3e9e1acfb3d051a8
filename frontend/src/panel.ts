/** What the session panel in a room widget loads. */
import "./htmx.ts";
