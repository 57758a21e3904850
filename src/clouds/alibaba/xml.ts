/**
 * An answer as the vendor writes it in XML: members as elements, a list as its own element repeated, without an element around it; what is null is left
 * out. Characters that XML 1.0 cannot hold become U+FFFD. `more` is XML that follows the members.
 */
export function xmlDocument(root: string, members: object, more = ''): string {
  return `<?xml version='1.0' encoding='UTF-8'?><${root}>${elements(members)}${more}</${root}>`;
}

function elements(members: object): string {
  return Object.entries(members)
    .map(([name, value]) => element(name, value))
    .join('');
}

function element(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((item: unknown) => element(name, item)).join('');
  const inner = typeof value === 'object' ? elements(value) : escapeXml(typeof value === 'string' ? value : JSON.stringify(value));
  return `<${name}>${inner}</${name}>`;
}

// A bare carriage return would be read as a line feed.
const named: Readonly<Record<string, string>> = { '\r': '&#13;', '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex -- XML 1.0, section 2.2: these are no characters
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"'\r]/g, (character) => named[character] ?? character)
  );
}

/** Text that stands as it is; `]]>` is cut in two. */
export function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}
