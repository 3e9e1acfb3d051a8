/** `/` goes to the search of the page; Ctrl+Enter (or ⌘) sends the form that one writes in. */
export function followKeys(): void {
  document.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    const isWriting = target.matches("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !isWriting && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector<HTMLInputElement>("[data-search]");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.matches("textarea")) {
      (target as HTMLTextAreaElement).form?.requestSubmit();
    }
  });
}
