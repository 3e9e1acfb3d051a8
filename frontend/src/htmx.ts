import htmx from "htmx.org";

// The pages' content security policy allows neither eval nor styles written by scripts.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.allowScriptTags = false;
htmx.config.attributesToSettle = ["class"]; // not `style`, which the policy forbids to write
// What comes into a page hears of events at once, or one that comes in between would be lost.
htmx.config.defaultSettleDelay = 0;
htmx.config.historyCacheSize = 0; // pages hold what customers wrote: nothing of it is kept in the browser

// What was exchanged works at once; nothing of ours is animated in between.
htmx.config.defaultSettleDelay = 0;

export { htmx };
