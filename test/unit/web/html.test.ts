import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../../../src/domain/terminal-text.ts';
import { href, html, link } from '../../../src/web/views/html.ts';

describe('a template', () => {
  it('escapes values, and leaves HTML, lists and numbers', () => {
    const items = ['<b>', 'c'].map((text) => html`<li title="${text}">${text}</li>`);

    const list = html`<ul>
      ${items} ${7}
    </ul>`;

    const text = list.toString();
    expect(text).toContain('<li title="&#60;b&#62;">&#60;b&#62;</li><li title="c">c</li> 7');
    expect(text).toMatch(/^<ul>[^]*<\/ul>$/);
  });

  it('lets no text end an attribute or an element', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = html`${text}`.toString();
        expect(escaped).not.toMatch(/[<>"']/);
        expect(escaped.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))).toBe(
          printable(text),
        );
      }),
    );
  });
});

describe('text of others', () => {
  it.each([
    ['a C1 control', '\u{9b}'],
    ['an override of the direction', '\u{202e}'],
    ['an isolate', '\u{2066}'],
    ['a mark of direction', '\u{200f}'],
    ['an escape', '\u{1b}'],
  ])('has %s shown as a character that cannot be shown', (_, character) => {
    const text = html`<a title="x${character}y">a${character}b</a>`.toString();

    expect(text).toBe('<a title="x\u{fffd}y">a\u{fffd}b</a>');
  });
});

describe('an address', () => {
  it.each(['/runs', '/runs?q=a%20b', '?page=2', '#errors', 'https://example.org/a?b=c'])(
    '%s is linked to',
    (address) => {
      expect(href(address)).toBe(address);
      expect(link(address, 'there').toString()).toBe(html`<a href="${address}">there</a>`.toString());
    },
  );

  it.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'http://example.org/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'https://',
    'runs',
    '',
  ])('%j is text only', (address) => {
    expect(href(address)).toBeUndefined();
    expect(link(address, '<b>').toString()).toBe('&#60;b&#62;');
  });
});
