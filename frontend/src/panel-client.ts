/** The Matrix client around the panel: it tells the theme, and proves who looks at it. */
import { type IOpenIDCredentials, WidgetApi } from "matrix-widget-api";
import { themeOf } from "./panel-themes.ts";

/** A client answers within a moment; that it asks the person first, it says. */
const SILENT_FOR = 15_000;

export class NoClient extends Error {}
export class Declined extends Error {}

export class Client {
  readonly room: string;
  private readonly api: WidgetApi;
  private readonly isReady: Promise<void>;

  /**
   * @param query of the panel's address, which the client filled in.
   * @throws NoClient if no client shows the page.
   */
  constructor(query: URLSearchParams) {
    const origin = originOfClient(query);
    const widget = query.get("widgetId");
    this.room = query.get("room") ?? "";
    if (window.parent === window || !origin || !widget || !this.room.startsWith("!")) throw new NoClient();
    // Only this origin is spoken to and listened to; the page's policy lets nobody else frame it.
    this.api = new WidgetApi(widget, origin);
    this.isReady = new Promise((resolve, reject) => {
      this.api.once("ready", () => resolve());
      setTimeout(() => reject(new NoClient()), SILENT_FOR);
    });
    this.isReady.catch(() => undefined);
    this.followTheme();
    this.api.start();
  }

  /** Let the client prove who looks at the panel; it may ask them first.
   *
   * @throws Declined if they, or the client, said no.
   * @throws NoClient if no client answers.
   */
  async proof(): Promise<IOpenIDCredentials> {
    await this.isReady;
    try {
      return await this.api.requestOpenIDConnectToken();
    } catch (error) {
      throw String(error).includes("declined") ? new Declined() : error;
    }
  }

  private followTheme(): void {
    this.api.on("action:theme_change", (event: CustomEvent) => {
      event.preventDefault();
      showTheme(event.detail.data?.name);
      this.api.transport.reply(event.detail, {});
    });
  }
}

function showTheme(name: unknown): void {
  const theme = themeOf(name);
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

/** Browsers tell who frames a page; where they do not, the client's own word is all there is. */
function originOfClient(query: URLSearchParams): string | null {
  const told = window.location.ancestorOrigins?.[0];
  if (told) return told;
  try {
    return new URL(query.get("parentUrl") ?? "").origin;
  } catch {
    return null;
  }
}
