/**
 * Takes passwords out of connection strings inside a text, in the user part and in the query. The last guard before
 * the terminal: messages hold none to begin with.
 *
 * @example redactPasswords('postgresql://me:secret@db/shop') // 'postgresql://me:***@db/shop'
 */
export function redactPasswords(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:@/]*):[^\s"']*@/gi, '$1:***@')
    .replace(/\b((?:ssl)?password=)[^\s&'"]+/gi, '$1***');
}
