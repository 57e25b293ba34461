import * as fc from 'fast-check';
import { escape, html, json } from '../../../../lambda/job-monitor/widget/html';

const NAMED: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': '\'' };

test('every text is escaped, and no character of it is lost', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    const escaped = escape(text);
    expect(escaped).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
    expect(escaped.replace(/&[^;]+;/g, (entity) => NAMED[entity])).toBe(text);
  }));
});

test.each([
  ['escapes a text', html`<b>${'<i>'}</b>`, '<b>&lt;i&gt;</b>'],
  ['escapes an attribute', html`<a title="${'" onclick="x'}">`, '<a title="&quot; onclick=&quot;x">'],
  ['keeps HTML', html`<b>${html`<i>${1}</i>`}</b>`, '<b><i>1</i></b>'],
  ['joins a list', html`${[html`<i>a</i>`, html`<i>b</i>`]}`, '<i>a</i><i>b</i>'],
  ['leaves out what is undefined or false', html`a${undefined}${false}b`, 'ab'],
  ['keeps backslashes', html`a${'\\n'}`, 'a\\n'],
])('a template %s', (_what, { text }, expected) => {
  expect(text).toBe(expected);
});

test('JSON has no markup, and the same value with and without entities decoded', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (value) => {
    const { text } = json({ value });
    expect(text).not.toMatch(/[<>&]/);
    expect(JSON.parse(text)).toEqual({ value });
  }));
});
