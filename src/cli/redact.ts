/**
 * Takes passwords out of connection strings inside a text, in the user part and in the query. The last guard before
 * the terminal: messages hold none to begin with, but one may quote a word that was put in the wrong place. A password
 * may hold anything, so all up to the last @ of the line goes; `//` may have become `/` where a URL was taken for a path.
 *
 * @example redactPasswords('postgresql://me:secret@db/shop') // 'postgresql://me:***@db/shop'
 */
export function redactPasswords(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/?[^\s:@/]*):[^\n]*@/gi, '$1:***@')
    .replace(/\b((?:ssl)?password=)[^\s&'"]+/gi, '$1***');
}
