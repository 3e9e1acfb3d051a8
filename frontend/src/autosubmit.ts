/** Filters send themselves: `<form data-autosubmit>`; a choice at once, a word that is being typed after a pause. */
const PAUSE = 350;

export function followFilters(): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const send = (event: Event, pause: number): void => {
    const form =
      event.target instanceof Element ? event.target.closest<HTMLFormElement>("form[data-autosubmit]") : null;
    if (form === null) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => form.requestSubmit(), pause);
  };
  document.addEventListener("change", (event) => send(event, 0));
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.type === "search") send(event, PAUSE);
  });
}
