/** What all pages have in common: navigation, headline, visitor, footer. */
import { html, type SafeHtml, type Value } from '../views/html.ts';
import { timeElement } from '../text/times.ts';
import type { Visitor } from '../access/visitor.ts';
import { SECTIONS, type SectionPath } from './sections.ts';

/** What a page says; the frame adds the rest. */
export interface Page {
  /** The answer, as a sentence. */
  readonly headline: string;
  /** For the browser's tab; default: the headline. */
  readonly title?: string;
  /** What was looked at, and as of when. */
  readonly sub?: Value;
  /** The section of the navigation that it belongs to. */
  readonly section?: SectionPath;
  /** Forms that narrow it down. */
  readonly bar?: SafeHtml;
  readonly body: SafeHtml;
}

/** What the frame shows of the server and of the request. */
export interface FrameFacts {
  /** Paths of the assets. */
  readonly style: string;
  readonly script: string;
  readonly version: string;
  /** Whether there is a page at a path. */
  readonly hasPage: (path: string) => boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly visitor?: Visitor | undefined;
  /** Undefined: not known. */
  readonly openAlerts?: number | undefined;
}

export function pageText(page: Page, facts: FrameFacts): string {
  const { headline, title = headline, sub, section, bar, body } = page;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Contrail</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="${facts.style}" />
        <script type="module" src="${facts.script}"></script>
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        ${head(section, facts)}
        <p id="notice" class="reload-notice" aria-live="polite" hidden></p>
        <main id="content" tabindex="-1">
          <h1>${headline}</h1>
          ${sub === undefined ? undefined : html`<p class="sub">${sub}</p>`} ${bar} ${body}
        </main>
        ${foot(facts)}
      </body>
    </html>`.toString();
}

function head(section: SectionPath | undefined, { visitor, openAlerts, hasPage }: FrameFacts): SafeHtml {
  const links = SECTIONS.filter(({ path }) => hasPage(path)).map(({ path, name }) => {
    const count = path === '/alerts' && openAlerts !== undefined && openAlerts > 0 ? ` (${openAlerts})` : '';
    return path === section
      ? html`<li><a href="${path}" aria-current="page">${name}${count}</a></li>`
      : html`<li><a href="${path}">${name}${count}</a></li>`;
  });
  return html`<header class="head">
    <a class="brand" href="/">Contrail</a>
    <nav aria-label="Pages">
      <ul>
        ${links}
      </ul>
    </nav>
    ${hasPage('/experiments') ? FIND : undefined}
    ${visitor === undefined ? undefined : html`<span class="visitor">${visitor.name} · ${visitor.role}</span>`}
  </header>`;
}

function foot({ version, now }: FrameFacts): SafeHtml {
  return html`<footer>
    <span>All times are UTC · made ${timeElement(now, { now, as: 'moment' })}</span>
    <span>Contrail ${version}</span>
    <span><a href="/objects/">Files</a> · <a href="/api/v1/openapi.json">API</a></span>
  </footer>`;
}

const FIND = html`<form class="find" method="get" action="/experiments" role="search">
  <label class="hidden" for="find">Find an experiment</label>
  <input id="find" name="q" type="search" placeholder="find slug" autocomplete="off" spellcheck="false" />
</form>`;
