import htmx from "htmx.org";

// The pages' content security policy allows neither eval nor styles written by scripts.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.allowScriptTags = false;
htmx.config.historyCacheSize = 0; // pages hold what customers wrote: nothing of it is kept in the browser

export { htmx };
