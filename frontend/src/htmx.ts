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

// Parts that an answer has for elsewhere, such as counters, are left out where the page has no such place: it may have
// been made when this person had another role.
document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = (event as CustomEvent<{ serverResponse: string }>).detail;
  if (!detail.serverResponse.includes("hx-swap-oob")) return;
  const answer = document.createElement("template");
  answer.innerHTML = detail.serverResponse;
  for (const part of answer.content.querySelectorAll("[hx-swap-oob]")) {
    if (document.getElementById(part.id) === null) part.remove();
  }
  detail.serverResponse = answer.innerHTML;
});

export { htmx };
