/** The number of unread messages (`#counters`) stands before the title of the page, also while nobody looks at it. */

export function followUnread(): void {
  show();
  document.addEventListener("htmx:afterSettle", show);
}

function show(): void {
  const unread = document.getElementById("counters")?.dataset.unread ?? "";
  const title = document.title.replace(/^\(\d+\+?\) /, "");
  const wanted = unread ? `(${unread}) ${title}` : title;
  if (document.title !== wanted) document.title = wanted;
}
